import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { type ApiError, isApiError } from '@/lib/errors/api-error'
import type { Actor } from '@/lib/events/event'
import type { Logger } from '@/lib/runtime/logger'
import type { ImageLocation } from './image'
import { changeImage, readImage } from './image-repo'
import { pardonLocations, releaseClaim } from './location-repo'
import { removeBytes } from './remove-bytes'

export interface Removal {
  readonly by: Actor
  readonly log: Logger
  readonly imageId: string
  /** with which the locations were condemned */
  readonly claimId: string
}

/**
 * Removes the bytes of locations that an image has given up. What a store cannot remove now is left to the reaper, and
 * the client's answer does not depend on it; only data in use gets its location back. Throws `store_in_use` then.
 */
export async function removeCondemned(removal: Removal, locations: readonly ImageLocation[]): Promise<void> {
  await removeClaimed(removal, locations, async (failure, location) => {
    await giveBack(removal, location.storeId)
    throw failure
  })
}

/**
 * Removes the bytes of locations that were condemned with a claim, and lets others try what is left of them. `inUse`
 * decides for data in use: it throws, or its bytes are left too.
 */
export async function removeClaimed(
  { log, imageId, claimId }: Omit<Removal, 'by'>,
  locations: readonly ImageLocation[],
  inUse: (failure: ApiError, location: ImageLocation) => Promise<void>,
): Promise<void> {
  let isAnyLeft = false
  for (const location of locations) {
    const failure = await removeBytes(log, imageId, location)
    if (isApiError(failure) && failure.code === 'store_in_use') await inUse(failure, location)
    isAnyLeft ||= failure !== undefined
  }
  if (isAnyLeft) await releaseClaim(db(), claimId)
}

/** Unless the image was deleted meanwhile: then its bytes must go all the same, and the reaper waits for that. */
async function giveBack({ by, imageId, claimId }: Removal, storeId: string): Promise<void> {
  await inTransaction(db(), async (tx) => {
    const found = await readImage(tx, imageId)
    if (found === undefined) return
    const note = { by, was: found.image, more: { kept_in_store: storeId } }
    if ((await changeImage(tx, imageId, { set: {}, note })) !== 'conflict') await pardonLocations(tx, claimId)
  })
}
