import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { isAllZero } from '@/lib/data-plane/zero-runs'
import { type Inspection, inspectSlices } from '@/lib/formats/inspector'
import { HOLE_BYTES_MAX } from '../protocol'

const MIB = 1024 * 1024
/** Smaller runs of zeros are cheaper to send than to name. */
export const BLOCK_BYTES = MIB

/** A part of the file: its bytes, or how many zeros it is. */
export interface FilePart {
  readonly offsetBytes: number
  readonly lengthBytes: number
  /** undefined for zeros */
  readonly bytes: Uint8Array | undefined
}

/** A local file that is to become an image. It must not change meanwhile. */
export class ImageFile {
  private constructor(
    private readonly handle: FileHandle,
    readonly sizeBytes: number,
    private readonly modifiedMs: number,
  ) {}

  static async open(path: string): Promise<ImageFile> {
    const handle = await open(path, 'r')
    const status = await handle.stat()
    if (!status.isFile()) {
      await handle.close()
      throw new Error(`${path} is no plain file`)
    }
    return new ImageFile(handle, status.size, status.mtimeMs)
  }

  inspect(): Promise<Inspection> {
    return inspectSlices(this.sizeBytes, async (start, end) => await this.#slice(start, end))
  }

  /** Tells the file from others of its size: the SHA-256 of its first, its last and three MiB between. */
  async fingerprint(): Promise<string> {
    const hash = createHash('sha256')
    for (const fraction of [0, 0.25, 0.5, 0.75, 1]) {
      const start = Math.floor(Math.max(0, this.sizeBytes - MIB) * fraction)
      hash.update(await this.#slice(start, Math.min(this.sizeBytes, start + MIB)))
    }
    return hash.digest('hex')
  }

  /**
   * The part that begins at `offsetBytes`: zeros as far as they go, or bytes up to the next block of zeros, at most
   * `buffer` holds. Blocks lie at whole MiB of the file.
   */
  async part(offsetBytes: number, buffer: Buffer): Promise<FilePart> {
    let length = 0
    while (offsetBytes + length < this.sizeBytes) {
      const start = offsetBytes + length
      const end = blockEnd(start, this.sizeBytes)
      if (end - offsetBytes > buffer.byteLength) break
      const block = buffer.subarray(length, end - offsetBytes)
      await this.#read(block, start)
      if (!isAllZero(block, 0, block.byteLength)) length += block.byteLength
      else if (length > 0) break
      else return { offsetBytes, lengthBytes: await this.#zerosFrom(offsetBytes, end, buffer), bytes: undefined }
    }
    return { offsetBytes, lengthBytes: length, bytes: buffer.subarray(0, length) }
  }

  /** Throws when the file is not what it was when it was opened. */
  async requireUnchanged(): Promise<void> {
    const { size, mtimeMs } = await this.handle.stat()
    if (size !== this.sizeBytes || mtimeMs !== this.modifiedMs) throw new Error('the file was changed meanwhile')
  }

  /** The bytes between, piece by piece; each is gone with the next. */
  async *bytes(start: number, end: number): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.alloc(BLOCK_BYTES)
    for (let at = start; at < end; at += buffer.byteLength) {
      const slice = buffer.subarray(0, Math.min(buffer.byteLength, end - at))
      await this.#read(slice, at)
      yield slice
    }
  }

  async close(): Promise<void> {
    await this.handle.close()
  }

  async #zerosFrom(offsetBytes: number, firstEnd: number, buffer: Buffer): Promise<number> {
    let end = firstEnd
    while (end < this.sizeBytes && end - offsetBytes < HOLE_BYTES_MAX) {
      const next = Math.min(blockEnd(end, this.sizeBytes), offsetBytes + HOLE_BYTES_MAX)
      await this.#read(buffer.subarray(0, next - end), end)
      if (!isAllZero(buffer, 0, next - end)) break
      end = next
    }
    return end - offsetBytes
  }

  async #slice(start: number, end: number): Promise<Buffer> {
    const slice = Buffer.alloc(Math.max(0, end - start))
    await this.#read(slice, start)
    return slice
  }

  async #read(target: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < target.byteLength; ) {
      const { bytesRead } = await this.handle.read(target, done, target.byteLength - done, position + done)
      if (bytesRead === 0) throw new Error('the file was changed meanwhile')
      done += bytesRead
    }
  }
}

function blockEnd(offsetBytes: number, sizeBytes: number): number {
  return Math.min(sizeBytes, (Math.floor(offsetBytes / BLOCK_BYTES) + 1) * BLOCK_BYTES)
}
