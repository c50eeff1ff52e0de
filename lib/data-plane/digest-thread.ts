import { Worker } from 'node:worker_threads'
import { apiError } from '@/lib/errors/api-error'
import { logger } from '@/lib/runtime/logger'

/** One hash over slots in the order they are given. */
export interface DigestStream {
  /** Resolves when the slot's first `lengthBytes` are hashed and its memory may change. */
  update(slotIndex: number, lengthBytes: number): Promise<void>
  /** Hashes a run of zeros that nobody has in memory; one run at a time. */
  updateZeros(lengthBytes: number): Promise<void>
  /** Lower-case hex. */
  finish(): Promise<string>
  /** Forgets the hash; for streams that will not be finished. */
  drop(): void
}

const ZEROS_AT_ONCE_BYTES = 32 * 1024 * 1024

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

interface StreamState {
  readonly slots: Map<number, Waiter<void>>
  zeros: Waiter<void> | undefined
  end: Waiter<string> | undefined
}

interface Reply {
  readonly stream: number
  readonly slot?: number
  readonly zeros?: true
  readonly digest?: string
}

/** One worker thread with its running hashes; started at first use, and again after it ended. */
export class DigestThread {
  #thread: Worker | undefined
  #lastStream = 0
  readonly #streams = new Map<number, StreamState>()

  constructor(
    private readonly memory: SharedArrayBuffer,
    private readonly slotBytes: number,
  ) {}

  /** running hashes */
  get load(): number {
    return this.#streams.size
  }

  start(algorithm: string): DigestStream {
    const thread = this.#running()
    const stream = ++this.#lastStream
    const state: StreamState = { slots: new Map(), zeros: undefined, end: undefined }
    this.#streams.set(stream, state)
    thread.postMessage({ do: 'start', stream, algorithm })
    const whileRunning = <T>(run: (waiter: Waiter<T>) => void) =>
      new Promise<T>((resolve, reject) => {
        if (this.#thread === thread) run({ resolve, reject })
        else reject(threadEnded())
      })
    return {
      update: (slot, length) =>
        whileRunning((waiter) => {
          state.slots.set(slot, waiter)
          thread.postMessage({ do: 'update', stream, slot, length })
        }),
      updateZeros: async (lengthBytes) => {
        // In pieces, so that the thread's other hashes go on in between.
        for (let left = lengthBytes; left > 0; left -= ZEROS_AT_ONCE_BYTES) {
          await whileRunning<void>((waiter) => {
            state.zeros = waiter
            thread.postMessage({ do: 'zeros', stream, length: Math.min(left, ZEROS_AT_ONCE_BYTES) })
          })
        }
      },
      finish: () =>
        whileRunning((waiter) => {
          state.end = waiter
          thread.postMessage({ do: 'finish', stream })
        }),
      drop: () => thread.postMessage({ do: 'drop', stream }),
    }
  }

  async close(): Promise<void> {
    await this.#thread?.terminate()
  }

  #running(): Worker {
    if (this.#thread !== undefined) return this.#thread
    const thread = new Worker(new URL('./digest-worker.mjs', import.meta.url), {
      workerData: { memory: this.memory, slotBytes: this.slotBytes },
      execArgv: [],
    })
    this.#thread = thread
    thread.on('message', (reply: Reply) => this.#take(reply))
    thread.once('error', (error) => this.#ended(thread, error))
    thread.once('exit', () => this.#ended(thread, undefined))
    // An idle thread must not keep a process alive that has nothing else to do.
    thread.unref()
    return thread
  }

  #take({ stream, slot, zeros, digest }: Reply): void {
    const state = this.#streams.get(stream)
    if (zeros) state?.zeros?.resolve()
    if (slot !== undefined) {
      state?.slots.get(slot)?.resolve()
      state?.slots.delete(slot)
    }
    if (digest !== undefined) {
      state?.end?.resolve(digest)
      this.#streams.delete(stream)
    }
  }

  #ended(thread: Worker, cause: unknown): void {
    if (this.#thread !== thread) return
    this.#thread = undefined
    if (cause !== undefined) logger().error({ err: cause }, 'a hash thread ended')
    for (const { slots, zeros, end } of this.#streams.values()) {
      zeros?.reject(threadEnded(cause))
      for (const waiter of slots.values()) waiter.reject(threadEnded(cause))
      end?.reject(threadEnded(cause))
    }
    this.#streams.clear()
  }
}

function threadEnded(cause?: unknown): Error {
  return apiError('internal', { cause, detail: { reason: 'a hash thread ended' } })
}
