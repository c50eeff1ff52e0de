import { abandonUpload, endUpload } from '@/lib/data-plane/end-upload'
import { db } from '@/lib/db/client'
import { apiError } from '@/lib/errors/api-error'
import { serviceItself } from '@/lib/events/event'
import {
  endLease,
  findAbandonedImages,
  findStaleLeases,
  type Lease,
  markForDiscard,
  requeueAbandoned,
  takeOverLease,
} from '@/lib/images/lease-repo'
import {
  claimCondemned,
  findDeletingElsewhere,
  findDeletingLocations,
  forgetLocation,
  hasLocation,
  releaseClaim,
} from '@/lib/images/location-repo'
import { scrubImages } from '@/lib/images/scrub-images'
import { self } from '@/lib/images/self'
import { findExpiredUploads, forgetFinishedUploads, holdExpired } from '@/lib/images/upload-repo'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import { configuredStore, stagingStores, stores, storesWithStaging } from '@/lib/stores/registry'
import type { Store } from '@/lib/stores/store'
import { presentNodes } from '@/lib/tasks/node-repo'
import { Backoff } from './backoff'
import { discardUnownedAttempts, removeUnownedStaged, unownedBytes } from './reconcile-store'
import { type Repetition, repeat } from './repeat'

const INTERVAL_MS = 5_000
const AUDIT_EVERY_MS = 10 * 60_000
/**
 * A store that does not answer holds the reaper up for this long at most: with a lease's life and one interval before
 * it, an image is still free within a minute.
 */
const STORE_DEADLINE_MS = 15_000

/**
 * Puts right what processes left when they died: leases that nobody renews, images in a transient status without a
 * lease, bytes that no row owns. Several nodes may run it on one database; conditional updates decide who acts.
 */
export function startReaper(): Repetition {
  const backoff = new Backoff()
  const itemBackoff = new Backoff()
  const rounds = repeat({ pauseMs: INTERVAL_MS, firstMs: 0, text: 'the reaper failed' }, () =>
    reap({ backoff, itemBackoff }),
  )
  // On its own, since a long listing must not keep images waiting.
  const audits = repeat({ pauseMs: AUDIT_EVERY_MS, firstMs: INTERVAL_MS, text: 'the audit failed' }, auditStores)
  return {
    stop: async () => {
      await Promise.all([rounds.stop(), audits.stop()])
    },
  }
}

export interface ReapOptions {
  /** pauses of stores */
  readonly backoff?: Backoff
  /** pauses of single locations, so that one which cannot be removed does not hold up the others */
  readonly itemBackoff?: Backoff
}

/** One round; safe at any time and on any number of nodes. */
export async function reap({ backoff = new Backoff(), itemBackoff = new Backoff() }: ReapOptions = {}): Promise<void> {
  for (const lease of await findStaleLeases(db())) await reapLease(lease, backoff)
  for (const imageId of await findAbandonedImages(db())) {
    if (await requeueAbandoned(db(), imageId, serviceItself)) count('image', { imageId })
  }
  await expireUploads(backoff)
  await scrubImages()
  await deleteLeftLocations(backoff, itemBackoff)
  await forgetAbsentNodes()
  for (const staging of stagingStores()) {
    if (!backoff.isDue(staging.id)) continue
    await attempt(backoff, staging.id, 'staged bytes that nobody owns could not be removed yet', () =>
      withDeadline(staging, (signal) => removeUnownedStaged(staging, signal)),
    )
  }
  for (const store of storesWithStaging()) {
    if (!backoff.isDue(store.id)) continue
    await attempt(backoff, store.id, 'attempts that nobody owns could not be removed yet', () =>
      withDeadline(store, (signal) => discardUnownedAttempts(store, signal)),
    )
  }
}

/** Counts in every store the bytes of finished blobs that no location names. */
export async function auditStores(signal: AbortSignal): Promise<void> {
  for (const store of storesWithStaging()) {
    try {
      metrics().orphanBytes.set({ store: store.id }, await unownedBytes(store, signal))
    } catch (error) {
      signal.throwIfAborted()
      logger().warn({ err: error, storeId: store.id }, 'a store could not be compared with the database')
    }
  }
}

/**
 * Bytes first: only when they are gone may the client's next upload find the image queued. A store that fails holds up
 * only the bytes: its images are free at once, and it is not asked again for each of them.
 */
