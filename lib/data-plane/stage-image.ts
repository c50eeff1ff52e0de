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
import { inQuotaTransaction, type Quota, quotaOf, refuseCallerOver, refuseOver } from '@/lib/quota/quota'
import { stores } from '@/lib/stores/registry'
import type { BlobLocation } from '@/lib/stores/store'
import { announcedBytes, type ExpectedSize, expectedSize } from './expected-size'
import { openGate } from './format-gate'
import { giveBack, lostImage, type ReceiveOptions } from './receive-image'
import { reservationOf, reservingSource } from './reserving-source'
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
  await refuseCallerOver(ctx, 'image_stage_total', announcedBytes(options) ?? 0)
  const image = await getImage(ctx, imageId)
  enforce(ctx, 'modify_image', imageTarget(image))
  if (image.status !== 'queued') throw notFrom(image.status)
  const expected = expectedSize(options)
  const quota = await quotaOf(image.ownerId)
  await stores().staging.assertWritable()
  const lease = await beginStaging(ctx, image, { expected, quota })
  const lost = () => lostImage(imageId)
  await storeBytes(
    {
      imageId,
      ownerId: image.ownerId,
      store: stores().staging,
      lease,
      source: reservingSource({ source, lease, expected, quota, lost }, 'image_stage_total'),
      expected,
      gate: openGate,
      algorithms: [],
      lost,
      giveBack: () => giveBack(ctx, lease),
    },
    ({ sizeBytes }, location) => {
      const note = { by: actorOf(ctx), was: { ...image, status: 'uploading' as const } }
      return recordStaged(lease, sizeBytes, location, note)
    },
  )
}

interface Beginning {
  readonly expected: ExpectedSize
  readonly quota: Quota | undefined
}

async function beginStaging(ctx: RequestContext, image: Image, { expected, quota }: Beginning): Promise<Lease> {
  const imageId = image.id
  return await inQuotaTransaction(quota, async (tx) => {
    const reservation = reservationOf(quota, 'image_stage_total', expected)
    await refuseOver(tx, quota, 'image_stage_total', { delta: reservation.reservedBytes })
    const note = { by: actorOf(ctx), was: image }
    const moved = await changeImage(tx, imageId, { from: ['queued'], set: { status: 'uploading' }, note })
    if (moved === 'conflict') throw notFrom('uploading')
    await refuseOver(tx, quota, 'image_count_uploading', { delta: 0 })
    return await createLease(tx, { imageId, storeId: stores().staging.id, purpose: 'stage', ...reservation })
  })
}

async function recordStaged(lease: Lease, sizeBytes: number, location: BlobLocation, note: ChangeNote): Promise<void> {
  const { imageId } = lease
  await inTransaction(db(), async (tx) => {
    const isOurs = await endLease(tx, lease)
    const changed = await changeImage(tx, imageId, {
      from: ['uploading'],
      set: { sizeBytes },
      addLocation: { ...location, state: 'staged' },
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
