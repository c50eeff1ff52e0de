import type { Tx } from '@/lib/db/client'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { inQuotaTransaction, quotaOf, refuseOver } from '@/lib/quota/quota'

/**
 * Runs a transaction that gives an image locations which hold `addedBytes` together, within what its project may store.
 * As in Glance the unified limits do not ask about data that is named and not sent. Throws `quota_exceeded`.
 * Source: images.md 11.1.
 */
export async function withinStorageQuota<T>(
  { ownerId, addedBytes }: { readonly ownerId: string | null; readonly addedBytes: number },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const found = addedBytes > 0 ? await quotaOf(ownerId) : undefined
  const quota = found?.storageBytes === undefined ? undefined : { ...found, limits: undefined }
  return await inQuotaTransaction(quota, async (tx) => {
    await refuseOver(tx, quota, 'image_size_total', { delta: addedBytes }).catch(inWordsForLocations)
    return await work(tx)
  })
}

function inWordsForLocations(error: unknown): never {
  if (!isApiError(error) || error.code !== 'quota_exceeded') throw error
  const reason = error.message.replace(/^Image exceeds the storage quota: /, '')
  throw apiError('quota_exceeded', {
    public: `Denying attempt to upload image because it exceeds the quota: ${reason}`,
  })
}
