import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { apiError } from '@/lib/errors/api-error'
import type { BlobReader } from '../store'

const PIECE_BYTES = 256 * 1024
const nothing = new Uint8Array()

export interface HttpPart {
  readonly response: IncomingMessage
  /** bytes of the answer that come before the wanted ones */
  readonly skipBytes: number
  readonly sizeBytes: number
}

/** Reads a part of an answer as it comes; nothing but the chunk at hand is held. */
export class HttpReader implements BlobReader {
  readonly sizeBytes: number
  readonly #response: IncomingMessage
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = nothing
  #skip: number
  #left: number

  constructor({ response, skipBytes, sizeBytes }: HttpPart) {
    this.sizeBytes = sizeBytes
    this.#response = response
    this.#chunks = response[Symbol.asyncIterator]()
    this.#skip = skipBytes
    this.#left = sizeBytes
  }

  async readInto(target: Uint8Array): Promise<number> {
    if (this.#left === 0) return 0
    while (this.#chunk.byteLength === 0) this.#chunk = await this.#next()
    const length = Math.min(target.byteLength, this.#chunk.byteLength, this.#left)
    target.set(length === this.#chunk.byteLength ? this.#chunk : this.#chunk.subarray(0, length))
    this.#chunk = this.#chunk.subarray(length)
    this.#left -= length
    return length
  }

  stream(): Readable {
    return Readable.from(this.#pieces(), { objectMode: false })
  }

  async close(): Promise<void> {
    this.#response.destroy()
  }

  async #next(): Promise<Uint8Array> {
    const next = await this.#chunks.next()
    if (next.done) throw apiError('store_unavailable', { public: 'The image data in the store ended early.' })
    const skipped = Math.min(this.#skip, next.value.byteLength)
    this.#skip -= skipped
    return next.value.subarray(skipped)
  }

  async *#pieces(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, this.#left))
      const length = await this.readInto(piece)
      if (length === 0) return
      yield piece.subarray(0, length)
    }
  }
}
