import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import type { Upload } from '@/lib/images/upload-repo'
import { appendPiece, type Piece, type Standing, standingOf } from '@/lib/uploads/append-piece'
import { createUpload, requireResumable, type UploadRequest } from '@/lib/uploads/create-upload'
import { listUploads, type OwnUpload, ownUpload, requireHere } from '@/lib/uploads/find-upload'
import {
  checksumAlgorithms,
  HOLE_BYTES_MAX,
  METADATA_CHARACTERS_MAX,
  OFFSET_TYPE,
  parseByteCount,
  parseChecksum,
  parseReprDigest,
  parseUploadMetadata,
  TUS_VERSION,
  tusExtensions,
} from '@/lib/uploads/protocol'
import { asSoleWriter } from '@/lib/uploads/sole-writer'
import { terminateUpload } from '@/lib/uploads/terminate-upload'
import { jsonResponse, type WireRequest, type WireResponse } from './wire'

export const UPLOADS_PATH = '/api/uploads'

/** On every answer, refusals too. */
export const tusHeaders = { 'tus-resumable': TUS_VERSION, 'cache-control': 'no-store' } as const

/** The verb that is meant: clients which cannot send some of them name it in a header. */
export function methodOf(request: WireRequest): string {
  const named = request.header('x-http-method-override')
  return request.method === 'POST' && named !== undefined ? named.toUpperCase() : request.method
}

/** OPTIONS: what this server can do; needs no token. */
export function describeUploads(): WireResponse {
  requireResumable()
  const { sizeCapBytes } = config().images
  return tusResponse(204, {
    'tus-version': TUS_VERSION,
    'tus-extension': tusExtensions.join(','),
    'tus-checksum-algorithm': checksumAlgorithms.join(','),
    'glimpse-hole-max-size': String(HOLE_BYTES_MAX),
    ...(sizeCapBytes >= 0 && { 'tus-max-size': String(sizeCapBytes) }),
  })
}

/** GET: the caller's own uploads, those that are finished lately too, newest first; with `image_id` of that image. */
export async function getUploads(ctx: RequestContext, request: WireRequest): Promise<WireResponse> {
  const imageId = new URLSearchParams(request.query).get('image_id') ?? undefined
  const uploads = await listUploads(ctx, { imageId })
  return jsonResponse(200, { uploads: uploads.map(uploadDocument) }, tusHeaders)
}

/**
 * POST: begins an upload for the queued image that `image_id` in Upload-Metadata names, and takes its first bytes when
 * they come along. `stores` there is a comma list; `all_stores` and `all_stores_must_succeed` are true or false.
 */
