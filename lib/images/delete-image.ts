import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { now } from '@/lib/runtime/clock'
import { visibleImage } from './get-image'
import type { ImageLocation } from './image'
import { changeImage, condemnLocations, untilUnchanged } from './image-repo'
import { removeBytes } from './remove-bytes'

/**
 * Deletes an image: its row is marked and its bytes condemned in one transaction, then the bytes go. Bytes that a store
 * cannot remove now stay condemned, and the reaper tries again; the client's answer does not depend on them.
 * Throws `image_not_found`, `policy_denied`, `image_protected`. Source: images.md 2 and 4.3.
 */
export async function deleteImage(ctx: RequestContext, id: string): Promise<void> {
  const image = await visibleImage(ctx, id, notFound)
  enforce(ctx, 'delete_image', imageTarget(image))
  const locations = await markDeleted(ctx, id)
  for (const location of locations) await removeBytes(ctx.log, id, location)
}

/** Nobody can protect the image between the look at it and its end: the revision decides. */
async function markDeleted(ctx: RequestContext, id: string): Promise<readonly ImageLocation[]> {
  const locations = await untilUnchanged(id, async ({ image, revision }) => {
    if (image.isProtected) {
      throw apiError('image_protected', { public: `Image ${id} is protected and cannot be deleted.` })
    }
    return inTransaction(db(), async (tx) => {
      const deleted = await changeImage(tx, id, {
        revision,
        set: { status: 'deleted', isDeleted: true, deletedAt: now() },
        note: { by: actorOf(ctx), was: image, types: ['image.delete'] },
      })
      if (deleted === 'conflict') return deleted
      await condemnLocations(tx, id)
      return deleted.locations
    })
  })
  if (locations === 'gone') throw notFound(id)
  return locations
}

function notFound(id: string): ApiError {
  return apiError('image_not_found', { public: `Failed to find image ${id} to delete` })
}
