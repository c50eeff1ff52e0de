import { createSHA256, createSHA512, type IHasher } from 'hash-wasm'
import { isAllZero } from '@/lib/data-plane/zero-runs'
import type { Part, Source } from '@/lib/uploads/client/sending'

const MIB = 1024 * 1024
/** Smaller runs of zeros are cheaper to send than to name. */
const BLOCK_BYTES = MIB
/**
 * So many blocks are hashed before they are asked for: while the service takes data or hashes zeros, which take turns in
 * most disks. No hole is longer, or the service would wait for the end of its hashing.
 */
const AHEAD_BLOCKS = 256

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
  /** whether blocks are all zeros; each is looked at after the one before */
  readonly #looks = new Map<number, Promise<boolean>>()
  #lastLook: Promise<boolean> = Promise.resolve(false)
  #nextBlock = 0
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
    this.#forgetBefore(offsetBytes)
    let isHole: boolean | undefined
    let end = offsetBytes
    while (end < this.sizeBytes) {
      const block = Math.floor(end / BLOCK_BYTES)
      const next = this.#endOf(block)
      if (next - offsetBytes > (isHole === true ? AHEAD_BLOCKS * BLOCK_BYTES : limitBytes)) break
      const isZero = await this.#isZero(block)
      if (isHole !== undefined && isZero !== isHole) break
      isHole = isZero
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
      this.#forgetBefore(this.#hashedBytes)
      await this.#isZero(Math.floor(this.#hashedBytes / BLOCK_BYTES))
      report(Math.min(offsetBytes, this.#hashedBytes))
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

  /** Rejects when the file cannot be read. */
  #isZero(block: number): Promise<boolean> {
    if (!this.#looks.has(block)) this.#nextBlock = block
    const end = Math.min(block + AHEAD_BLOCKS, Math.ceil(this.sizeBytes / BLOCK_BYTES))
    for (; this.#nextBlock < end; this.#nextBlock++) {
      const next = this.#nextBlock
      if (this.#looks.has(next)) continue
      this.#lastLook = this.#lastLook.then(() => this.#look(next))
      // Seen when it is asked for.
      this.#lastLook.catch(() => {})
      this.#looks.set(next, this.#lastLook)
    }
    return this.#looks.get(block) ?? this.#lastLook
  }

  async #look(block: number): Promise<boolean> {
    const start = block * BLOCK_BYTES
    const bytes = await this.#reader.read(start, this.#endOf(block))
    const end = start + bytes.byteLength
    if (end > this.#hashedBytes) {
      this.hasher.update(bytes.subarray(this.#hashedBytes - start))
      this.#hashedBytes = end
    }
    return isAllZero(bytes, 0, bytes.byteLength)
  }

  /** Not the part before, which may have to be sent again. */
  #forgetBefore(offsetBytes: number): void {
    const kept = Math.floor(offsetBytes / BLOCK_BYTES) - AHEAD_BLOCKS
    for (const block of this.#looks.keys()) {
      if (block >= kept) return
      this.#looks.delete(block)
    }
  }

  #endOf(block: number): number {
    return Math.min(this.sizeBytes, (block + 1) * BLOCK_BYTES)
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
