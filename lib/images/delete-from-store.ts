import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { stores } from '@/lib/stores/registry'
import { getImage } from './get-image'
import type { Image, ImageLocation } from './image'
import { changeImage, untilUnchanged } from './image-repo'
import { condemnActive, newClaim } from './location-repo'
import { type Removal, removeCondemned } from './remove-condemned'

/**
 * Removes an image's data from one store, never from the last one: the locations there are condemned in a transaction
 * that fails when anything else changed the image, then their bytes go. What a store cannot remove now is left to the
 * reaper, and the client's answer does not depend on it; only data in use gets its location back.
 * Throws `conflict`, `image_not_found`, `policy_denied`, `image_status_conflict`, `forbidden`, `not_found` and
 * `store_in_use`, looked for in this order. Source: images.md 9.6.
 */
export async function deleteFromStore(ctx: RequestContext, imageId: string, storeId: string): Promise<void> {
  if (stores().find(storeId) === undefined) {
    throw apiError('conflict', { public: `The selected store ${storeId} is not available on this node.` })
  }
  const target = imageTarget(await getImage(ctx, imageId, notFound))
  enforce(ctx, 'get_image_location', target)
  enforce(ctx, 'delete_image_location', target)
  const removal = { by: actorOf(ctx), log: ctx.log, claimId: newClaim(), imageId }
  await removeCondemned(removal, await condemnIn(removal, storeId))
}

/** Two requests for two stores cannot both find another location left: the revision decides. */
async function condemnIn({ by, claimId, imageId }: Removal, storeId: string): Promise<readonly ImageLocation[]> {
  const condemned = await untilUnchanged(imageId, async ({ image, revision }) => {
    const locations = locationsToRemove(image, storeId)
    return inTransaction(db(), async (tx) => {
      const note = { by, was: image, more: { removed_from_store: storeId } }
      const changed = await changeImage(tx, imageId, { revision, set: {}, note })
      if (changed === 'conflict') return changed
      await condemnActive(tx, locations, claimId)
      return locations
    })
  })
  if (condemned === 'gone') throw notFound(imageId)
  return condemned
}

function locationsToRemove(image: Image, storeId: string): readonly ImageLocation[] {
  const { id, status, locations } = image
  if (status !== 'active') {
    throw apiError('image_status_conflict', {
      public: "It's not allowed to remove image data from store if image status is not 'active'",
    })
  }
  const here = locations.filter((location) => location.storeId === storeId)
  if (locations.length < 2 || here.length === locations.length) {
    throw apiError('forbidden', {
      public: 'Cannot delete image data from the only store containing it. Consider deleting the image instead.',
    })
  }
  if (here.length === 0) throw apiError('not_found', { public: `Image ${id} is not stored in store ${storeId}.` })
  return here
}

function notFound(id: string): ApiError {
  return apiError('image_not_found', { public: `Failed to find image ${id}` })
}
