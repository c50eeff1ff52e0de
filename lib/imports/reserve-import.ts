import type { Tx } from '@/lib/db/client'
import { findImage, readImage } from '@/lib/images/image-repo'
import { createLease, type Lease } from '@/lib/images/lease-repo'
import { inQuotaTransaction, type Quota, quotaOf, refuseOver } from '@/lib/quota/quota'
import { STAGING_STORE_ID } from '@/lib/stores/registry'
import { type ClaimedTask, findReservedBytes, holdTask, reserveForTask } from '@/lib/tasks/task-repo'
import { lostTask } from './import-repo'

/**
 * Reserves what a task will put into stores, in place of what an earlier try or step of it reserved: each store that is
 * still to be written gets all the bytes there are by now. Throws `quota_exceeded` and `lease_lost`.
 */
export async function reserveStores(task: ClaimedTask, imageId: string, storeCount: number): Promise<void> {
  const image = await findImage(imageId)
  if (image === undefined) throw lostTask()
  const quota = await quotaOf(image.ownerId)
  if (quota === undefined || image.sizeBytes === null) return
  const reservedBytes = image.sizeBytes * storeCount
  await inQuotaTransaction(quota, async (tx) => {
    if (!(await holdTask(tx, task))) throw lostTask()
    const own = await findReservedBytes(tx, task)
    await refuseOver(tx, quota, 'image_size_total', { delta: reservedBytes, own })
    await reserveForTask(tx, task, reservedBytes)
  })
}

/** Gives back what was reserved for one store, in the transaction that names its bytes. */
export async function settleStore(tx: Tx, task: ClaimedTask, sizeBytes: number): Promise<void> {
  const reserved = await findReservedBytes(tx, task)
  if (reserved > 0) await reserveForTask(tx, task, Math.max(0, reserved - sizeBytes))
}

interface StagingRoom {
  readonly quota: Quota | undefined
  readonly announcedBytes: number
  /** the staging area when absent */
  readonly storeId?: string
}

/**
 * The right to write for a task where bytes wait for their import, with room for what was announced. Throws
 * `quota_exceeded` and `lease_lost`.
 */
export async function leaseForStaging(
  task: ClaimedTask,
  imageId: string,
  { quota, announcedBytes, storeId = STAGING_STORE_ID }: StagingRoom,
): Promise<Lease> {
  const reservation = {
    reservedOf: 'image_stage_total',
    reservedBytes: quota === undefined ? 0 : announcedBytes,
  } as const
  return await inQuotaTransaction(quota, async (tx) => {
    if (!(await holdTask(tx, task)) || (await readImage(tx, imageId)) === undefined) throw lostTask()
    await refuseOver(tx, quota, 'image_stage_total', { delta: reservation.reservedBytes })
    return await createLease(tx, { imageId, storeId, purpose: 'import', ...reservation })
  })
}
