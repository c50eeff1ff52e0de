import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { now } from '@/lib/runtime/clock'
import { stores } from '@/lib/stores/registry'
import { enforceOn, visibleImage } from './get-image'
import type { Image } from './image'
import { changeImage, condemnLocations, readDeletedImage, untilUnchanged } from './image-repo'
import { condemnActive, newClaim, pardonLocations } from './location-repo'
import { removeClaimed } from './remove-condemned'
import { self } from './self'
import { findOpenUpload, forgetUploadOf, type Upload } from './upload-repo'

/**
 * Deletes an image: its row is marked and its bytes condemned in one transaction, then the bytes go. Bytes that a store
 * cannot remove now stay condemned, and the reaper tries again; the client's answer does not depend on them. Only data
 * in use brings the image back, with all that is still there of it. With delayed deletion an image that has data waits
 * instead, to be restored or scrubbed.
 * Throws `image_not_found`, `policy_denied`, `image_protected`, `store_in_use`. Source: images.md 2, 4.3 and 11.4.
 */
export async function deleteImage(ctx: RequestContext, id: string): Promise<void> {
  enforceOn(ctx, 'delete_image', await visibleImage(ctx, id, notFound))
  const claimId = newClaim()
  const { image, isDelayed, upload } = await markDeleted(ctx, id, claimId)
  if (upload !== undefined) await discardUpload(ctx, upload)
  if (isDelayed) return
  await removeClaimed({ log: ctx.log, imageId: id, claimId }, image.locations, async (failure) => {
    if (!(await bringBack(ctx, image, claimId))) return
    throw apiError('store_in_use', {
      public: `Image ${id} could not be deleted because it is in use: ${failure.message}`,
      cause: failure,
    })
  })
}

interface Marked {
  /** as it was before */
  readonly image: Image
  readonly isDelayed: boolean
  /** what came of it in pieces, which nobody owns any more */
  readonly upload: Upload | undefined
}

/** Nobody can protect the image between the look at it and its end: the revision decides. */
async function markDeleted(ctx: RequestContext, id: string, claimId: string): Promise<Marked> {
  const marked = await untilUnchanged(id, async ({ image, revision }) => {
    if (image.isProtected) {
      throw apiError('image_protected', { public: `Image ${id} is protected and cannot be deleted.` })
    }
    const isDelayed = config().images.delayedDelete && isStored(image)
    return inTransaction(db(), async (tx): Promise<Marked | 'conflict'> => {
      const deleted = await changeImage(tx, id, {
        revision,
        set: {
          status: isDelayed ? 'pending_delete' : 'deleted',
          isDeleted: true,
          deletedAt: now(),
          ...(isDelayed && { statusBefore: image.status }),
        },
        note: { by: actorOf(ctx), was: image, types: ['image.delete'] },
      })
      if (deleted === 'conflict') return deleted
      if (!isDelayed) await condemnActive(tx, image.locations, claimId)
      // What an import has not finished goes in any case.
      for (const state of ['staged', 'held'] as const) await condemnLocations(tx, id, state)
      const upload = await findOpenUpload(tx, id)
      await forgetUploadOf(tx, id)
      return { image, isDelayed, upload }
    })
  })
  if (marked === 'gone') throw notFound(id)
  return marked
}

/** What cannot be removed now, or lies on another node, is found by the reaper there. */
async function discardUpload(ctx: RequestContext, { id, imageId, nodeId }: Upload): Promise<void> {
  if (nodeId !== self().nodeId) return
  try {
    await stores().staging.discardAttempt(imageId, id, { keepCommitted: false })
  } catch (error) {
    ctx.log.warn({ err: error, imageId }, 'what was uploaded of a deleted image could not be removed yet')
  }
}

function isStored({ status, locations }: Image): boolean {
  return (status === 'active' || status === 'deactivated') && locations.length > 0
}

/** Undoes a deletion whose data must stay; false when others have begun to remove it. */
async function bringBack(ctx: RequestContext, { id, status }: Image, claimId: string): Promise<boolean> {
  return await inTransaction(db(), async (tx) => {
    const found = await readDeletedImage(tx, id)
    if (found === undefined || (await pardonLocations(tx, claimId)) === 0) return false
    const { image: was, deletedAt: wasDeletedAt } = found
    const restored = await changeImage(tx, id, {
      ofDeleted: true,
      from: ['deleted'],
      set: { status, isDeleted: false, deletedAt: null },
      note: { by: actorOf(ctx), was, wasDeletedAt },
    })
    if (restored === 'conflict') throw apiError('conflict')
    return true
  })
}

function notFound(id: string): ApiError {
  return apiError('image_not_found', { public: `Failed to find image ${id} to delete` })
}