export async function postUpload(
  ctx: RequestContext,
  request: WireRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<WireResponse> {
  requireVersion(request)
  const upload = await createUpload(ctx, uploadRequestOf(request))
  const hasBytes = request.header('content-type') === OFFSET_TYPE && request.bodyLength !== 0
  const piece: Piece = {
    offsetBytes: 0,
    content: { source: hasBytes ? body : nothing(), lengthBytes: hasBytes ? request.bodyLength : 0 },
    checksum: hasBytes ? checksumOf(request) : undefined,
  }
  const standing = hasBytes || upload.lengthBytes === 0 ? await appendPiece(ctx, upload.id, piece) : standingOf(upload)
  return tusResponse(201, { location: `${UPLOADS_PATH}/${upload.id}`, ...standingHeaders(standing) })
}

/** HEAD: how far it has come. A request that still writes into it is ended, since its client asks how to go on. */
export async function headUpload(ctx: RequestContext, request: WireRequest, id: string): Promise<WireResponse> {
  requireVersion(request)
  const known = await ownUpload(ctx, id)
  requireHere(known)
  if (known.state === 'open') await asSoleWriter(id, async () => {})
  const upload = await ownUpload(ctx, id)
  return tusResponse(200, {
    ...standingHeaders(await ended(ctx, upload)),
    'upload-length': String(upload.lengthBytes),
    ...(upload.metadata !== '' && { 'upload-metadata': upload.metadata }),
  })
}

/** One of no bytes has all of them from the beginning; a crash may have come before its end. */
async function ended(ctx: RequestContext, upload: Upload): Promise<Standing> {
  if (upload.state === 'finished' || upload.lengthBytes > 0) return standingOf(upload)
  return await appendPiece(ctx, upload.id, { offsetBytes: 0, content: { source: nothing(), lengthBytes: 0 } })
}

/** PATCH: a piece of it, or with Glimpse-Hole how many zeros come next. */
export async function patchUpload(
  ctx: RequestContext,
  request: WireRequest,
  id: string,
  body: AsyncIterable<Uint8Array>,
): Promise<WireResponse> {
  requireVersion(request)
  if (request.header('content-type') !== OFFSET_TYPE) {
    throw apiError('unsupported_media_type', { public: `A piece of an upload has the Content-Type ${OFFSET_TYPE}.` })
  }
  const offsetBytes = parseByteCount(request.header('upload-offset'))
  if (offsetBytes === undefined) throw malformed('Upload-Offset')
  const standing = await appendPiece(ctx, id, {
    offsetBytes,
    content: contentOf(request, body),
    checksum: checksumOf(request),
    digest: digestOf(request),
  })
  return tusResponse(204, standingHeaders(standing))
}

export async function deleteUpload(ctx: RequestContext, request: WireRequest, id: string): Promise<WireResponse> {
  requireVersion(request)
  await terminateUpload(ctx, id)
  return tusResponse(204, {})
}

function tusResponse(status: number, headers: Readonly<Record<string, string>>): WireResponse {
  return { status, headers: { ...tusHeaders, ...headers }, body: null }
}

function standingHeaders({ offsetBytes, isFinished, expiresAt }: Standing): Readonly<Record<string, string>> {
  return {
    'upload-offset': String(offsetBytes),
    ...(!isFinished && { 'upload-expires': expiresAt.toUTCString() }),
  }
}

/** As the dashboard and command lines see it; sizes in bytes, times in ISO 8601. */
function uploadDocument(upload: OwnUpload) {
  return {
    id: upload.id,
    url: `${UPLOADS_PATH}/${upload.id}`,
    state: upload.state,
    image_id: upload.imageId,
    image_name: upload.image.name,
    image_status: upload.image.status,
    offset: upload.offsetBytes,
    length: upload.lengthBytes,
    stores: upload.storeIds,
    metadata: Object.fromEntries(parseUploadMetadata(upload.metadata) ?? []),
    node: upload.nodeId,
    failure: upload.failure && { message: upload.failure.message, request_id: upload.failure.requestId },
    created_at: upload.createdAt.toISOString(),
    updated_at: upload.updatedAt.toISOString(),
    expires_at: upload.expiresAt.toISOString(),
  }
}

function requireVersion(request: WireRequest): void {
  if (request.header('tus-resumable') === TUS_VERSION) return
  throw apiError('tus_version_unsupported', { headers: { 'tus-version': TUS_VERSION } })
}

function uploadRequestOf(request: WireRequest): UploadRequest {
  if (request.header('upload-defer-length') !== undefined) {
    throw apiError('bad_request', { public: 'Upload-Length must be known when an upload begins.' })
  }
  const lengthBytes = parseByteCount(request.header('upload-length'))
  if (lengthBytes === undefined) throw malformed('Upload-Length')
  const metadata = request.header('upload-metadata') ?? ''
  const pairs = metadata.length > METADATA_CHARACTERS_MAX ? undefined : parseUploadMetadata(metadata)
  if (pairs === undefined) throw malformed('Upload-Metadata')
  const imageId = pairs.get('image_id')
  if (!imageId) throw apiError('bad_request', { public: 'Upload-Metadata must name a queued image as image_id.' })
  const storeIds = pairs.get('stores')?.split(',')
  const [allStores, mustSucceed] = [flagOf(pairs, 'all_stores', false), flagOf(pairs, 'all_stores_must_succeed', true)]
  if (allStores && storeIds !== undefined) {
    throw apiError('bad_request', { public: 'Upload-Metadata cannot name stores beside all_stores.' })
  }
  return { imageId, lengthBytes, metadata, storeIds, allStores, mustSucceed, digest: digestOf(request) }
}

function flagOf(pairs: ReadonlyMap<string, string>, name: string, absent: boolean): boolean {
  const text = pairs.get(name)
  if (text === undefined) return absent
  if (text !== 'true' && text !== 'false') {
    throw apiError('bad_request', { public: `'${name}' in Upload-Metadata must be true or false.` })
  }
  return text === 'true'
}

function contentOf(request: WireRequest, body: AsyncIterable<Uint8Array>): Piece['content'] {
  const hole = request.header('glimpse-hole')
  if (hole === undefined) return { source: body, lengthBytes: request.bodyLength }
  const holeBytes = parseByteCount(hole)
  if (holeBytes === undefined || holeBytes === 0) throw malformed('Glimpse-Hole')
  if (request.bodyLength !== 0)
    throw apiError('bad_request', { public: 'A hole has no bytes: the body must be empty.' })
  return { holeBytes }
}

function checksumOf(request: WireRequest): Piece['checksum'] {
  const header = request.header('upload-checksum')
  if (header === undefined) return undefined
  const checksum = parseChecksum(header)
  if (checksum === undefined) {
    throw apiError('bad_request', {
      public: `Upload-Checksum must be one of ${checksumAlgorithms.join(', ')}, a space and the digest in base64.`,
    })
  }
  return checksum
}

function digestOf(request: WireRequest): Piece['digest'] {
  const header = request.header('repr-digest')
  return header === undefined ? undefined : parseReprDigest(header)
}

function malformed(header: string) {
  return apiError('bad_request', { public: `The header ${header} is missing or malformed.` })
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
