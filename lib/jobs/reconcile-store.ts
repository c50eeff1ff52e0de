import { config } from '@/lib/config/load'
import { db } from '@/lib/db/client'
import { knownLeases } from '@/lib/images/lease-repo'
import { hasLocation, knownUrls } from '@/lib/images/location-repo'
import { now } from '@/lib/runtime/clock'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import type { Store, StoredBlob } from '@/lib/stores/store'

const BATCH = 500

type PartialBlob = Extract<StoredBlob, { state: 'partial' }>
type CommittedBlob = Extract<StoredBlob, { state: 'committed' }>

/**
 * Compares what a store holds with the database. Attempts that no lease names are discarded; finished blobs that no
 * location names are only counted, since nothing proves that they are ours: a folder may be shared with Glance.
 */
export async function reconcileStore(
  store: Store,
  options: { readonly signal: AbortSignal; readonly isFullListing: boolean },
): Promise<void> {
  // A lease is written before the first byte and ended in the transaction that records the location.
  const youngest = new Date(now().getTime() - config().uploads.leaseSeconds * 1000)
  const attempts: PartialBlob[] = []
  const blobs: CommittedBlob[] = []
  let orphanBytes = 0
  for await (const blob of store.list({ signal: options.signal, partialOnly: !options.isFullListing })) {
    if (blob.modifiedAt > youngest) continue
    if (blob.state === 'partial') attempts.push(blob)
    else blobs.push(blob)
    if (attempts.length === BATCH) await discardUnleased(store, attempts.splice(0))
    if (blobs.length === BATCH) orphanBytes += await unownedBytes(store, blobs.splice(0))
  }
  await discardUnleased(store, attempts)
  if (!options.isFullListing) return
  orphanBytes += await unownedBytes(store, blobs)
  metrics().orphanBytes.set({ store: store.id }, orphanBytes)
}

async function discardUnleased(store: Store, attempts: readonly PartialBlob[]): Promise<void> {
  if (attempts.length === 0) return
  const ids = attempts.map((attempt) => attempt.attemptId)
  const leased = await knownLeases(db(), ids)
  for (const { imageId, attemptId, sizeBytes } of attempts) {
    if (leased.has(attemptId)) continue
    await store.discardAttempt(imageId, attemptId, { keepCommitted: await hasLocation(db(), imageId, store.id) })
    metrics().reclaimed.inc({ kind: 'attempt' })
    logger().info({ kind: 'attempt', imageId, storeId: store.id, sizeBytes }, 'reclaimed')
  }
}

async function unownedBytes(store: Store, blobs: readonly CommittedBlob[]): Promise<number> {
  if (blobs.length === 0) return 0
  const urls = blobs.map((blob) => blob.url)
  const owned = await knownUrls(db(), store.id, urls)
  return blobs.reduce((sum, blob) => (owned.has(blob.url) ? sum : sum + blob.sizeBytes), 0)
}
