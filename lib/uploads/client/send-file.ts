import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Cloud, refusal } from './cloud'
import type { ImageFile } from './image-file'
import { CHUNK_MAX_BYTES, type Part, type SendProgress, type Sent, type Source, send } from './sending'

const MIB = 1024 * 1024
const zeros = Buffer.alloc(MIB)

export interface SendFileOptions {
  readonly cloud: Cloud
  readonly file: ImageFile
  /** of the upload, below the image service */
  readonly path: string
  readonly report: (progress: SendProgress) => void
  readonly signal: AbortSignal
}

/** Sends a local file to an upload; see {@link send}. */
export async function sendFile({ cloud, file, path, report, signal }: SendFileOptions): Promise<Sent> {
  return await send<Uint8Array>({
    source: new HashedFile(file),
    ask: (method, headers, body) => {
      const bytes = method === 'HEAD' ? undefined : (body ?? new Uint8Array())
      return cloud.ask(path, { method, headers, ...(bytes !== undefined && { body: bytes }) })
    },
    refusal,
    pause: (ms) => delay(ms, undefined, { signal }),
    report,
    signal,
  })
}

class HashedFile implements Source<Uint8Array> {
  #hashedBytes = 0
  readonly #hash = createHash('sha512')
  #sha512 = ''
  /** one is sent while the other is filled */
  readonly #buffers = [Buffer.allocUnsafeSlow(CHUNK_MAX_BYTES), Buffer.allocUnsafeSlow(CHUNK_MAX_BYTES)] as const
  #turn = 0

  constructor(private readonly file: ImageFile) {}

  get sizeBytes(): number {
    return this.file.sizeBytes
  }

  async part(offsetBytes: number, limitBytes: number): Promise<Part<Uint8Array>> {
    this.#turn = 1 - this.#turn
    const buffer = this.#buffers[this.#turn === 0 ? 0 : 1].subarray(0, limitBytes)
    const { bytes: body, ...place } = await this.file.part(offsetBytes, buffer)
    const part = { ...place, body }
    await this.#take(part)
    return part
  }

  async catchUp(offsetBytes: number, report: (doneBytes: number) => void): Promise<void> {
    for await (const bytes of this.file.bytes(this.#hashedBytes, offsetBytes)) {
      this.#hash.update(bytes)
      this.#hashedBytes += bytes.byteLength
      report(this.#hashedBytes)
    }
  }

  sha512(): string {
    this.#sha512 ||= this.#hash.digest('hex')
    return this.#sha512
  }

  requireUnchanged(): Promise<void> {
    return this.file.requireUnchanged()
  }

  async #take({ offsetBytes, lengthBytes, body }: Part<Uint8Array>): Promise<void> {
    const end = offsetBytes + lengthBytes
    for (let at = Math.max(offsetBytes, this.#hashedBytes); at < end; at += MIB) {
      const length = Math.min(MIB, end - at)
      const from = at - offsetBytes
      this.#hash.update(body === undefined ? zeros.subarray(0, length) : body.subarray(from, from + length))
      this.#hashedBytes = at + length
      // Sending goes on in between.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
