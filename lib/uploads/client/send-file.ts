import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { OFFSET_TYPE, reprDigest, TUS_VERSION } from '../protocol'
import { type Cloud, RefusedError, refusal } from './cloud'
import type { FilePart, ImageFile } from './image-file'
import { ConnectionError, type WebAnswer } from './web-client'

const MIB = 1024 * 1024
const CHUNK_FIRST_BYTES = 16 * MIB
const CHUNK_MIN_BYTES = 4 * MIB
export const CHUNK_MAX_BYTES = 64 * MIB
/** A chunk should take so long: less is many requests, more is much to send again. */
const CHUNK_SHORTEST_MS = 2_000
const CHUNK_LONGEST_MS = 8_000
const PAUSE_FIRST_MS = 500
const PAUSE_MAX_MS = 30_000
const GIVE_UP_MS = 24 * 3_600_000
const zeros = Buffer.alloc(MIB)

export interface SendProgress {
  readonly phase: 'checking' | 'sending' | 'waiting'
  /** durable at the service, or while checking how much of the file was read */
  readonly offsetBytes: number
  /** zeros that were named instead of sent */
  readonly holeBytes: number
  /** what is waited for */
  readonly reason?: string
}

export interface SendOptions {
  readonly cloud: Cloud
  readonly file: ImageFile
  /** of the upload, below the image service */
  readonly path: string
  readonly report: (progress: SendProgress) => void
  readonly signal: AbortSignal
}

export interface Sent {
  /** of the whole file, lower-case hex */
  readonly sha512: string
  /** bodies of pieces, those that were sent again too */
  readonly wireBytes: number
  readonly holeBytes: number
}

/**
 * Sends a file to an upload from where that stands to its end. Waits for as long as a day while the service is out of
 * reach; after each break at most one piece is sent again. Throws {@link RefusedError} when the service will not have
 * it, and what `signal` is aborted with.
 */
export async function sendFile(options: SendOptions): Promise<Sent> {
  return await new Sending(options).run()
}

class Sending {
  #offset = 0
  #wireBytes = 0
  #holeBytes = 0
  #chunkBytes = CHUNK_FIRST_BYTES
  #hashedBytes = 0
  readonly #hash = createHash('sha512')
  /** one is sent while the other is filled */
  readonly #buffers = [Buffer.allocUnsafeSlow(CHUNK_MAX_BYTES), Buffer.allocUnsafeSlow(CHUNK_MAX_BYTES)] as const
  #turn = 0
  #sha512 = ''

  constructor(private readonly options: SendOptions) {}

  async run(): Promise<Sent> {
    const { file } = this.options
    this.#offset = await this.#standing()
    await this.#hashUpTo(this.#offset)
    let next = this.#read()
    while (this.#offset < file.sizeBytes) {
      const part = await next
      const following = this.#read(part.offsetBytes + part.lengthBytes)
      // Seen when it is awaited; until then it must not end the process.
      following.catch(() => {})
      const isTaken = await this.#send(part)
      if (isTaken) {
        next = following
        continue
      }
      await following.catch(() => {})
      next = this.#read()
    }
    await next.catch(() => {})
    await file.requireUnchanged()
    return { sha512: this.#sha512 || this.#hash.digest('hex'), wireBytes: this.#wireBytes, holeBytes: this.#holeBytes }
  }

  /** The next part, hashed. */
  async #read(offsetBytes = this.#offset): Promise<FilePart> {
    const { file } = this.options
    this.#turn = 1 - this.#turn
    const buffer = this.#buffers[this.#turn === 0 ? 0 : 1].subarray(0, this.#chunkBytes)
    const part = await file.part(offsetBytes, buffer)
    await this.#hashPart(part)
    return part
  }

