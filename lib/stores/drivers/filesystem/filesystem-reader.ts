import { constants } from 'node:fs'
import { Readable } from 'node:stream'
import type { BlobReader } from '@/lib/stores/store'
import type { FileCalls, OpenFile } from './file-calls'
import { storeErrorOf } from './filesystem-errors'

const STREAM_CHUNK_BYTES = 1024 * 1024

/** Reads a slice of one file by position; the file may be unlinked meanwhile. */
export class FilesystemReader implements BlobReader {
  #position: number
  readonly #end: number
  #handle: OpenFile | undefined
  readonly fd: number

  private constructor(
    private readonly storeId: string,
    handle: OpenFile,
    offset: number,
    readonly sizeBytes: number,
  ) {
    this.#handle = handle
    this.fd = handle.fd
    this.#position = offset
    this.#end = offset + sizeBytes
  }

  /** Throws what the file system does. */
  static async open(
    { storeId, calls, path }: { readonly storeId: string; readonly calls: FileCalls; readonly path: string },
    slice: { readonly offset?: number; readonly length?: number },
  ): Promise<FilesystemReader> {
    let handle: OpenFile | undefined
    try {
      handle = await calls.open(path, constants.O_RDONLY)
      const size = await handle.size()
      const offset = Math.min(slice.offset ?? 0, size)
      return new FilesystemReader(storeId, handle, offset, Math.min(slice.length ?? size, size - offset))
    } catch (error) {
      await handle?.close().catch(() => {})
      throw error
    }
  }

  async readInto(target: Uint8Array): Promise<number> {
    const handle = this.#handle
    if (handle === undefined) return 0
    const wanted = Math.min(target.byteLength, this.#end - this.#position)
    let done = 0
    try {
      while (done < wanted) {
        const { bytesRead } = await handle.read(target, done, wanted - done, this.#position)
        if (bytesRead === 0) break
        done += bytesRead
        this.#position += bytesRead
      }
    } catch (error) {
      throw storeErrorOf(error, this.storeId)
    }
    return done
  }

  stream(): Readable {
    return Readable.from(this.#chunks(), { objectMode: false, highWaterMark: STREAM_CHUNK_BYTES })
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const chunk = Buffer.allocUnsafeSlow(Math.min(STREAM_CHUNK_BYTES, Math.max(this.#end - this.#position, 1)))
        const length = await this.readInto(chunk)
        if (length === 0) return
        yield chunk.subarray(0, length)
      }
    } finally {
      await this.close()
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close().catch(() => {})
  }
}
