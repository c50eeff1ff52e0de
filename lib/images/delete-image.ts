import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { now } from '@/lib/runtime/clock'
import { stores } from '@/lib/stores/registry'
import { visibleImage } from './get-image'
import type { Image, ImageLocation } from './image'
import { changeImage, condemnLocations, readImage } from './image-repo'
import { forgetLocation } from './location-repo'

const TRIES_MAX = 20

/**
 * Deletes an image: its row is marked and its bytes condemned in one transaction, then the bytes go. Bytes that a store
 * cannot remove now stay condemned, and the reaper tries again; the client's answer does not depend on them.
 * Throws `image_not_found`, `policy_denied`, `image_protected`. Source: images.md 2 and 4.3.
 */
export async function deleteImage(ctx: RequestContext, id: string): Promise<void> {
  const image = await existingImage(ctx, id)
  enforce(ctx, 'delete_image', imageTarget(image))
  const locations = await markDeleted(id)
  for (const location of locations) await removeBytes(ctx, id, location)
}

async function existingImage(ctx: RequestContext, id: string): Promise<Image> {
  try {
    return await visibleImage(ctx, id)
  } catch (error) {
    if (isApiError(error) && error.code === 'image_not_found') throw notFound(id)
    throw error
  }
}

/** Nobody can protect the image between the look at it and its end: the revision decides. */
async function markDeleted(id: string): Promise<readonly ImageLocation[]> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const current = await readImage(db(), id)
    if (current === undefined) throw notFound(id)
    if (current.image.isProtected) {
      throw apiError('image_protected', { public: `Image ${id} is protected and cannot be deleted.` })
    }
    const locations = await inTransaction(db(), async (tx) => {
      const deleted = await changeImage(tx, id, {
        revision: current.revision,
        set: { status: 'deleted', isDeleted: true, deletedAt: now() },
      })
      if (deleted === 'conflict') return undefined
      await condemnLocations(tx, id)
      return deleted.locations
    })
    if (locations !== undefined) return locations
  }
  throw apiError('conflict', { public: 'The image is being changed too often; try again.' })
}

async function removeBytes(ctx: RequestContext, imageId: string, location: ImageLocation): Promise<void> {
  const { id, storeId } = location
  try {
    const store = stores().find(storeId)
    if (store === undefined) throw apiError('store_unavailable', { public: `Store ${storeId} is not configured` })
    await store.delete(location)
    await forgetLocation(db(), id)
  } catch (error) {
    ctx.log.warn({ err: error, imageId, storeId }, 'the bytes of a deleted image could not be removed yet')
  }
}

function notFound(id: string) {
  return apiError('image_not_found', { public: `Failed to find image ${id} to delete` })
}
