import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { type ExpectedSize, expectedSize } from '@/lib/data-plane/expected-size'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { getImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import { changeImage } from '@/lib/images/image-repo'
import { requireFormats } from '@/lib/images/image-rules'
import { refuseWhileRemoved } from '@/lib/images/lease-repo'
import { insertUpload, type Upload } from '@/lib/images/upload-repo'
import { targetsOf } from '@/lib/imports/request-import'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { inQuotaTransaction, quotaOf, refuseOver } from '@/lib/quota/quota'
import { stores } from '@/lib/stores/registry'

export interface UploadRequest {
  readonly imageId: string
  readonly lengthBytes: number
  /** Upload-Metadata as it was sent */
  readonly metadata: string
  /** the default store when absent */
  readonly storeIds?: readonly string[] | undefined
  readonly allStores: boolean
  readonly mustSucceed: boolean
  /** what all bytes must hash to */
  readonly digest: { readonly algorithm: 'sha256' | 'sha512'; readonly value: string } | undefined
}

/**
 * Begins an upload in pieces for a queued image, which is `uploading` from then on. Its length counts against the
 * limits of staging and of what the project may store at once. Throws what staging an image and importing it throw.
 */
export async function createUpload(ctx: RequestContext, request: UploadRequest): Promise<Upload> {
  requireResumable()
  const image = await getImage(ctx, request.imageId)
  for (const rule of ['upload_image', 'modify_image'] as const) enforce(ctx, rule, imageTarget(image))
  if (image.status !== 'queued') throw notFrom(image.status)
  requireFormats(image)
  const expected = expectedSize({ declaredSizeBytes: request.lengthBytes })
  const storeIds = targetsOf({ method: 'glance-direct', ...request, storeIds: request.storeIds }, image, undefined)
  await stores().staging.assertWritable()
  return await begin(ctx, image, request, { expected, storeIds })
}

/** Throws `not_found` where uploads in pieces are turned off. */
export function requireResumable(): void {
  if (config().uploads.resumable && stores().staging.resuming !== undefined) return
  throw apiError('not_found', { public: 'Uploads in pieces are not available at this site.' })
}

async function begin(
  ctx: RequestContext,
  image: Image,
  { lengthBytes, metadata, mustSucceed, digest }: UploadRequest,
  { expected, storeIds }: { readonly expected: ExpectedSize; readonly storeIds: readonly string[] },
): Promise<Upload> {
  const imageId = image.id
  const stagedBytes = expected.sizeBytes ?? 0
  const reservedBytes = stagedBytes * storeIds.length
  const quota = await quotaOf(image.ownerId)
  return await inQuotaTransaction(quota, async (tx) => {
    await refuseOver(tx, quota, 'image_stage_total', { delta: stagedBytes })
    await refuseOver(tx, quota, 'image_size_total', { delta: reservedBytes })
    const note = { by: actorOf(ctx), was: image }
    const moved = await changeImage(tx, imageId, { from: ['queued'], set: { status: 'uploading' }, note })
    if (moved === 'conflict') throw notFrom('uploading')
    await refuseOver(tx, quota, 'image_count_uploading', { delta: 0 })
    await refuseWhileRemoved(tx, { imageId, storeId: stores().staging.id })
    const { userId, projectId } = ctx.principal
    return await insertUpload(tx, {
      imageId,
      userId,
      projectId,
      lengthBytes,
      metadata,
      storeIds,
      mustSucceed,
      digest: digest === undefined ? null : `${digest.algorithm}:${digest.value}`,
      reservedBytes,
    })
  })
}

function notFrom(status: string) {
  return apiError('image_status_conflict', {
    public: `Image status transition from ${status} to uploading is not allowed`,
  })
}
