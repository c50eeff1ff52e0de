import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import type { Image } from '@/lib/images/image'
import { changeImage, type ImageChange, type NewLocation, readImage } from '@/lib/images/image-repo'
import { withinStorageQuota } from '@/lib/images/storage-quota'
import { type ClaimedTask, finishTask, holdTask } from '@/lib/tasks/task-repo'
import { activationOf, actorOfTask, LOCK, lostTask } from './import-repo'

export interface LocationWork {
  readonly task: ClaimedTask
  readonly imageId: string
}

/** Digests of an image as its columns have them. */
export type Digests = Required<Pick<ImageChange, 'checksum' | 'hashAlgorithm' | 'hashValue'>>

/**
 * The image that waits for this task. With `isImporting` it says that it does, since its data is read before it may be
 * used. Throws `lease_lost`, and `image_status_conflict` when somebody gave it data meanwhile.
 */
export async function beginLocation({ task, imageId }: LocationWork, isImporting: boolean): Promise<Image> {
  return await inTransaction(db(), async (tx) => {
    const found = (await holdTask(tx, task)) ? await readImage(tx, imageId) : undefined
    if (found?.image.properties[LOCK] !== task.id) throw lostTask()
    const { image } = found
    if (!['queued', 'importing', 'active', 'deactivated'].includes(image.status)) {
      throw apiError('image_status_conflict', {
        public: `It's not allowed to add locations if image status is ${image.status}.`,
      })
    }
    if (image.status !== 'queued' || !isImporting) return image
    const changed = await changeImage(tx, imageId, {
      from: ['queued'],
      set: { status: 'importing' },
      note: { by: actorOfTask(task), was: image, types: ['image.prepare'] },
    })
    if (changed === 'conflict') throw lostTask()
    return changed
  })
}

/** Makes the image active with its location; with `isLast` the task ends too. Throws `lease_lost` and `quota_exceeded`. */
export async function activateLocation(
  { task, imageId }: LocationWork,
  change: {
    readonly ownerId: string | null
    readonly set: ImageChange & { readonly sizeBytes: number }
    readonly location: NewLocation
    readonly isLast: boolean
  },
): Promise<void> {
  const { ownerId, set } = change
  await withinStorageQuota({ ownerId, addedBytes: set.sizeBytes }, async (tx) => {
    const isOurs = change.isLast ? await finishTask(tx, task, endOf(imageId)) : await holdTask(tx, task)
    const found = isOurs ? await readImage(tx, imageId) : undefined
    if (found === undefined) throw lostTask()
    const changed = await changeImage(tx, imageId, {
      from: ['queued', 'importing'],
      set: { ...set, status: 'active' },
      ...(change.isLast && { setService: { [LOCK]: null } }),
      addLocation: change.location,
      note: { by: actorOfTask(task), was: found.image, types: activationOf(found.image, 'active') },
    })
    if (changed === 'conflict') throw lostTask()
  })
}

/**
 * Ends the task of an image that is active already, with the digests of its data, or without when they could not be
 * had. They are kept only while the data is what was read: the image has that location still and no other digests.
 * Throws `lease_lost`.
 */
export async function finishHashing(
  { task, imageId }: LocationWork,
  { url, digests, message }: { readonly url: string; readonly digests: Digests | undefined; readonly message: string },
): Promise<void> {
  await inTransaction(db(), async (tx) => {
    const isOurs = await finishTask(tx, task, { ...endOf(imageId), message })
    const found = isOurs ? await readImage(tx, imageId) : undefined
    if (found === undefined) throw lostTask()
    const { hashValue, locations } = found.image
    const isWanted = hashValue === null && locations.some((location) => location.url === url)
    const changed = await changeImage(tx, imageId, {
      set: isWanted ? { ...digests } : {},
      setService: { [LOCK]: null },
      note: { by: actorOfTask(task), was: found.image },
    })
    if (changed === 'conflict') throw lostTask()
  })
}

/** Ends a task badly: an image that waited for it is queued again, an active one stays. Throws `lease_lost`. */
export async function failLocation({ task, imageId }: LocationWork, message: string): Promise<void> {
  await inTransaction(db(), async (tx) => {
    if (!(await finishTask(tx, task, { status: 'failure', message }))) throw lostTask()
    const found = await readImage(tx, imageId)
    if (found?.image.properties[LOCK] !== task.id) return
    await changeImage(tx, imageId, {
      set: found.image.status === 'importing' ? { status: 'queued' } : {},
      setService: { [LOCK]: null },
      note: { by: actorOfTask(task), was: found.image },
    })
  })
}

function endOf(imageId: string) {
  return { status: 'success', message: '', result: { image_id: imageId } } as const
}
