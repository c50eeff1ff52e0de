const HEAD_BYTES = 8

/** A message as the helper reads it: two lengths, the header as JSON, the bytes. */
export function frameOf(header: object, bytes?: Uint8Array): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header))
  const head = Buffer.allocUnsafe(HEAD_BYTES)
  head.writeUInt32LE(text.byteLength, 0)
  head.writeUInt32LE(bytes?.byteLength ?? 0, 4)
  return bytes === undefined || bytes.byteLength === 0 ? [head, text] : [head, text, bytes]
}

export interface FrameReaderOptions {
  /** where the bytes behind this header go; they are dropped without a place */
  readonly targetOf: (header: unknown) => Uint8Array | undefined
  readonly onFrame: (header: unknown, bytesLength: number) => void
}

/** Takes messages apart that come in pieces of any size; their bytes are copied once, to where they are wanted. */
export class FrameReader {
  /** the head and header that have come so far */
  #start: Buffer = Buffer.alloc(0)
  #frame: { header: unknown; target: Uint8Array | undefined; length: number; done: number } | undefined

  constructor(private readonly options: FrameReaderOptions) {}

  push(piece: Buffer): void {
    let rest = piece
    while (rest.byteLength > 0) rest = this.#frame === undefined ? this.#takeStart(rest) : this.#takeBytes(rest)
  }

  #takeStart(piece: Buffer): Buffer {
    const start = this.#start.byteLength === 0 ? piece : Buffer.concat([this.#start, piece])
    const headerEnd = start.byteLength < HEAD_BYTES ? undefined : HEAD_BYTES + start.readUInt32LE(0)
    if (headerEnd === undefined || start.byteLength < headerEnd) {
      this.#start = start
      return Buffer.alloc(0)
    }
    this.#start = Buffer.alloc(0)
    const header: unknown = JSON.parse(start.toString('utf8', HEAD_BYTES, headerEnd))
    const length = start.readUInt32LE(4)
    this.#frame = { header, target: length > 0 ? this.options.targetOf(header) : undefined, length, done: 0 }
    this.#endFrame()
    return start.subarray(headerEnd)
  }

  #takeBytes(piece: Buffer): Buffer {
    const frame = this.#frame
    if (frame === undefined) return piece
    const part = piece.subarray(0, frame.length - frame.done)
    frame.target?.set(part, frame.done)
    frame.done += part.byteLength
    this.#endFrame()
    return piece.subarray(part.byteLength)
  }

  #endFrame(): void {
    const frame = this.#frame
    if (frame === undefined || frame.done < frame.length) return
    this.#frame = undefined
    this.options.onFrame(frame.header, frame.length)
  }
}
