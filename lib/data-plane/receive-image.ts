import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { getImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import { changeImage, findStatus } from '@/lib/images/image-repo'
import { requireFormats } from '@/lib/images/image-rules'
import { createLease, endLease, type Lease, requeueAbandoned } from '@/lib/images/lease-repo'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { inQuotaTransaction, type Quota, quotaOf, refuseCallerOver, refuseOver } from '@/lib/quota/quota'
import { metrics } from '@/lib/runtime/metrics'
import type { GuardedStore } from '@/lib/stores/guard'
import { storeForUpload } from '@/lib/stores/registry'
import type { BlobLocation } from '@/lib/stores/store'
import { announcedBytes, type ExpectedSize, expectedSize, type SizeOptions } from './expected-size'
import { openFormatGate } from './format-gate'
import { reservationOf, reservingSource } from './reserving-source'
import { factsOf, type Received, storeBytes } from './store-bytes'

export interface ReceiveOptions extends SizeOptions {
  /** the configured default store when absent */
  readonly storeId?: string
}

/**
 * Moves bytes from `source` into one store and makes the image active. The image is readable only after this
 * resolves; on rejection it is queued again, without bytes and without a location. Nothing is read from `source`
 * before all checks passed, and nothing is changed by a refused caller. Once the store has committed, a vanished
 * client no longer cancels the work. Checks, their order and texts: images.md 7.1.
 */
export async function receiveImage(
  ctx: RequestContext,
  imageId: string,
  source: AsyncIterable<Uint8Array>,
  options: ReceiveOptions = {},
): Promise<Image> {
  await refuseCallerOver(ctx, 'image_size_total', announcedBytes(options) ?? 0)
  const store = storeForUpload(options.storeId)
  const image = await getImage(ctx, imageId)
  enforce(ctx, 'upload_image', imageTarget(image))
  refuseUnreadyImage(image)
  const expected = expectedSize(options)
  const quota = await quotaOf(image.ownerId)
  const lease = await beginUpload(ctx, image, { store, expected, quota })
  const started = performance.now()
  metrics().uploadsRunning.inc()
  try {
    const active = await runUpload(ctx, { image, store, lease, source, expected, quota })
    metrics().uploads.inc({ outcome: 'stored' })
    metrics().uploadedBytes.inc({ store: store.id }, active.sizeBytes ?? 0)
    const seconds = (performance.now() - started) / 1000
    ctx.log.info({ imageId, storeId: store.id, sizeBytes: active.sizeBytes, seconds }, 'image stored')
    return active
  } catch (error) {
    const outcome = isApiError(error) ? error.code : 'internal'
    metrics().uploads.inc({ outcome })
    ctx.log.info({ imageId, storeId: store.id, outcome }, 'upload failed')
    throw error
  } finally {
    metrics().uploadsRunning.dec()
  }
}

function refuseUnreadyImage(image: Image): void {
  if (image.status !== 'queued') {
    throw apiError('image_status_conflict', {
      public: `Image status transition from ${image.status} to saving is not allowed`,
    })
  }
  requireFormats(image)
}

type Beginning = Pick<Upload, 'store' | 'expected' | 'quota'>

/**
 * Lease, what it reserves and status in one transaction: there is never an image in saving that nobody answers for,
 * and uploads that begin together do not all find the same room.
 */
async function beginUpload(ctx: RequestContext, image: Image, { store, expected, quota }: Beginning): Promise<Lease> {
  await store.assertWritable()
  return await inQuotaTransaction(quota, async (tx) => {
    const reservation = reservationOf(quota, 'image_size_total', expected)
    await refuseOver(tx, quota, 'image_size_total', { delta: reservation.reservedBytes })
    const note = { by: actorOf(ctx), was: image, types: ['image.prepare'] } as const
    const moved = await changeImage(tx, image.id, { from: ['queued'], set: { status: 'saving' }, note })
    if (moved === 'conflict') {
      throw apiError('image_status_conflict', {
        public: 'Image status transition from saving to saving is not allowed',
      })
    }
    await refuseOver(tx, quota, 'image_count_uploading', { delta: 0 })
    return await createLease(tx, { imageId: image.id, storeId: store.id, purpose: 'upload', ...reservation })
  })
}

interface Upload {
  readonly image: Image
  readonly store: GuardedStore
  readonly lease: Lease
  readonly source: AsyncIterable<Uint8Array>
  readonly expected: ExpectedSize
  readonly quota: Quota | undefined
}

async function runUpload(ctx: RequestContext, upload: Upload): Promise<Image> {
  const { image, store, lease, source, expected, quota } = upload
  const lost = () => lostImage(image.id)
  return await storeBytes(
    {
      imageId: image.id,
      ownerId: image.ownerId,
      store,
      lease,
      source: reservingSource({ source, lease, expected, quota, lost }, 'image_size_total'),
      expected,
      gate: openFormatGate(image),
      algorithms: ['md5', config().images.hashAlgorithm],
      lost,
      giveBack: () => giveBack(ctx, lease),
    },
    (received, location) => recordUpload(ctx, upload, received, location),
  )
}

/** The transaction that makes the image active, if the lease is still ours and nobody deleted the image. */
async function recordUpload(
  ctx: RequestContext,
  upload: Upload,
  received: Received,
  location: BlobLocation,
): Promise<Image> {
  const { image, lease } = upload
  return await inTransaction(db(), async (tx) => {
    const isOurs = await endLease(tx, lease)
    const active = await changeImage(tx, image.id, {
      from: ['saving'],
      set: { status: 'active', ...factsOf(received) },
      addLocation: { storeId: location.storeId, url: location.url, metadata: { store: location.storeId } },
      note: {
        by: actorOf(ctx),
        was: { ...image, status: 'saving' },
        types: ['image.upload', 'image.activate'],
        more: { store: location.storeId },
      },
    })
    if (isOurs && active !== 'conflict') return active
    const status = await findStatus(tx, image.id)
    const isDeleted = status === undefined || status === 'deleted' || status === 'pending_delete'
    throw isDeleted ? lostImage(image.id) : apiError('lease_lost')
  })
}

/** Ends the lease and sets the image back to queued, unless somebody else took it over or it was deleted. */
export async function giveBack(ctx: RequestContext, lease: Lease): Promise<void> {
  try {
    await inTransaction(db(), async (tx) => {
      if (await endLease(tx, lease)) await requeueAbandoned(tx, lease.imageId, actorOf(ctx))
    })
  } catch (error) {
    // The lease runs out by itself, and the reaper does the rest.
    ctx.log.error({ err: error, imageId: lease.imageId }, 'an upload could not be given back')
  }
}

/** What an upload fails with when its image or its lease is gone. */
export function lostImage(imageId: string) {
  return apiError('image_deleted_during_upload', {
    public: `Image ${imageId} could not be found after upload. The image may have been deleted during the upload, cleaning up the chunks uploaded.`,
  })
}