async function reapLease(stale: Lease, backoff: Backoff): Promise<void> {
  const { imageId, storeId } = stale
  const isDue = backoff.isDue(storeId)
  if (!isDue && stale.purpose === 'discard') return
  const lease = await takeOverLease(db(), stale)
  if (lease === undefined) return
  const isGone =
    isDue &&
    (await attempt(backoff, storeId, 'what an upload left could not be removed yet', () => discardBytes(lease)))
  const isEnded = await db().$transaction(async (tx) => {
    if (!isGone) await markForDiscard(tx, lease)
    else if (!(await endLease(tx, lease))) return false
    await requeueAbandoned(tx, imageId, serviceItself)
    return isGone
  })
  if (isEnded) count('lease', { imageId, storeId, nodeId: stale.nodeId })
}

/**
 * Ends uploads that got nothing for too long, each on the node that has its bytes, or on any when that one is gone: it
 * removes them by itself when it comes back.
 */
async function expireUploads(backoff: Backoff): Promise<void> {
  const { nodeId } = self()
  const staging = stores().staging
  const present = await presentNodes(db())
  for (const upload of await findExpiredUploads(db())) {
    const isHere = upload.nodeId === nodeId
    if (isHere ? !backoff.isDue(staging.id) : present?.includes(upload.nodeId) !== false) continue
    const hold = await holdExpired(db(), upload.id)
    if (hold === undefined) continue
    await attempt(backoff, staging.id, 'an upload that is over its time could not be ended yet', async () => {
      if (isHere) await withDeadline(staging, () => endUpload(hold, upload, serviceItself))
      else await abandonUpload(hold, upload, serviceItself)
      count('upload', { imageId: upload.imageId, uploadId: upload.id })
    })
  }
  await forgetFinishedUploads(db())
}

async function discardBytes({ id, imageId, storeId }: Lease): Promise<void> {
  const store = configuredStore(storeId)
  const keepCommitted = await hasLocation(db(), imageId, storeId)
  await withDeadline(store, () => store.discardAttempt(imageId, id, { keepCommitted }))
}

/** Their bytes are out of reach; when such a node comes back it finds that nobody names them. */
async function forgetAbsentNodes(): Promise<void> {
  const present = await presentNodes(db())
  const left = present === undefined ? [] : await findDeletingElsewhere(db(), present)
  for (const { id, imageId, storeId } of left) {
    if (await forgetLocation(db(), id)) count('location', { imageId, storeId })
  }
}

/** Those that failed before come last: one that cannot be removed must not keep the others from being tried. */
async function deleteLeftLocations(backoff: Backoff, itemBackoff: Backoff): Promise<void> {
  const found = await findDeletingLocations(db(), backoff.notDue())
  const due = found.filter(({ id }) => itemBackoff.isDue(id))
  for (const location of due.sort((a, b) => itemBackoff.lengthOf(a.id) - itemBackoff.lengthOf(b.id))) {
    const { id, imageId, storeId } = location
    const claimId = backoff.isDue(storeId) ? await claimCondemned(db(), id) : undefined
    if (claimId === undefined) continue
    const isGone = await attempt(backoff, storeId, 'bytes that must go could not be removed yet', async () => {
      const store = configuredStore(storeId)
      await withDeadline(store, () => store.delete(location))
      if (await forgetLocation(db(), id)) count('location', { imageId, storeId })
    })
    if (isGone) itemBackoff.succeeded(id)
    else {
      itemBackoff.failed(id)
      await releaseClaim(db(), claimId)
    }
  }
}

/** False when it failed, which is logged and lengthens the store's pause. */
async function attempt(backoff: Backoff, storeId: string, text: string, run: () => Promise<void>): Promise<boolean> {
  try {
    await run()
    backoff.succeeded(storeId)
    return true
  } catch (error) {
    backoff.failed(storeId)
    logger().warn({ err: error, storeId }, text)
    return false
  }
}

async function withDeadline<T>(store: Store, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort()
      reject(apiError('store_unavailable', { public: `Store ${store.id} does not answer` }))
    }, STORE_DEADLINE_MS)
  })
  try {
    return await Promise.race([run(controller.signal), late])
  } finally {
    clearTimeout(timer)
  }
}

function count(kind: 'lease' | 'image' | 'location' | 'upload', fields: object): void {
  metrics().reclaimed.inc({ kind })
  logger().info({ kind, ...fields }, 'reclaimed')
}
