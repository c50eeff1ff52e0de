import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { inQuotaTransaction, quotaOf, refuseOver } from '@/lib/quota/quota'
import { imageNotFound, requireReadable } from './get-image'
import { changeImage, findImage, readDeletedImage } from './image-repo'
import { asSeenBy } from './visibility'

/**
 * Takes a delayed deletion back: the image is what it was, with its properties, tags, members and data. Whoever may
 * delete an image may do so. Throws `image_not_found` when it was deleted for good or the caller must not know of it,
 * `policy_denied`, `conflict` for an image that was not deleted, and `quota_exceeded` when there is no room for it.
 */
export async function restoreImage(ctx: RequestContext, id: string): Promise<void> {
  const deleted = await readDeletedImage(db(), id)
  const found = deleted?.image.status === 'pending_delete' ? deleted.image : await findImage(id)
  const image = found === undefined ? undefined : await asSeenBy(ctx, found)
  if (image === undefined) throw imageNotFound(id)
  requireReadable(ctx, image)
  enforce(ctx, 'delete_image', imageTarget(image))
  if (deleted === undefined) throw apiError('conflict', { public: `Image ${id} is not deleted.` })
  const quota = await quotaOf(image.ownerId)
  const restored = await inQuotaTransaction(quota, async (tx) => {
    // Nothing that waits to be deleted counts, so others may have taken its room.
    const delta = (image.sizeBytes ?? 0) * image.locations.length
    await refuseOver(tx, quota, 'image_count_total', { delta: 1 })
    await refuseOver(tx, quota, 'image_size_total', { delta })
    return await changeImage(tx, id, {
      ofDeleted: true,
      from: ['pending_delete'],
      set: { status: deleted.statusBefore ?? 'active', isDeleted: false, deletedAt: null, statusBefore: null },
      note: { by: actorOf(ctx), was: deleted.image, wasDeletedAt: deleted.deletedAt },
    })
  })
  // The scrubber, or another restorer, was faster.
  if (restored === 'conflict' && (await findImage(id)) === undefined) throw imageNotFound(id)
}
