import { config } from '@/lib/config/load'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { serviceItself } from '@/lib/events/event'
import { now } from '@/lib/runtime/clock'
import { logger } from '@/lib/runtime/logger'
import { changeImage, condemnLocations, findImagesToScrub, readDeletedImage } from './image-repo'

/**
 * Deletes for good what has waited long enough: rows and condemned bytes in one transaction each, so that an image is
 * either restored or scrubbed, by whichever node. Also after delayed deletion was switched off.
 */
export async function scrubImages(): Promise<void> {
  const deletedBefore = new Date(now().getTime() - config().images.scrubTimeSeconds * 1000)
  for (const id of await findImagesToScrub(db(), deletedBefore)) {
    if (await scrub(id)) logger().info({ imageId: id }, 'image scrubbed')
  }
}

async function scrub(id: string): Promise<boolean> {
  return await inTransaction(db(), async (tx) => {
    const found = await readDeletedImage(tx, id)
    if (found === undefined) return false
    const scrubbed = await changeImage(tx, id, {
      ofDeleted: true,
      from: ['pending_delete'],
      set: { status: 'deleted', statusBefore: null },
      note: { by: serviceItself, was: found.image, wasDeletedAt: found.deletedAt, types: ['image.delete'] },
    })
    if (scrubbed === 'conflict') return false
    await condemnLocations(tx, id)
    return true
  })
}
