import { db } from '@/lib/db/client'
import type { Logger } from '@/lib/runtime/logger'
import { configuredStore } from '@/lib/stores/registry'
import type { ImageLocation } from './image'
import { forgetLocation } from './location-repo'

/**
 * Removes the bytes of a condemned location, then its row. Never throws: bytes that the store cannot remove now stay
 * condemned for the reaper, and the store's error is returned.
 */
export async function removeBytes(
  log: Logger,
  imageId: string,
  location: Pick<ImageLocation, 'id' | 'storeId' | 'url'>,
): Promise<unknown> {
  const { id, storeId } = location
  try {
    await configuredStore(storeId).delete(location)
    await forgetLocation(db(), id)
    return undefined
  } catch (error) {
    log.warn({ err: error, imageId, storeId }, 'bytes that must go could not be removed yet')
    return error
  }
}
