import { db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import type { Image } from '@/lib/images/image'
import { changeImage, holdImage, type ImageChange } from '@/lib/images/image-repo'
import { endLease, type Lease } from '@/lib/images/lease-repo'
import { condemnStaged, type FormatsBefore, formatsBefore, type LocationRow } from '@/lib/images/location-repo'
import type { BlobLocation } from '@/lib/stores/store'
import { type ClaimedTask, holdTask } from '@/lib/tasks/task-repo'
import { actorOfTask, lostTask } from './import-repo'

export interface Replacement {
  readonly location: BlobLocation
  readonly set: ImageChange
  /** what the image is to claim again when its import fails */
  readonly before?: FormatsBefore
}

/**
 * Puts other staged bytes, written by a task under its lease, in the place of earlier ones, which must go. Throws
 * `lease_lost`.
 */
export async function replaceStaged(
  { task, lease }: { readonly task: ClaimedTask; readonly lease: Lease },
  replaced: LocationRow,
  { location, set, before }: Replacement,
): Promise<void> {
  const { imageId } = lease
  await inTransaction(db(), async (tx) => {
    const image = await heldImage(tx, task, imageId)
    const claims = (await formatsBefore(tx, imageId)) ?? before
    const isOurs = (await endLease(tx, lease)) && (await condemnStaged(tx, replaced))
    if (!isOurs) throw lostTask()
    const metadata = claims === undefined ? {} : { before: claims }
    const addLocation = { ...location, state: 'staged', metadata } as const
    const note = { by: actorOfTask(task), was: image }
    if ((await changeImage(tx, imageId, { set, addLocation, note })) === 'conflict') throw lostTask()
  })
}

/**
 * Changes an image for a task: how large the disk in its staged bytes is, or properties that it gets, over those that it
 * has. Throws `lease_lost`.
 */
export async function changeForTask(
  task: ClaimedTask,
  imageId: string,
  { set = {}, properties = {} }: { readonly set?: ImageChange; readonly properties?: Readonly<Record<string, string>> },
): Promise<void> {
  await inTransaction(db(), async (tx) => {
    const image = await heldImage(tx, task, imageId)
    const note = { by: actorOfTask(task), was: image }
    const changed = await changeImage(tx, imageId, { set, setService: properties, note })
    if (changed === 'conflict') throw lostTask()
  })
}

/** The image, if the task is still ours. Throws `lease_lost`. */
async function heldImage(tx: Tx, task: ClaimedTask, imageId: string): Promise<Image> {
  const found = (await holdTask(tx, task)) ? await holdImage(tx, imageId) : undefined
  if (found === undefined) throw lostTask()
  return found.image
}
