import { createSHA256, createSHA512, type IHasher } from 'hash-wasm'
import { isAllZero } from '@/lib/data-plane/zero-runs'
import type { Part, Source } from '@/lib/uploads/client/sending'
import { HOLE_BYTES_MAX } from '@/lib/uploads/protocol'

const MIB = 1024 * 1024
/** Smaller runs of zeros are cheaper to send than to name. */
const BLOCK_BYTES = MIB

/** A hash on its way: it goes on to the same digest in another tab or on another day. */
export interface SavedHash {
  readonly state: Uint8Array
  readonly hashedBytes: number
}

/**
 * A file of a browser's, read a few MiB at a time. What is sent are slices of the file itself, which the browser reads:
 * no image's bytes lie in a script's memory but those that are hashed.
 */
export class BlobSource implements Source<Blob> {
  #hashedBytes = 0
  #sha512 = ''
  #block: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array() }
  readonly #reader: BlobReader

  private constructor(
    private readonly file: Blob,
    private readonly hasher: IHasher,
  ) {
    this.#reader = new BlobReader(file)
  }

  /** Goes on with a hash of the same file where one is given. */
  static async open(file: Blob, saved?: SavedHash): Promise<BlobSource> {
    const hasher = await createSHA512()
    const source = new BlobSource(file, hasher)
    if (saved !== undefined && saved.hashedBytes <= file.size) {
      hasher.load(saved.state)
      source.#hashedBytes = saved.hashedBytes
    } else hasher.init()
    return source
  }

  get sizeBytes(): number {
    return this.file.size
  }

  async part(offsetBytes: number, limitBytes: number): Promise<Part<Blob>> {
    let isHole: boolean | undefined
    let end = offsetBytes
    while (end < this.sizeBytes) {
      const next = Math.min(this.sizeBytes, (Math.floor(end / BLOCK_BYTES) + 1) * BLOCK_BYTES)
      if (next - offsetBytes > (isHole === true ? HOLE_BYTES_MAX : limitBytes)) break
      const block = await this.#read(end, next)
      const isZero = isAllZero(block, 0, block.byteLength)
      if (isHole !== undefined && isZero !== isHole) break
      isHole = isZero
      this.#take(end, block)
      end = next
    }
    return {
      offsetBytes,
      lengthBytes: end - offsetBytes,
      body: isHole === true ? undefined : this.file.slice(offsetBytes, end),
    }
  }

  async catchUp(offsetBytes: number, report: (doneBytes: number) => void): Promise<void> {
    while (this.#hashedBytes < offsetBytes) {
      const end = Math.min(offsetBytes, this.#hashedBytes + BLOCK_BYTES)
      this.#take(this.#hashedBytes, await this.#read(this.#hashedBytes, end))
      report(this.#hashedBytes)
    }
  }

  sha512(): string {
    this.#sha512 ||= this.hasher.digest('hex')
    return this.#sha512
  }

  /** Undefined when the hash is at its end. */
  saved(): SavedHash | undefined {
    return this.#sha512 === '' ? { state: this.hasher.save(), hashedBytes: this.#hashedBytes } : undefined
  }

  /** The browser itself refuses to read a file that was changed since it was chosen. */
  async requireUnchanged(): Promise<void> {
    await this.file.slice(0, 1).arrayBuffer()
  }

  #take(start: number, bytes: Uint8Array): void {
    const isNews = start + bytes.byteLength > this.#hashedBytes
    if (!isNews) return
    this.hasher.update(bytes.subarray(this.#hashedBytes - start))
    this.#hashedBytes = start + bytes.byteLength
  }

  /** The one block that was read last may be asked for again: it began the part after another. */
  async #read(start: number, end: number): Promise<Uint8Array> {
    const { start: from, bytes } = this.#block
    if (start >= from && end <= from + bytes.byteLength) return bytes.subarray(start - from, end - from)
    this.#block = { start, bytes: await this.#reader.read(start, end) }
    return this.#block.bytes
  }
}

/**
 * Reads a file front to back into one buffer, which costs half of what slices do: each of those crosses from another
 * process by itself.
 */
class BlobReader {
  #stream: ReadableStreamBYOBReader | undefined
  #position = 0
  #buffer = new ArrayBuffer(BLOCK_BYTES)

  constructor(private readonly file: Blob) {}

  /** At most a block. What the call before returned is gone. */
  async read(start: number, end: number): Promise<Uint8Array> {
    if (this.#stream === undefined || start !== this.#position) {
      await this.#stream?.cancel()
      this.#stream = byteReader(this.file.slice(start))
      this.#position = start
    }
    const stream = this.#stream
    if (stream === undefined) return new Uint8Array(await this.file.slice(start, end).arrayBuffer())
    for (let filled = 0; filled < end - start; ) {
      const { value } = await stream.read(new Uint8Array(this.#buffer, filled, end - start - filled))
      // A file that was cut off since it was chosen.
      if (value === undefined || value.byteLength === 0)
        throw new DOMException('the file ended early', 'NotReadableError')
      this.#buffer = value.buffer
      filled += value.byteLength
    }
    this.#position = end
    return new Uint8Array(this.#buffer, 0, end - start)
  }
}

/** Undefined where files cannot be read into buffers of ours. */
function byteReader(file: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return file.stream().getReader({ mode: 'byob' })
  } catch {
    return undefined
  }
}

/** Tells a file from others, also of its size; the same as `ImageFile.fingerprint` of `glimpse upload`. */
export async function fingerprintOf(file: Blob): Promise<string> {
  const hasher = await createSHA256()
  hasher.init()
  for (const fraction of [0, 0.25, 0.5, 0.75, 1]) {
    const start = Math.floor(Math.max(0, file.size - MIB) * fraction)
    hasher.update(new Uint8Array(await file.slice(start, Math.min(file.size, start + MIB)).arrayBuffer()))
  }
  return `${file.size}:${hasher.digest('hex')}`
}
