import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { getImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import type { ChangeNote } from '@/lib/images/image-events'
import { changeImage } from '@/lib/images/image-repo'
import { createLease, endLease, type Lease } from '@/lib/images/lease-repo'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { stores } from '@/lib/stores/registry'
import type { BlobLocation } from '@/lib/stores/store'
import { expectedSize } from './expected-size'
import { openGate } from './format-gate'
import { giveBack, lostImage, type ReceiveOptions } from './receive-image'
import { storeBytes } from './store-bytes'

/**
 * Moves bytes from `source` to the staging area, where they wait for an import; the image is `uploading` from then on.
 * Formats need not be set and nothing is inspected yet. On rejection the image is queued again and nothing is left.
 * Source: images.md 7.2.
 */
export async function stageImage(
  ctx: RequestContext,
  imageId: string,
  source: AsyncIterable<Uint8Array>,
  options: Omit<ReceiveOptions, 'storeId'> = {},
): Promise<void> {
  if (!config().images.enabledImportMethods.includes('glance-direct')) {
    throw apiError('not_found', { public: "'glance-direct' method is not available at this site." })
  }
  const image = await getImage(ctx, imageId)
  enforce(ctx, 'modify_image', imageTarget(image))
  if (image.status !== 'queued') throw notFrom(image.status)
  const expected = expectedSize(options)
  const lease = await beginStaging(ctx, image)
  await storeBytes(
    {
      imageId,
      store: stores().staging,
      lease,
      source,
      expected,
      gate: openGate,
      algorithms: [],
      lost: () => lostImage(imageId),
      giveBack: () => giveBack(ctx, lease),
    },
    ({ sizeBytes }, location) => {
      const note = { by: actorOf(ctx), was: { ...image, status: 'uploading' as const } }
      return recordStaged(lease, sizeBytes, location, note)
    },
  )
}

async function beginStaging(ctx: RequestContext, image: Image): Promise<Lease> {
  return await inTransaction(db(), async (tx) => {
    const note = { by: actorOf(ctx), was: image }
    const moved = await changeImage(tx, image.id, { from: ['queued'], set: { status: 'uploading' }, note })
    if (moved === 'conflict') throw notFrom('uploading')
    return await createLease(tx, { imageId: image.id, storeId: stores().staging.id, purpose: 'stage' })
  })
}

async function recordStaged(lease: Lease, sizeBytes: number, location: BlobLocation, note: ChangeNote): Promise<void> {
  const { imageId, nodeId } = lease
  await inTransaction(db(), async (tx) => {
    const isOurs = await endLease(tx, lease)
    const changed = await changeImage(tx, imageId, {
      from: ['uploading'],
      set: { sizeBytes },
      addLocation: { ...location, state: 'staged', metadata: { nodeId } },
      note,
    })
    if (!isOurs || changed === 'conflict') throw lostImage(imageId)
  })
}

function notFrom(status: string) {
  return apiError('image_status_conflict', {
    public: `Image status transition from ${status} to uploading is not allowed`,
  })
}
