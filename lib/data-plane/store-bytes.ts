import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import type { BlobLocation, BlobWriter, OpenWriterOptions } from '@/lib/stores/store'
import { digestPool } from './digests'
import { refuseTooLarge } from './expected-size'
import type { FormatGate } from './format-gate'
import { Interrupt, transfer } from './transfer'
import { UploadSink } from './upload-sink'
import { type LeasedWrite, writeLeased } from './write-leased'

export type DigestAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha512'

export interface StoreBytesOptions extends LeasedWrite {
  readonly source: AsyncIterable<Uint8Array>
  readonly gate: FormatGate
  readonly algorithms: readonly DigestAlgorithm[]
  /** a file that has these very bytes, and what is known of them: where the store can take it over nothing is read */
  readonly known?: { readonly path: string; readonly received: Received } | undefined
  /** called now and then with the bytes that came so far */
  readonly onProgress?: (receivedBytes: number) => void
}

/** What is known of the bytes when all have come; digests as lower-case hex by algorithm. */
export interface Received {
  readonly sizeBytes: number
  readonly virtualSizeBytes: number | null
  readonly digests: Readonly<Partial<Record<DigestAlgorithm, string>>>
}

/** Moves bytes from `source` into one store under a lease, then calls `record`; see {@link writeLeased}. */
export async function storeBytes<T>(
  options: StoreBytesOptions,
  record: (received: Received, location: BlobLocation) => Promise<T>,
): Promise<T> {
  const { store, imageId, known } = options
  let adopted: BlobWriter | undefined
  const open =
    known &&
    (async (how: OpenWriterOptions) => {
      adopted = await store.adoptFile?.(imageId, known.path, how)
      return adopted ?? (await store.openWriter(imageId, how))
    })
  return await writeLeased(
    { ...options, open },
    async (writer, interrupt) =>
      known !== undefined && adopted !== undefined ? known.received : await takeBytes(options, writer, interrupt),
    record,
  )
}

export type HashBytesOptions = Pick<
  StoreBytesOptions,
  'source' | 'expected' | 'gate' | 'algorithms' | 'onProgress' | 'lost'
> & { readonly signal: AbortSignal }

/** Reads all bytes of `source` for what is known of them then, and keeps none. */
export async function hashBytes(options: HashBytesOptions): Promise<Received> {
  const { signal, lost } = options
  const interrupt = new Interrupt()
  const onAbort = () => interrupt.raise(lost())
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    if (signal.aborted) throw lost()
    return await takeBytes(options, nowhere, interrupt)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

const nowhere = { write: async () => {}, skip: async () => {} }

async function takeBytes(
  options: Pick<StoreBytesOptions, 'source' | 'expected' | 'gate' | 'algorithms' | 'onProgress'>,
  writer: Pick<BlobWriter, 'write' | 'skip'>,
  interrupt: Interrupt,
): Promise<Received> {
  const { expected, gate, algorithms, onProgress } = options
  const pool = digestPool()
  const digests = algorithms.map((algorithm) => pool.start(algorithm))
  const sink = new UploadSink({
    pool,
    writer,
    digests,
    inspect: (bytes, position) => {
      refuseTooLarge(expected, position + bytes.byteLength)
      gate.take(bytes)
      onProgress?.(position + bytes.byteLength)
    },
    onFailure: (error) => interrupt.raise(error),
  })
  let isComplete = false
  try {
    await transfer(options.source, {
      interrupt,
      idleTimeoutMs: config().uploads.idleTimeoutSeconds * 1000,
      push: (chunk) => sink.push(chunk),
      idle: () => sink.idle(),
    })
    await sink.finish()
    interrupt.throwIfRaised()
    expected.refuseTooShort(sink.receivedBytes)
    const { virtualSizeBytes } = gate.verdict()
    isComplete = true
    const values = await Promise.all(digests.map((digest) => digest.finish()))
    const entries = algorithms.map((algorithm, index) => [algorithm, values[index]])
    return { sizeBytes: sink.receivedBytes, virtualSizeBytes, digests: Object.fromEntries(entries) }
  } finally {
    await sink.stop()
    if (!isComplete) for (const digest of digests) digest.drop()
  }
}

/** The columns of an image that say what its bytes are. Throws `internal` when a digest is missing. */
export function factsOf({ sizeBytes, virtualSizeBytes, digests }: Received) {
  const { hashAlgorithm } = config().images
  const [checksum, hashValue] = [digests.md5, digests[hashAlgorithm]]
  if (checksum === undefined || hashValue === undefined) throw apiError('internal')
  return { sizeBytes, virtualSizeBytes, checksum, hashAlgorithm, hashValue }
}
