import { config } from '@/lib/config/load'
import { type Db, type DbOrTx, db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import type { Actor } from '@/lib/events/event'
import { insertEvents } from '@/lib/events/event-repo'
import type { SizeLimitName } from '@/lib/quota/limit-names'
import { now, nowToTheSecond } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { logger } from '@/lib/runtime/logger'
import { changeEvents } from './image-events'
import { readImage } from './image-repo'
import { isBeingRemoved } from './location-repo'
import { self } from './self'
import { transientStatuses } from './status'

/**
 * `reclaim` is what an upload's lease becomes when somebody else removes its bytes, `discard` when its image is free
 * again although they could not be removed yet.
 */
export type LeasePurpose = 'upload' | 'stage' | 'import' | 'reclaim' | 'discard'

/**
 * The right to work on an image, live while it is renewed. Its id names the attempt in the store; id, bootId and
 * purpose together are the fencing token: whoever takes a lease over changes them, also within one process.
 */
export interface Lease {
  readonly id: string
  readonly imageId: string
  readonly purpose: string
  readonly storeId: string
  readonly nodeId: string
  readonly bootId: string
  readonly expiresAt: Date
}

/** What a lease counts for before its bytes are there; ends with the lease, whoever ends it. */
export interface Reservation {
  readonly reservedOf: SizeLimitName
  readonly reservedBytes: number
}

export interface LeaseKeeper {
  stop(): void
}

/**
 * Must run in the transaction that moves the image to its transient status. Throws `conflict` while earlier bytes of
 * the image must still go from the store: new ones may lie under the same name, and would be removed in their place.
 */
export async function createLease(
  tx: DbOrTx,
  options: { imageId: string; storeId: string; purpose: LeasePurpose } & Partial<Reservation>,
): Promise<Lease> {
  await refuseWhileRemoved(tx, options)
  const createdAt = now()
  return await tx.lease.create({
    data: { id: newId(), ...options, ...self(), createdAt, expiresAt: expiryFrom(createdAt) },
  })
}

/** Throws {@link createLease}'s `conflict`. */
export async function refuseWhileRemoved(
  tx: DbOrTx,
  { imageId, storeId }: { readonly imageId: string; readonly storeId: string },
): Promise<void> {
  if (!(await isBeingRemoved(tx, imageId, storeId))) return
  throw apiError('conflict', {
    public: `Earlier data of image ${imageId} is still being removed from store ${storeId}; try again later.`,
  })
}

/** Changes what a lease has reserved; false when it was taken over meanwhile. */
export async function reserveFor(tx: DbOrTx, lease: Lease, reservedBytes: number): Promise<boolean> {
  const { count } = await tx.lease.updateMany({ where: fencing(lease), data: { reservedBytes } })
  return count === 1
}

/** Ends a lease of this process; false when it was taken over meanwhile, and then the image must not be touched. */
export async function endLease(tx: DbOrTx, lease: Lease): Promise<boolean> {
  const { count } = await tx.lease.deleteMany({ where: fencing(lease) })
  return count === 1
}

/** Prolongs a lease; false when it was taken over or its image is no longer in a transient status. */
export async function renewLease(tx: DbOrTx, lease: Lease): Promise<boolean> {
  const { count } = await tx.lease.updateMany({
    where: {
      ...fencing(lease),
      // A copy's image is active all the time.
      image: { isDeleted: false, ...(lease.purpose !== 'import' && { status: { in: [...transientStatuses] } }) },
    },
    data: { expiresAt: expiryFrom(now()) },
  })
  return count === 1
}

/**
 * Renews the lease three times in its life until stopped. `onLost` is called once: when the lease is not ours any
 * more, when its image was deleted, or when the database was out of reach until the lease expired.
 */
export function keepLease(lease: Lease, onLost: () => void): LeaseKeeper {
  const intervalMs = (config().uploads.leaseSeconds * 1000) / 3
  let expiresAt = lease.expiresAt
  let isStopped = false
  const stop = () => {
    isStopped = true
    clearInterval(timer)
  }
  const renew = async () => {
    const renewedAt = now()
    let isOurs = true
    try {
      isOurs = await renewLease(db(), lease)
      if (isOurs) expiresAt = expiryFrom(renewedAt)
    } catch (error) {
      logger().warn({ err: error, imageId: lease.imageId }, 'a lease could not be renewed')
      isOurs = now() < expiresAt
    }
    if (isOurs || isStopped) return
    stop()
    onLost()
  }
  const timer = setInterval(() => void renew(), intervalMs)
  timer.unref()
  return { stop }
}

/** Whether bytes are being written or removed there; not where they stay because the store does not answer. */
export async function hasLeaseOn(client: Db, imageId: string, storeId: string): Promise<boolean> {
  return (await client.lease.count({ where: { imageId, storeId, purpose: { not: 'discard' } } })) > 0
}

/** Leases that nobody renews, and those that this node held before it was started again. */
export async function findStaleLeases(client: Db): Promise<Lease[]> {
  const { nodeId, bootId } = self()
  return await client.lease.findMany({
    where: { OR: [{ expiresAt: { lt: now() } }, { nodeId, bootId: { not: bootId } }] },
    orderBy: { expiresAt: 'asc' },
    take: 1000,
  })
}

/** Makes a stale lease ours, so that its holder's last step fails; undefined when somebody was faster. */
export async function takeOverLease(client: Db, lease: Lease): Promise<Lease | undefined> {
  // A holder that stood still may live in this very process, so that the bootId alone would not keep it out.
  const purpose: LeasePurpose = lease.purpose === 'discard' ? 'discard' : 'reclaim'
  const taken = { ...self(), purpose, expiresAt: expiryFrom(now()) }
  const { count } = await client.lease.updateMany({
    where: { ...fencing(lease), expiresAt: lease.expiresAt },
    data: taken,
  })
  return count === 1 ? { ...lease, ...taken } : undefined
}

/** Keeps a lease as the note that its bytes must still go. */
export async function markForDiscard(tx: DbOrTx, lease: Lease): Promise<void> {
  await tx.lease.updateMany({ where: fencing(lease), data: { purpose: 'discard' } })
}

/** Sets an image back to queued if it is in a transient status that no working lease holds; true when it was. */
export function requeueAbandoned(client: DbOrTx, imageId: string, by: Actor): Promise<boolean> {
  return inTransaction(client, async (tx) => {
    const former = await readImage(tx, imageId)
    const { count } = await tx.image.updateMany({
      where: { id: imageId, ...abandoned },
      data: {
        status: 'queued',
        sizeBytes: null,
        virtualSizeBytes: null,
        checksum: null,
        hashAlgorithm: null,
        hashValue: null,
        updatedAt: nowToTheSecond(),
        revision: { increment: 1 },
      },
    })
    const current = count === 1 ? await readImage(tx, imageId) : undefined
    if (former === undefined || current === undefined) return false
    await insertEvents(tx, changeEvents({ by, was: former.image }, current.image, null))
    return true
  })
}

/** Images in a transient status that no working lease holds. */
export async function findAbandonedImages(client: Db): Promise<string[]> {
  const rows = await client.image.findMany({ where: abandoned, select: { id: true }, take: 1000 })
  return rows.map((row) => row.id)
}

/** Bytes that wait in the staging area or still come in pieces, and a task that is not over, keep an image where it is without any lease. */
const abandoned = {
  isDeleted: false,
  status: { in: [...transientStatuses] },
  leases: { none: { purpose: { not: 'discard' } } },
  tasks: { none: { status: { in: ['pending', 'processing'] } } },
  NOT: [
    { status: 'uploading', locations: { some: { state: 'staged' } } },
    { status: 'uploading', upload: { is: { state: 'open' } } },
  ],
}

function fencing({ id, bootId, purpose }: Lease) {
  return { id, bootId, purpose }
}

function expiryFrom(time: Date): Date {
  return new Date(time.getTime() + config().uploads.leaseSeconds * 1000)
}

/** Which of these leases exist, live or not. */
export async function knownLeases(client: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await client.lease.findMany({ where: { id: { in: [...ids] } }, select: { id: true } })
  return new Set(rows.map((row) => row.id))
}

/** Which of these are images of this service, deleted ones included, for which nobody may write into the store. */
export async function imagesWithoutLease(client: Db, storeId: string, ids: readonly string[]): Promise<Set<string>> {
  const where = { id: { in: [...ids] }, leases: { none: { storeId } } }
  const rows = await client.image.findMany({ where, select: { id: true } })
  return new Set(rows.map((row) => row.id))
}
