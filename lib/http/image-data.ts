import type { RequestContext } from '@/lib/context/request-context'
import { type OpenedImage, openImage } from '@/lib/data-plane/open-image'
import { type ReceiveOptions, receiveImage } from '@/lib/data-plane/receive-image'
import { stageImage } from '@/lib/data-plane/stage-image'
import { apiError } from '@/lib/errors/api-error'
import { emptyResponse, type WireRequest, type WireResponse } from './wire'

/**
 * PUT of an image's data: reads the headers, hands the body on, answers 204. Nothing of the body is read when the
 * request is refused. Source: images.md 7.1.
 */
export async function putImageData(
  ctx: RequestContext,
  request: WireRequest,
  imageId: string,
  body: AsyncIterable<Uint8Array>,
): Promise<WireResponse> {
  await receiveImage(ctx, imageId, body, uploadOptionsOf(request))
  return emptyResponse(204)
}

/** PUT of data that waits for an import; the same headers but the store's. Source: images.md 7.2. */
export async function stageImageData(
  ctx: RequestContext,
  request: WireRequest,
  imageId: string,
  body: AsyncIterable<Uint8Array>,
): Promise<WireResponse> {
  const { storeId: _ignored, ...options } = uploadOptionsOf(request)
  await stageImage(ctx, imageId, body, options)
  return emptyResponse(204)
}

export interface DataResponse {
  readonly status: 200 | 204 | 206
  readonly headers: Readonly<Record<string, string>>
  /** undefined for an image without data */
  readonly data: Extract<OpenedImage, { kind: 'data' }> | undefined
}

/** GET of an image's data: status, headers and the open reader, which the caller owes a close. Source: images.md 7.3. */
export async function getImageData(ctx: RequestContext, request: WireRequest, imageId: string): Promise<DataResponse> {
  const data = await openImage(ctx, imageId, {
    range: request.header('range'),
    contentRange: request.header('content-range'),
    preferredStoreIds: preferenceOf(request),
  })
  if (data.kind === 'empty') return { status: 204, headers: {}, data: undefined }
  const { status, offset, length, sizeBytes, checksum } = data
  return {
    status,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(length),
      'accept-ranges': 'bytes',
      // Hex instead of base64, and of the whole image also for a part: what Glance's clients compare.
      ...(checksum !== null && { 'content-md5': checksum }),
      ...(status === 206 && { 'content-range': `bytes ${offset}-${offset + length - 1}/${sizeBytes}` }),
    },
    data,
  }
}

function preferenceOf(request: WireRequest): string[] {
  if (request.query === '') return []
  const text = new URLSearchParams(request.query).get('prefer') ?? ''
  return text
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean)
}

function uploadOptionsOf(request: WireRequest): ReceiveOptions {
  const contentType = request.header('content-type')
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/octet-stream') {
    throw apiError('unsupported_media_type', { public: `Invalid content type ${contentType ?? 'None'}` })
  }
  const declared = request.header('x-openstack-image-size')
  const storeId = request.header('x-image-meta-store')
  return {
    ...(storeId !== undefined && storeId !== '' && { storeId }),
    ...(declared !== undefined && { declaredSizeBytes: sizeOf(declared) }),
    ...(request.bodyLength !== null && { contentLengthBytes: request.bodyLength }),
  }
}

function sizeOf(text: string): number {
  if (!/^\s*[+-]?\d{1,18}\s*$/.test(text)) {
    throw apiError('bad_request', { public: 'Invalid or missing image size in request headers.' })
  }
  return Number(text)
}
