import { db } from '@/lib/db/client'
import { apiError } from '@/lib/errors/api-error'
import {
  endLease,
  findAbandonedImages,
  findStaleLeases,
  type Lease,
  markForDiscard,
  requeueAbandoned,
  takeOverLease,
} from '@/lib/images/lease-repo'
import { findDeletingLocations, forgetLocation, hasLocation } from '@/lib/images/location-repo'
import { now } from '@/lib/runtime/clock'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import { stores } from '@/lib/stores/registry'
import type { Store } from '@/lib/stores/store'
import { Backoff } from './backoff'
import { reconcileStore } from './reconcile-store'

const INTERVAL_MS = 5_000
const FULL_LISTING_EVERY_MS = 10 * 60_000
/** A store that does not answer holds the reaper up for this long at most. */
const STORE_DEADLINE_MS = 30_000

export interface Reaper {
  /** Resolves when the round under way is over and no other will begin. */
  stop(): Promise<void>
}

/**
 * Puts right what processes left when they died: leases that nobody renews, images in a transient status without a
 * lease, bytes that no row owns. Several nodes may run it on one database; conditional updates decide who acts.
 */
export function startReaper(): Reaper {
  const backoff = new Backoff()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let lastFullListing = 0
  const round = async () => {
    const isFull = now().getTime() - lastFullListing >= FULL_LISTING_EVERY_MS
    if (isFull) lastFullListing = now().getTime()
    await reap({ backoff, isFullListing: isFull }).catch((error: unknown) => {
      logger().error({ err: error }, 'the reaper failed')
    })
    if (!isStopped) {
      timer = setTimeout(() => {
        running = round()
      }, INTERVAL_MS)
      timer.unref()
    }
  }
  let running = round()
  return {
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}

export interface ReapOptions {
  readonly backoff?: Backoff
  /** also lists the finished blobs, to count bytes that no row owns */
  readonly isFullListing?: boolean
}

/** One round; safe at any time and on any number of nodes. */
export async function reap({ backoff = new Backoff(), isFullListing = false }: ReapOptions = {}): Promise<void> {
  for (const lease of await findStaleLeases(db())) await reapLease(lease)
  for (const imageId of await findAbandonedImages(db())) {
    if (await requeueAbandoned(db(), imageId)) count('image', { imageId })
  }
  await deleteLeftLocations(backoff)
  for (const store of stores().all) {
    if (!backoff.isDue(store.id)) continue
    await attempt(backoff, store.id, 'a store could not be compared with the database', () =>
      withDeadline(store, (signal) => reconcileStore(store, { signal, isFullListing })),
    )
  }
}

/** Bytes first: only when they are gone may the client's next upload find the image queued. */
async function reapLease(stale: Lease): Promise<void> {
  const lease = await takeOverLease(db(), stale)
  if (lease === undefined) return
  const { imageId, storeId } = lease
  try {
    const store = stores().find(storeId)
    if (store === undefined) throw apiError('store_unavailable', { public: `Store ${storeId} is not configured` })
    const keepCommitted = await hasLocation(db(), imageId, storeId)
    await withDeadline(store, () => store.discardAttempt(imageId, lease.id, { keepCommitted }))
  } catch (error) {
    logger().warn({ err: error, imageId, storeId }, 'what an upload left could not be removed yet')
    await db().$transaction(async (tx) => {
      await markForDiscard(tx, lease)
      await requeueAbandoned(tx, imageId)
    })
    return
  }
  const isEnded = await db().$transaction(async (tx) => {
    const ended = await endLease(tx, lease)
    if (ended) await requeueAbandoned(tx, imageId)
    return ended
  })
  if (isEnded) count('lease', { imageId, storeId, nodeId: stale.nodeId })
}

async function deleteLeftLocations(backoff: Backoff): Promise<void> {
  for (const location of await findDeletingLocations(db(), backoff.notDue())) {
    const { id, imageId, storeId } = location
    if (!backoff.isDue(storeId)) continue
    await attempt(backoff, storeId, 'the bytes of a deleted image could not be removed yet', async () => {
      const store = stores().find(storeId)
      if (store === undefined) throw apiError('store_unavailable', { public: `Store ${storeId} is not configured` })
      await withDeadline(store, () => store.delete(location))
      if (await forgetLocation(db(), id)) count('location', { imageId, storeId })
    })
  }
}

async function attempt(backoff: Backoff, storeId: string, text: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
    backoff.succeeded(storeId)
  } catch (error) {
    backoff.failed(storeId)
    logger().warn({ err: error, storeId }, text)
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

function count(kind: 'lease' | 'image' | 'location', fields: object): void {
  metrics().reclaimed.inc({ kind })
  logger().info({ kind, ...fields }, 'reclaimed')
}