  async #hashPart({ offsetBytes, lengthBytes, bytes }: FilePart): Promise<void> {
    const end = offsetBytes + lengthBytes
    for (let at = Math.max(offsetBytes, this.#hashedBytes); at < end; at += MIB) {
      const length = Math.min(MIB, end - at)
      const from = at - offsetBytes
      this.#hash.update(bytes === undefined ? zeros.subarray(0, length) : bytes.subarray(from, from + length))
      this.#hashedBytes = at + length
      // Sending goes on in between.
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (this.#hashedBytes === this.options.file.sizeBytes && this.#sha512 === '')
      this.#sha512 = this.#hash.digest('hex')
  }

  /** What an earlier run has sent must be hashed here, too. */
  async #hashUpTo(offsetBytes: number): Promise<void> {
    const { file, report } = this.options
    for await (const bytes of file.bytes(0, offsetBytes)) {
      this.#hash.update(bytes)
      this.#hashedBytes += bytes.byteLength
      report({ phase: 'checking', offsetBytes: this.#hashedBytes, holeBytes: 0 })
      this.options.signal.throwIfAborted()
    }
  }

  /** Whether the whole part was taken; else the upload stands somewhere else now. */
  async #send(part: FilePart): Promise<boolean> {
    const { file } = this.options
    const { offsetBytes, lengthBytes, bytes } = part
    const end = offsetBytes + lengthBytes
    this.#report()
    const startedAt = performance.now()
    try {
      const answer = await this.#ask(
        'PATCH',
        {
          'Content-Type': OFFSET_TYPE,
          'Upload-Offset': String(offsetBytes),
          ...(bytes === undefined && { 'Glimpse-Hole': String(lengthBytes) }),
          ...(end === file.sizeBytes && { 'Repr-Digest': reprDigest('sha512', this.#sha512) }),
        },
        bytes ?? new Uint8Array(),
      )
      if (answer.status !== 204) throw refusal(answer)
      this.#offset = Number(answer.headers['upload-offset'])
      if (bytes === undefined) this.#holeBytes += this.#offset - offsetBytes
      else this.#adapt(lengthBytes, performance.now() - startedAt)
    } catch (error) {
      if (!mayPass(error)) throw error
      this.#chunkBytes = Math.max(CHUNK_MIN_BYTES, this.#chunkBytes / 2)
      this.#offset = await this.#standing()
    } finally {
      this.#wireBytes += bytes?.byteLength ?? 0
    }
    this.#report()
    return this.#offset === end
  }

  #adapt(lengthBytes: number, tookMs: number): void {
    // A short part says nothing about the length of others.
    if (tookMs > CHUNK_LONGEST_MS) this.#chunkBytes = Math.max(CHUNK_MIN_BYTES, this.#chunkBytes / 2)
    else if (tookMs < CHUNK_SHORTEST_MS && lengthBytes === this.#chunkBytes) {
      this.#chunkBytes = Math.min(CHUNK_MAX_BYTES, this.#chunkBytes * 2)
    }
  }

  /** Where the upload stands, as soon as the service says so. */
  async #standing(): Promise<number> {
    const startedAt = performance.now()
    for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2)) {
      try {
        const answer = await this.#ask('HEAD', {})
        if (answer.status === 200) return Number(answer.headers['upload-offset'])
        throw refusal(answer)
      } catch (error) {
        if (!mayPass(error) || performance.now() - startedAt > GIVE_UP_MS) throw error
        this.#report(error instanceof Error ? error.message : String(error))
        await delay(pauseMs, undefined, { signal: this.options.signal })
      }
    }
  }

  #ask(method: string, headers: Readonly<Record<string, string>>, body?: Uint8Array): Promise<WebAnswer> {
    const { cloud, path, signal } = this.options
    signal.throwIfAborted()
    const asked = cloud.ask(path, {
      method,
      headers: { 'Tus-Resumable': TUS_VERSION, ...headers },
      ...(body !== undefined && { body }),
    })
    return orAborted(asked, signal)
  }

  #report(reason?: string): void {
    const { report } = this.options
    const progress = { offsetBytes: this.#offset, holeBytes: this.#holeBytes }
    report(reason === undefined ? { phase: 'sending', ...progress } : { phase: 'waiting', reason, ...progress })
  }
}

/** Whether the same may do better later: the connection, a service that is restarted, another writer. */
function mayPass(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  return error instanceof RefusedError && (error.status >= 500 || [408, 409, 423, 429].includes(error.status))
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
