import type { RequestContext } from '@/lib/context/request-context'
import { db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { type Actor, actorOf, type EventType } from '@/lib/events/event'
import type { Image } from '@/lib/images/image'
import {
  changeImage,
  condemnLocations,
  holdImage,
  type ImageWithRevision,
  type NewLocation,
  promoteLocations,
  readImage,
} from '@/lib/images/image-repo'
import { checkQuota } from '@/lib/images/image-rules'
import { createLease, endLease, type Lease } from '@/lib/images/lease-repo'
import { forgetStagedElsewhere, formatsBefore } from '@/lib/images/location-repo'
import { inQuotaTransaction, type Quota, refuseOver } from '@/lib/quota/quota'
import { now } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { type ClaimedTask, finishTask, holdTask, insertTask, type NewTask } from '@/lib/tasks/task-repo'
import type { ImportEnd, ImportPlan } from './import-plan'

export const LOCK = 'os_glance_import_task'
export const IMPORTING = 'os_glance_importing_to_stores'
export const FAILED = 'os_glance_failed_import'

/** Somebody else works on it, or the image is gone: whoever gets this must not touch anything any more. */
export function lostTask() {
  return apiError('lease_lost', { public: 'The import was taken over or its image was deleted.' })
}

/** Adds the task and locks the image with it; 'conflict' when the image changed since it was read. */
export async function recordImport(
  ctx: RequestContext,
  { image, revision }: ImageWithRevision,
  work: Pick<NewTask, 'input' | 'boundNodeId' | 'token'> & { readonly type: 'api_image_import' | 'location_import' },
): Promise<'conflict' | undefined> {
  const { principal, requestId } = ctx
  return await inTransaction(db(), async (tx) => {
    const id = newId()
    const changed = await changeImage(tx, image.id, {
      revision,
      set: {},
      setService: { [LOCK]: id },
      note: { by: actorOf(ctx), was: image },
    })
    if (changed === 'conflict') return changed
    const { projectId: ownerId, userId } = principal
    await insertTask(tx, {
      id,
      imageId: image.id,
      ownerId,
      userId,
      requestId,
      ...work,
    })
    return undefined
  })
}

/**
 * Begins an import or goes on with one: the image is importing (a copy's stays active) and says to which stores.
 * What works in the staging area must find room there. Throws `lease_lost` when the image does not wait for this task,
 * and `quota_exceeded`. Source: images.md 11.3.
 */
export async function beginImport(
  task: ClaimedTask,
  plan: ImportPlan,
  { heldStoreIds, quota }: { readonly heldStoreIds: readonly string[]; readonly quota: Quota | undefined },
): Promise<Image> {
  return await inQuotaTransaction(quota, async (tx) => {
    const found = (await holdTask(tx, task)) ? await holdImage(tx, plan.imageId) : undefined
    if (found?.image.properties[LOCK] !== task.id) throw lostTask()
    // Whoever staged them is gone, or stood still until it lost the task.
    const before = await forgetStagedElsewhere(tx, plan.imageId)
    const isCopy = plan.method === 'copy-image'
    // An earlier try may have brought some of them that far that everybody sees them.
    const holders = new Set([...heldStoreIds, ...found.image.locations.map((location) => location.storeId)])
    const left = plan.storeIds.filter((id) => !holders.has(id))
    const isBegun = isCopy || found.image.status === 'active'
    const changed = await changeImage(tx, plan.imageId, {
      from: isCopy ? ['active', 'deactivated'] : ['queued', 'uploading', 'importing', 'active'],
      // With some stores allowed to fail the image may be active before all of them have it.
      set: isBegun ? {} : { status: 'importing', ...before },
      setService: {
        [IMPORTING]: left.join(','),
        [FAILED]: idsIn(found.image.properties[FAILED])
          .filter((id) => !plan.storeIds.includes(id))
          .join(','),
      },
      note: { by: actorOfTask(task), was: found.image, types: [isBegun ? 'image.update' : 'image.prepare'] },
    })
    if (changed === 'conflict') throw lostTask()
    if (plan.method !== 'glance-direct') {
      // A copy counts as staged from here on, with all its bytes.
      const own = isCopy && left.length > 0 ? (changed.sizeBytes ?? 0) : 0
      await refuseOver(tx, quota, 'image_stage_total', { delta: own, own })
      await refuseOver(tx, quota, 'image_count_uploading', { delta: 0 })
    }
    return changed
  })
}

/** The right to write for a task into one store. Throws `lease_lost`. */
export async function leaseForTask(task: ClaimedTask, imageId: string, storeId: string): Promise<Lease> {
  return await inTransaction(db(), async (tx) => {
    if (!(await holdTask(tx, task)) || (await readImage(tx, imageId)) === undefined) throw lostTask()
    return await createLease(tx, { imageId, storeId, purpose: 'import' })
  })
}

/** Names the bytes that a task wrote, and ends their lease. Throws `lease_lost`. */
export async function recordBytes(
  { task, lease }: { readonly task: ClaimedTask; readonly lease: Lease },
  location: NewLocation,
  change: (tx: Tx, image: Image) => Promise<Parameters<typeof changeImage>[2]['set']>,
): Promise<void> {
  const { imageId, storeId } = lease
  await inTransaction(db(), async (tx) => {
    const isOurs = (await holdTask(tx, task)) && (await endLease(tx, lease))
    const found = isOurs ? await readImage(tx, imageId) : undefined
    if (found === undefined) throw lostTask()
    const set = await change(tx, found.image)
    const isStaged = location.state === 'staged'
    const changed = await changeImage(tx, imageId, {
      set,
      addLocation: location,
      ...(!isStaged && { setService: withoutStore(found.image, { storeId, isFailed: false }) }),
      note: {
        by: actorOfTask(task),
        was: found.image,
        types: isStaged ? ['image.update'] : ['image.upload', ...activationOf(found.image, set.status)],
        ...(!isStaged && { more: { store: storeId } }),
      },
    })
    if (changed === 'conflict') throw lostTask()
  })
}

/** Notes that a store did not get the bytes. Throws `lease_lost`. */
export async function recordFailure(task: ClaimedTask, imageId: string, storeId: string): Promise<void> {
  await inTransaction(db(), async (tx) => {
    const found = (await holdTask(tx, task)) ? await readImage(tx, imageId) : undefined
    if (found === undefined) throw lostTask()
    await changeImage(tx, imageId, {
      set: {},
      setService: withoutStore(found.image, { storeId, isFailed: true }),
      note: { by: actorOfTask(task), was: found.image },
    })
  })
}

/** What becomes of an image with its first bytes, but for what they are themselves. */
export interface Arrival {
  readonly diskFormat?: string | null
  readonly containerFormat?: string | null
  /** beside those that it has */
  readonly properties?: Readonly<Record<string, string>>
}

/** The change that makes an image active. */
export function arrivalOf(image: Image, { properties, ...formats }: Arrival) {
  const merged = properties === undefined ? undefined : { ...image.properties, ...properties }
  if (merged !== undefined) checkQuota('properties', Object.keys(merged).length)
  return { status: 'active' as const, ...formats, ...(merged !== undefined && { properties: merged }) }
}

/**
 * Ends a task well: what was held is seen at once, the image is active, what was staged must go. The message tells of
 * stores that failed and were allowed to.
 */
export async function completeImport(
  task: ClaimedTask,
  plan: ImportPlan,
  { arrival, message }: { readonly arrival: Arrival; readonly message: string },
): Promise<void> {
  const { imageId } = plan
  await inTransaction(db(), async (tx) => {
    const found = await holdImage(tx, imageId)
    if (found === undefined) throw lostTask()
    await promoteLocations(tx, imageId)
    const isCopy = plan.method === 'copy-image'
    const activation = isCopy ? [] : activationOf(found.image, 'active')
    // With some stores allowed to fail it is active since the first one, and a client may have changed it.
    const isThere = isCopy || found.image.status === 'active'
    const changed = await changeImage(tx, imageId, {
      from: isCopy ? ['active', 'deactivated'] : ['importing', 'active'],
      set: isThere ? {} : arrivalOf(found.image, arrival),
      setService: { [LOCK]: null, [IMPORTING]: '' },
      note: {
        by: actorOfTask(task),
        was: found.image,
        types: activation.length > 0 ? activation : ['image.update'],
      },
    })
    const isOurs = await finishTask(tx, task, { status: 'success', message, result: { image_id: imageId } })
    if (!isOurs || changed === 'conflict') throw lostTask()
    await condemnLocations(tx, imageId, 'staged')
  })
}

/**
 * Ends a task badly: the image is queued again without any bytes (a copy's stays as it was), and says what failed. One
 * that the task made itself is deleted.
 */
export async function failImport(task: ClaimedTask, plan: ImportEnd, message: string): Promise<void> {
  const { imageId } = plan
  await inTransaction(db(), async (tx) => {
    if (!(await finishTask(tx, task, { status: 'failure', message }))) throw lostTask()
    const found = await holdImage(tx, imageId)
    const before = await formatsBefore(tx, imageId)
    await condemnLocations(tx, imageId, 'held')
    await condemnLocations(tx, imageId, 'staged')
    if (found?.image.properties[LOCK] !== task.id) return
    const { status, properties, locations } = found.image
    if (plan.isLegacy) {
      await changeImage(tx, imageId, {
        set: { status: 'deleted', isDeleted: true, deletedAt: now() },
        note: { by: actorOfTask(task), was: found.image, types: ['image.delete'] },
      })
      await condemnLocations(tx, imageId)
      return
    }
    const isStarted = status === 'importing' || status === 'uploading'
    const holders = new Set(locations.map((location) => location.storeId))
    const failed = new Set([...idsIn(properties[FAILED]), ...plan.storeIds.filter((id) => !holders.has(id))])
    await changeImage(tx, imageId, {
      set: isStarted ? { status: 'queued', ...before } : {},
      setService: { [LOCK]: null, [IMPORTING]: '', [FAILED]: [...failed].join(',') },
      note: { by: actorOfTask(task), was: found.image },
    })
  })
}

/** The lists of stores without one that is done, well or badly. */
function withoutStore(
  { properties }: Image,
  { storeId, isFailed }: { readonly storeId: string; readonly isFailed: boolean },
): Readonly<Record<string, string>> {
  const importing = idsIn(properties[IMPORTING]).filter((id) => id !== storeId)
  return {
    [IMPORTING]: importing.join(','),
    ...(isFailed && { [FAILED]: [...idsIn(properties[FAILED]), storeId].join(',') }),
  }
}

/** Who asked for the work. */
export function actorOfTask({ userId, ownerId, requestId }: ClaimedTask): Actor {
  return { userId, projectId: ownerId, requestId }
}

/** The event of an image that becomes active. */
export function activationOf({ status }: Image, next: Image['status'] | undefined): EventType[] {
  return next === 'active' && status !== 'active' ? ['image.activate'] : []
}

function idsIn(text: string | undefined): string[] {
  return (text ?? '').split(',').filter(Boolean)
}
