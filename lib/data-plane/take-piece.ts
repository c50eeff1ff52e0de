import { config } from '@/lib/config/load'
import { type ApiError, apiError, isApiError } from '@/lib/errors/api-error'
import type { ResumableWriter } from '@/lib/stores/store'
import { digestPool } from './digests'
import type { RunningFacts } from './running-facts'
import type { DigestAlgorithm } from './store-bytes'
import { type Interrupt, transfer } from './transfer'
import { UploadSink } from './upload-sink'

/** While bytes flow, what has come is made durable this often, so that a crash costs little of a long piece. */
const SAVE_EVERY_MS = 500

export interface PieceOptions {
  readonly source: AsyncIterable<Uint8Array>
  /** where in the image the piece begins */
  readonly offsetBytes: number
  /** of the whole image */
  readonly lengthBytes: number
  readonly writer: ResumableWriter
  /** undefined when not every byte before was seen */
  readonly facts: RunningFacts | undefined
  /** What the piece must hash to, lower-case hex; then it counts as a whole or not at all. */
  readonly checksum?: { readonly algorithm: DigestAlgorithm; readonly value: string } | undefined
  readonly interrupt: Interrupt
  /** Notes that the image is durable up to here; throws when the upload is not ours any more. */
  readonly save: (offsetBytes: number) => Promise<void>
}

export interface TakenPiece {
  /** the image is durable up to here */
  readonly offsetBytes: number
  /** why the piece ended before its end; what came of it counts */
  readonly cut: unknown
}

/**
 * Takes one piece of an upload. When its client is lost, or another request takes over, what has come counts. Throws
 * when nothing more of the upload can be said to be known: then `facts` must be dropped, and what `save` was last told
 * is what there is. `save` is never told of all bytes: that they have come is only said with what becomes of them.
 */
export async function takePiece(options: PieceOptions): Promise<TakenPiece> {
  const { source, offsetBytes, lengthBytes, writer, facts, checksum, interrupt, save } = options
  const pool = digestPool()
  const check = checksum && pool.start(checksum.algorithm)
  const sink = new UploadSink({
    pool,
    writer,
    startBytes: offsetBytes,
    digests: [...(facts?.digests ?? []), ...(check === undefined ? [] : [check])],
    inspect: (bytes) => facts?.inspect(bytes),
    onFailure: (error) => interrupt.raise(error),
  })
  let savedBytes = offsetBytes
  const saveStored = async () => {
    const storedBytes = sink.storedBytes
    if (storedBytes === savedBytes) return
    await writer.flush()
    if (storedBytes < lengthBytes) await save(storedBytes)
    savedBytes = storedBytes
  }
  const saver = repeatedly(checksum === undefined ? saveStored : async () => {}, (error) => interrupt.raise(error))
  let isChecked = false
  try {
    const cut = await moved(
      transfer(source, {
        interrupt,
        idleTimeoutMs: config().uploads.idleTimeoutSeconds * 1000,
        push: (bytes) => {
          if (sink.receivedBytes + bytes.byteLength > lengthBytes) throw tooMuch(lengthBytes)
          return sink.push(bytes)
        },
        idle: () => sink.idle(),
      }),
    )
    await saver.stop()
    await sink.finish()
    if (check !== undefined && checksum !== undefined) {
      if (cut !== undefined) throw cut
      isChecked = true
      if ((await check.finish()) !== checksum.value) throw apiError('checksum_mismatch')
    }
    await saveStored()
    return { offsetBytes: sink.storedBytes, cut }
  } catch (error) {
    await saver.stop().catch(() => {})
    await sink.stop()
    throw error
  } finally {
    if (!isChecked) check?.drop()
  }
}

/** What ended the walk early when the bytes before it are good; throws what spoils them. */
async function moved(walk: Promise<void>): Promise<unknown> {
  try {
    await walk
    return undefined
  } catch (error) {
    if (isApiError(error) && (error.code === 'client_closed' || error.code === 'upload_locked')) return error
    throw error
  }
}

/** Calls `run` again and again, never twice at once; after a failure only `failed` is. */
function repeatedly(run: () => Promise<void>, failed: (error: unknown) => void): { stop(): Promise<void> } {
  let running: Promise<void> | undefined
  let isStopped = false
  const timer = setInterval(() => {
    if (isStopped || running !== undefined) return
    running = run().then(
      () => {
        running = undefined
      },
      (error: unknown) => {
        isStopped = true
        failed(error)
      },
    )
  }, SAVE_EVERY_MS)
  timer.unref()
  return {
    stop: async () => {
      isStopped = true
      clearInterval(timer)
      await running
    },
  }
}

function tooMuch(lengthBytes: number): ApiError {
  return apiError('size_mismatch', { public: `More bytes came than the ${lengthBytes} of Upload-Length.` })
}
