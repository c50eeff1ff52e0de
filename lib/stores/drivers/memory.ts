import { Readable } from 'node:stream'
import { apiError } from '@/lib/errors/api-error'
import type {
  BlobLocation,
  BlobReader,
  BlobWriter,
  OpenWriterOptions,
  ProbeResult,
  Store,
  StoredBlob,
} from '@/lib/stores/store'

interface Blob {
  readonly bytes: Buffer
  readonly modifiedAt: Date
  /** the attempt that committed it, until settled */
  attemptId: string | undefined
}

interface Attempt {
  readonly imageId: string
  readonly attemptId: string
  readonly chunks: Buffer[]
  sizeBytes: number
  readonly startedAt: Date
}

/** Keeps blobs in memory; for tests of what stands above stores. */
export class MemoryStore implements Store {
  readonly kind = 'memory'
  readonly description = null
  readonly capabilities = {
    write: true,
    range: true,
    sparse: false,
    directUrl: false,
    fastCopy: false,
    acl: false,
  } as const
  /** set by tests: nothing can be reached */
  isLost = false
  readonly #blobs = new Map<string, Blob>()
  readonly #attempts = new Map<string, Attempt>()

  constructor(
    readonly id: string,
    readonly weight = 0,
    private readonly capacityBytes = Number.POSITIVE_INFINITY,
  ) {}

  async openWriter(imageId: string, { attemptId, signal }: OpenWriterOptions): Promise<BlobWriter> {
    this.#reach()
    const key = `${imageId}.${attemptId}`
    const attempt: Attempt = { imageId, attemptId, chunks: [], sizeBytes: 0, startedAt: new Date() }
    this.#attempts.set(key, attempt)
    const url = this.#url(imageId)
    const write = async (chunk: Uint8Array) => {
      signal.throwIfAborted()
      this.#reach()
      if (this.#usedBytes() + chunk.byteLength > this.capacityBytes) {
        throw apiError('store_full', { public: `Image storage media is full: no space left in ${this.id}` })
      }
      attempt.chunks.push(Buffer.from(chunk))
      attempt.sizeBytes += chunk.byteLength
    }
    return {
      write,
      skip: (lengthBytes) => write(Buffer.alloc(lengthBytes)),
      commit: async () => {
        this.#reach()
        if (this.#blobs.has(url)) throw apiError('store_object_exists')
        this.#attempts.delete(key)
        this.#blobs.set(url, { bytes: Buffer.concat(attempt.chunks), modifiedAt: new Date(), attemptId })
        return { storeId: this.id, url }
      },
      settle: async () => {
        const blob = this.#blobs.get(url)
        if (blob?.attemptId === attemptId) blob.attemptId = undefined
      },
      abort: () => this.discardAttempt(imageId, attemptId, { keepCommitted: false }),
    }
  }

  async openReader(
    location: BlobLocation,
    options: { offset?: number; length?: number; signal: AbortSignal },
  ): Promise<BlobReader> {
    const { bytes } = this.#find(location)
    const offset = options.offset ?? 0
    const slice = bytes.subarray(offset, options.length === undefined ? undefined : offset + options.length)
    let position = 0
    return {
      sizeBytes: slice.byteLength,
      readInto: async (target) => {
        const copied = slice.copy(target, 0, position)
        position += copied
        return copied
      },
      stream: () => Readable.from([slice]),
      close: async () => {
        position = slice.byteLength
      },
    }
  }

  async stat(location: BlobLocation): Promise<{ sizeBytes: number }> {
    return { sizeBytes: this.#find(location).bytes.byteLength }
  }

  async delete(location: BlobLocation): Promise<void> {
    this.#reach()
    this.#blobs.delete(location.url)
  }

  async discardAttempt(imageId: string, attemptId: string, options: { keepCommitted: boolean }): Promise<void> {
    this.#attempts.delete(`${imageId}.${attemptId}`)
    const blob = this.#blobs.get(this.#url(imageId))
    if (blob?.attemptId !== attemptId) return
    if (options.keepCommitted) blob.attemptId = undefined
    else this.#blobs.delete(this.#url(imageId))
  }

  async *list(options: { signal: AbortSignal; partialOnly?: boolean }): AsyncGenerator<StoredBlob> {
    this.#reach()
    for (const { imageId, attemptId, sizeBytes, startedAt } of [...this.#attempts.values()]) {
      yield { state: 'partial', imageId, attemptId, sizeBytes, modifiedAt: startedAt }
    }
    for (const [url, { bytes, modifiedAt, attemptId }] of [...this.#blobs]) {
      const imageId = url.slice(url.lastIndexOf('/') + 1)
      const sizeBytes = bytes.byteLength
      if (attemptId !== undefined) yield { state: 'partial', imageId, attemptId, sizeBytes, modifiedAt }
      if (!options.partialOnly) yield { state: 'committed', url, imageId, sizeBytes, modifiedAt }
    }
  }

  async probe(): Promise<ProbeResult> {
    return this.isLost ? { writable: false, reason: 'lost' } : { writable: true }
  }

  detail(): Record<string, string | number | boolean> {
    return {}
  }

  #url(imageId: string): string {
    return `memory://${this.id}/${imageId}`
  }

  #reach(): void {
    if (this.isLost) throw apiError('store_unavailable')
  }

  #find(location: BlobLocation): Blob {
    this.#reach()
    const blob = this.#blobs.get(location.url)
    if (blob === undefined) throw apiError('store_object_missing')
    return blob
  }

  #usedBytes(): number {
    let bytes = 0
    for (const blob of this.#blobs.values()) bytes += blob.bytes.byteLength
    for (const attempt of this.#attempts.values()) bytes += attempt.sizeBytes
    return bytes
  }
}
