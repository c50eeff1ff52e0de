/** The longest trailer any format has: marker, footer and end of stream of a VMDK. */
export const TAIL_BYTES = 1536

export type RegionName =
  | 'header'
  | 'sector512'
  | 'sector2048'
  | 'sector4096'
  | 'volumeDescriptor'
  | 'vmdkDescriptor'
  | 'vmdkText'
  | 'vhdxRegions'
  | 'vhdxMetadata'
  | 'vhdxDiskSize'

export interface RegionRequest {
  readonly name: RegionName
  readonly start: number
  /** Callers bound this by a constant, whatever a header says. */
  readonly lengthBytes: number
  /** Whether the format is still open while this is missing. */
  readonly decidesFormat?: boolean
}

/** A copy of one place of the image, filled front to back; the part that has not come is zero. */
export class Capture {
  readonly name: RegionName
  readonly start: number
  readonly end: number
  readonly decidesFormat: boolean
  readonly bytes: Uint8Array
  filledBytes = 0

  constructor(request: RegionRequest) {
    this.name = request.name
    this.start = request.start
    this.end = request.start + request.lengthBytes
    this.decidesFormat = request.decidesFormat ?? false
    this.bytes = new Uint8Array(request.lengthBytes)
  }

  get isComplete(): boolean {
    return this.filledBytes === this.bytes.byteLength
  }

  /** Where the next byte that is wanted lies in the image. */
  get nextPosition(): number {
    return this.start + this.filledBytes
  }

  /** Copies what it wants of a chunk that begins at `position`. */
  take(chunk: Uint8Array, position: number): void {
    const from = this.nextPosition - position
    if (from < 0 || from >= chunk.byteLength) return
    const part = chunk.subarray(from, Math.min(chunk.byteLength, this.end - position))
    this.bytes.set(part, this.filledBytes)
    this.filledBytes += part.byteLength
  }
}

/** Keeps the last bytes of a stream. */
export class TailCapture {
  readonly #kept = new Uint8Array(TAIL_BYTES)
  #length = 0

  /** The last bytes that came without a gap, at most {@link TAIL_BYTES}. */
  get bytes(): Uint8Array {
    return this.#kept.subarray(0, this.#length)
  }

  push(chunk: Uint8Array): void {
    const newLength = Math.min(chunk.byteLength, TAIL_BYTES)
    const oldLength = Math.min(this.#length, TAIL_BYTES - newLength)
    this.#kept.copyWithin(0, this.#length - oldLength, this.#length)
    this.#kept.set(chunk.subarray(chunk.byteLength - newLength), oldLength)
    this.#length = oldLength + newLength
  }

  clear(): void {
    this.#length = 0
  }
}

/** What the parsers of formats may look at. */
export interface CapturedImage {
  /** The first 512 bytes. */
  readonly header: Capture
  get(name: RegionName): Capture | undefined
  /** Known only when the whole image has passed. */
  readonly end: { readonly sizeBytes: number; readonly tail: Uint8Array } | undefined
}
