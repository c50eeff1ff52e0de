import { config } from '@/lib/config/load'
import { db } from '@/lib/db/client'
import { imagesWithoutLease, knownLeases } from '@/lib/images/lease-repo'
import { hasLocation, knownUrls, urlsOf } from '@/lib/images/location-repo'
import { knownUploads } from '@/lib/images/upload-repo'
import { now } from '@/lib/runtime/clock'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import type { Store, StoredBlob } from '@/lib/stores/store'

const BATCH = 500

type PartialBlob = Extract<StoredBlob, { state: 'partial' }>
type CommittedBlob = Extract<StoredBlob, { state: 'committed' }>

/**
 * Removes attempts that neither a lease nor an open upload names and that are older than a lease can be. One that cannot be removed does not
 * keep the others; its error is thrown at the end.
 */
export async function discardUnownedAttempts(store: Store, signal: AbortSignal): Promise<void> {
  const failures: unknown[] = []
  for await (const attempts of batches(store, signal, 'partial')) {
    const ids = attempts.map((attempt) => attempt.attemptId)
    const [leased, open] = [await knownLeases(db(), ids), await knownUploads(db(), ids)]
    for (const attempt of attempts) {
      if (leased.has(attempt.attemptId) || open.has(attempt.attemptId)) continue
      try {
        await discard(store, attempt)
      } catch (error) {
        signal.throwIfAborted()
        failures.push(error)
      }
    }
  }
  if (failures.length > 0) throw failures[0]
}

async function discard(store: Store, { imageId, attemptId, sizeBytes }: PartialBlob): Promise<void> {
  await store.discardAttempt(imageId, attemptId, { keepCommitted: await hasLocation(db(), imageId, store.id) })
  metrics().reclaimed.inc({ kind: 'attempt' })
  logger().info({ kind: 'attempt', imageId, storeId: store.id, sizeBytes }, 'reclaimed')
}

/**
 * Removes finished blobs of this service's images from the staging folder that no location names: other nodes forget
 * them when they do what this one did not come to do. Whatever else lies there is left alone.
 */
export async function removeUnownedStaged(staging: Store, signal: AbortSignal): Promise<void> {
  for await (const blobs of batches(staging, signal, 'committed')) {
    // Leases first: one that ends in between has left a location.
    const ids = blobs.flatMap(({ imageId }) => imageId ?? [])
    const free = await imagesWithoutLease(db(), staging.id, ids)
    const owned = await urlsOf(db(), ids)
    for (const { imageId, url, sizeBytes } of blobs) {
      if (imageId === null || !free.has(imageId) || owned.has(url)) continue
      await staging.delete({ storeId: staging.id, url })
      metrics().reclaimed.inc({ kind: 'staged' })
      logger().info({ kind: 'staged', imageId, storeId: staging.id, sizeBytes }, 'reclaimed')
    }
  }
}

/**
 * How many bytes the store holds in finished blobs that no location names. They are only counted, since nothing
 * proves that they are ours: a folder may be shared with Glance.
 */
export async function unownedBytes(store: Store, signal: AbortSignal): Promise<number> {
  let bytes = 0
  for await (const blobs of batches(store, signal, 'committed')) {
    const owned = await knownUrls(
      db(),
      store.id,
      blobs.map((blob) => blob.url),
    )
    for (const blob of blobs) if (!owned.has(blob.url)) bytes += blob.sizeBytes
  }
  return bytes
}

/**
 * What the store holds of one kind, leaving out what is younger than a lease: a lease is written before the first byte
 * and ended in the transaction that records the location, so only what is older can be without an owner.
 */
function batches(store: Store, signal: AbortSignal, state: 'partial'): AsyncGenerator<PartialBlob[]>
function batches(store: Store, signal: AbortSignal, state: 'committed'): AsyncGenerator<CommittedBlob[]>
async function* batches(store: Store, signal: AbortSignal, state: StoredBlob['state']): AsyncGenerator<StoredBlob[]> {
  const youngest = new Date(now().getTime() - config().uploads.leaseSeconds * 1000)
  let batch: StoredBlob[] = []
  for await (const blob of store.list({ signal, partialOnly: state === 'partial' })) {
    if (blob.state !== state || blob.modifiedAt > youngest) continue
    batch.push(blob)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
