import { OFFSET_TYPE, reprDigest, TUS_VERSION } from '../protocol'

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

/** A part of what is sent: its bytes, or how many zeros it is. */
export interface Part<Body> {
  readonly offsetBytes: number
  readonly lengthBytes: number
  /** undefined for zeros */
  readonly body: Body | undefined
}

/** A file that is to become an image, as whoever reads it here does. It must not change meanwhile. */
export interface Source<Body> {
  readonly sizeBytes: number
  /**
   * The part that begins at `offsetBytes`, at most `limitBytes` long when it has bytes; hashes what was not hashed yet.
   * The one before it may still be on its way.
   */
  part(offsetBytes: number, limitBytes: number): Promise<Part<Body>>
  /** Hashes what lies before `offsetBytes` and was not hashed yet: an earlier run has sent it. */
  catchUp(offsetBytes: number, report: (doneBytes: number) => void): Promise<void>
  /** SHA-512 of all bytes as lower-case hex, once all were read. */
  sha512(): string
  /** Throws when the file is not what it was. */
  requireUnchanged(): Promise<void>
}

export interface Answer {
  readonly status: number
  /** lower-case names */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** No connection, or one that was lost: the same request may do better later. */
export class ConnectionError extends Error {}

/** What the service refused. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    text: string,
    readonly requestId?: string,
  ) {
    super(text)
  }
}

export interface SendProgress {
  readonly phase: 'checking' | 'sending' | 'waiting'
  /** durable at the service, or while checking how much of the file was read */
  readonly offsetBytes: number
  /** of the part that is on its way, what has left */
  readonly leavingBytes: number
  /** zeros that were named instead of sent */
  readonly holeBytes: number
  /** why it is waited */
  readonly error?: unknown
}

export interface Send<Body> {
  readonly source: Source<Body>
  /**
   * One request to the upload; `onLeft` is told how much of the body has left. Throws {@link ConnectionError}, and what
   * `signal` is aborted with.
   */
  ask(
    method: 'HEAD' | 'PATCH',
    headers: Readonly<Record<string, string>>,
    body?: Body,
    onLeft?: (bytes: number) => void,
  ): Promise<Answer>
  /** A refusal in the service's own words. */
  refusal(answer: Answer): RefusedError
  /** Refusals that pass by themselves, beside those that every client waits for. */
  readonly passingStatuses?: readonly number[]
  /** Resolves after so long, or when there is a reason to try earlier. Rejects when `signal` is aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void>
  report(progress: SendProgress): void
  /** Called when the service has taken a part, before the next one is sent. */
  onTaken?(offsetBytes: number): Promise<void>
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
 * Sends a file to an upload from where that stands to its end, with holes named instead of sent. Waits for as long as a
 * day while the service is out of reach; after each break at most one piece is sent again. Throws {@link RefusedError}
 * when the service will not have it, and what `signal` is aborted with. Nothing here knows Node or a browser.
 */
export async function send<Body>(options: Send<Body>): Promise<Sent> {
  return await new Sending(options).run()
}

class Sending<Body> {
  #offset = 0
  #leavingBytes = 0
  #wireBytes = 0
  #holeBytes = 0
  #chunkBytes = CHUNK_FIRST_BYTES

  constructor(private readonly options: Send<Body>) {}

  async run(): Promise<Sent> {
    const { source, report } = this.options
    this.#offset = await this.#standing()
    await source.catchUp(this.#offset, (offsetBytes) => {
      report({ phase: 'checking', offsetBytes, leavingBytes: 0, holeBytes: 0 })
      this.options.signal.throwIfAborted()
    })
    let next = this.#read(this.#offset)
    while (this.#offset < source.sizeBytes) {
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
      next = this.#read(this.#offset)
    }
    await next.catch(() => {})
    await source.requireUnchanged()
    return { sha512: source.sha512(), wireBytes: this.#wireBytes, holeBytes: this.#holeBytes }
  }

  #read(offsetBytes: number): Promise<Part<Body>> {
    return this.options.source.part(offsetBytes, this.#chunkBytes)
  }

  /** Whether the whole part was taken; else the upload stands somewhere else now. */
  async #send(part: Part<Body>): Promise<boolean> {
    const { source, onTaken, refusal } = this.options
    const { offsetBytes, lengthBytes, body } = part
    const end = offsetBytes + lengthBytes
    this.#report()
    const startedAt = performance.now()
    try {
      const answer = await this.#ask(
        'PATCH',
        {
          'Content-Type': OFFSET_TYPE,
          'Upload-Offset': String(offsetBytes),
          ...(body === undefined && { 'Glimpse-Hole': String(lengthBytes) }),
          ...(end === source.sizeBytes && { 'Repr-Digest': reprDigest('sha512', source.sha512()) }),
        },
        body,
      )
      if (answer.status !== 204) throw refusal(answer)
      this.#offset = Number(answer.headers['upload-offset'])
      if (body === undefined) this.#holeBytes += this.#offset - offsetBytes
      else this.#adapt(lengthBytes, performance.now() - startedAt)
    } catch (error) {
      if (!this.#mayPass(error)) throw error
      this.#chunkBytes = Math.max(CHUNK_MIN_BYTES, this.#chunkBytes / 2)
      this.#offset = await this.#standing(error)
    } finally {
      if (body !== undefined) this.#wireBytes += lengthBytes
      this.#leavingBytes = 0
    }
    await onTaken?.(this.#offset)
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

  /** Where the upload stands, as soon as the service says so; `broken` is why that is asked. */
  async #standing(broken?: unknown): Promise<number> {
    const { signal, pause, refusal } = this.options
    const startedAt = performance.now()
    if (broken !== undefined) this.#report(broken)
    for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2)) {
      try {
        const answer = await this.#ask('HEAD', {})
        if (answer.status === 200) return Number(answer.headers['upload-offset'])
        throw refusal(answer)
      } catch (error) {
        if (!this.#mayPass(error) || performance.now() - startedAt > GIVE_UP_MS) throw error
        this.#report(error)
        await pause(pauseMs, signal)
      }
    }
  }

  #ask(method: 'HEAD' | 'PATCH', headers: Readonly<Record<string, string>>, body?: Body): Promise<Answer> {
    const { ask, signal } = this.options
    signal.throwIfAborted()
    const onLeft = (bytes: number) => {
      this.#leavingBytes = bytes
      this.#report()
    }
    return orAborted(ask(method, { 'Tus-Resumable': TUS_VERSION, ...headers }, body, onLeft), signal)
  }

  /** Whether the same may do better later: the connection, a service that is restarted, another writer. */
  #mayPass(error: unknown): boolean {
    if (error instanceof ConnectionError) return true
    if (!(error instanceof RefusedError)) return false
    const { passingStatuses = [] } = this.options
    return error.status >= 500 || [408, 409, 423, 429, ...passingStatuses].includes(error.status)
  }

  #report(error?: unknown): void {
    const at = { offsetBytes: this.#offset, leavingBytes: this.#leavingBytes, holeBytes: this.#holeBytes }
    this.options.report(error === undefined ? { phase: 'sending', ...at } : { phase: 'waiting', error, ...at })
  }
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
