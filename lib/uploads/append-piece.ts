import type { RequestContext } from '@/lib/context/request-context'
import { abandonUpload, endUpload } from '@/lib/data-plane/end-upload'
import { carryFacts, type RunningFacts, takeFacts } from '@/lib/data-plane/running-facts'
import type { DigestAlgorithm } from '@/lib/data-plane/store-bytes'
import { type TakenPiece, takePiece } from '@/lib/data-plane/take-piece'
import type { Interrupt } from '@/lib/data-plane/transfer'
import { db } from '@/lib/db/client'
import { apiError, isApiError } from '@/lib/errors/api-error'
import type { ErrorCode } from '@/lib/errors/codes'
import { actorOf } from '@/lib/events/event'
import { getImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import { findUpload, recordDigest, recordOffset, type Upload, type UploadHold } from '@/lib/images/upload-repo'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { metrics } from '@/lib/runtime/metrics'
import { stores } from '@/lib/stores/registry'
import type { ResumableWriter } from '@/lib/stores/store'
import { completeUpload } from './complete-upload'
import { holdHere, ownUpload } from './find-upload'
import { HOLE_BYTES_MAX } from './protocol'
import { asSoleWriter } from './sole-writer'

export interface Piece {
  /** where the client thinks that the upload stands */
  readonly offsetBytes: number
  /** the bytes, or how many zeros stand for them */
  readonly content:
    | { readonly source: AsyncIterable<Uint8Array>; readonly lengthBytes: number | null }
    | { readonly holeBytes: number }
  /** of the piece, lower-case hex */
  readonly checksum?: { readonly algorithm: DigestAlgorithm; readonly value: string } | undefined
  /** of all bytes */
  readonly digest?: { readonly algorithm: 'sha256' | 'sha512'; readonly value: string } | undefined
}

export interface Standing {
  readonly offsetBytes: number
  readonly lengthBytes: number
  readonly isFinished: boolean
  /** when it ends without another byte, or is forgotten */
  readonly expiresAt: Date
}

/**
 * Adds a piece to an upload; the last one starts the image's import. When this resolves, the bytes are durable and the
 * offset is recorded. A piece that is cut off counts as far as it came, one with a checksum as a whole or not at all.
 * Content that its image must not have, and bytes that are not those of the announced digest, end the upload.
 * Throws `conflict` for another offset, `checksum_mismatch`, `format_refused`, `size_mismatch`, `upload_gone`, and
 * what {@link holdHere} does.
 */
export async function appendPiece(ctx: RequestContext, id: string, piece: Piece): Promise<Standing> {
  const known = await ownUpload(ctx, id)
  if (known.state === 'finished') return standingOf(requireOffset(known, piece.offsetBytes))
  const image = await imageOf(ctx, known)
  return await asSoleWriter(id, async (interrupt) => {
    const { hold, upload } = await holdHere(known)
    requireOffset(upload, piece.offsetBytes)
    refuseTooMuch(upload, piece)
    const digest = piece.digest && `${piece.digest.algorithm}:${piece.digest.value}`
    if (digest !== undefined && !(await recordDigest(db(), hold, digest))) throw apiError('upload_not_found')
    metrics().uploadsRunning.inc()
    try {
      return await append({ ctx, hold, upload: { ...upload, ...(digest && { digest }) }, image }, piece, interrupt)
    } finally {
      metrics().uploadsRunning.dec()
    }
  })
}

export interface Held {
  readonly ctx: RequestContext
  readonly hold: UploadHold
  readonly upload: Upload
  readonly image: Image
}

async function append(held: Held, piece: Piece, interrupt: Interrupt): Promise<Standing> {
  const { ctx, hold, upload } = held
  const writer = await resume(held)
  const facts = takeFacts(upload.id, upload.offsetBytes, held.image)
  let taken: TakenPiece
  try {
    taken = await take(held, piece, { writer, facts, interrupt })
    metrics().uploadedBytes.inc({ store: stores().staging.id }, taken.offsetBytes - upload.offsetBytes)
    if (taken.offsetBytes === upload.lengthBytes) await completeUpload(held, writer, facts)
  } catch (error) {
    facts?.drop()
    await writer.pause()
    // Another piece cannot mend what is wrong with all of it.
    if (hasCode(error, 'format_refused', 'digest_mismatch')) await endUpload(hold, upload, actorOf(ctx))
    throw error
  }
  await writer.pause()
  if (facts !== undefined && taken.offsetBytes < upload.lengthBytes) carryFacts(upload.id, taken.offsetBytes, facts)
  if (taken.cut !== undefined && taken.offsetBytes < upload.lengthBytes) throw taken.cut
  return standingOf((await findUpload(db(), upload.id)) ?? { ...upload, offsetBytes: taken.offsetBytes })
}

async function resume({ ctx, hold, upload }: Held): Promise<ResumableWriter> {
  const { id, imageId, offsetBytes } = upload
  const { resuming } = stores().staging
  if (resuming === undefined) throw apiError('upload_elsewhere')
  try {
    return await resuming.resumeWriter(imageId, { attemptId: id, offsetBytes, signal: new AbortController().signal })
  } catch (error) {
    if (!hasCode(error, 'store_object_missing')) throw error
    await abandonUpload(hold, upload, actorOf(ctx))
    throw gone(error)
  }
}

interface Means {
  readonly writer: ResumableWriter
  readonly facts: RunningFacts | undefined
  readonly interrupt: Interrupt
}

async function take({ hold, upload }: Held, piece: Piece, { writer, facts, interrupt }: Means): Promise<TakenPiece> {
  const { offsetBytes, lengthBytes } = upload
  const save = async (durableBytes: number) => {
    if (!(await recordOffset(db(), hold, durableBytes))) throw gone()
  }
  if ('source' in piece.content) {
    const { source } = piece.content
    const { checksum } = piece
    return await takePiece({ source, offsetBytes, lengthBytes, writer, facts, checksum, interrupt, save })
  }
  const holeBytes = Math.min(piece.content.holeBytes, HOLE_BYTES_MAX)
  await writer.skip(holeBytes)
  await facts?.takeZeros(holeBytes)
  if (offsetBytes + holeBytes < lengthBytes) await save(offsetBytes + holeBytes)
  return { offsetBytes: offsetBytes + holeBytes, cut: undefined }
}

async function imageOf(ctx: RequestContext, { imageId }: Upload): Promise<Image> {
  const image = await getImage(ctx, imageId, () => gone())
  enforce(ctx, 'upload_image', imageTarget(image))
  return image
}

function requireOffset(upload: Upload, offsetBytes: number): Upload {
  if (upload.offsetBytes === offsetBytes) return upload
  throw apiError('conflict', {
    public: `The upload stands at ${upload.offsetBytes}, not at ${offsetBytes}.`,
    headers: { 'upload-offset': String(upload.offsetBytes) },
  })
}

/** Before a byte of it is read. */
function refuseTooMuch({ offsetBytes, lengthBytes }: Upload, { content }: Piece): void {
  const pieceBytes = 'source' in content ? (content.lengthBytes ?? 0) : content.holeBytes
  if (offsetBytes + pieceBytes <= lengthBytes) return
  throw apiError('size_mismatch', { public: `More bytes come than the ${lengthBytes} of Upload-Length.` })
}

export function standingOf({ offsetBytes, lengthBytes, state, expiresAt }: Upload): Standing {
  return { offsetBytes, lengthBytes, isFinished: state === 'finished', expiresAt }
}

function gone(cause?: unknown) {
  return apiError('upload_gone', { cause })
}

function hasCode(error: unknown, ...codes: readonly ErrorCode[]): boolean {
  return isApiError(error) && codes.includes(error.code)
}
