import { apiError } from '@/lib/errors/api-error'

/**
 * Walks a source while something else may end the walk: a lost lease, a failed store, silence. An AbortSignal would do
 * the same at the price of a listener per chunk.
 */
export class Interrupt {
  #reason: { readonly error: unknown } | undefined
  #reject: ((error: unknown) => void) | undefined

  raise(error: unknown): void {
    this.#reason ??= { error }
    this.#reject?.(this.#reason.error)
  }

  throwIfRaised(): void {
    if (this.#reason !== undefined) throw this.#reason.error
  }

  /** Settles as `promise` does, or rejects when the interrupt is raised before. One call at a time. */
  during<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#reason !== undefined) reject(this.#reason.error)
      this.#reject = reject
      promise.then(resolve, reject)
    })
  }
}

export interface TransferOptions {
  readonly interrupt: Interrupt
  /** a source that gives nothing for this long is given up */
  readonly idleTimeoutMs: number
  /** returns a promise only when the next chunk must wait */
  readonly push: (chunk: Uint8Array) => Promise<void> | undefined
  readonly idle: () => void
}

/** Moves every chunk of a source. Throws what the source throws, `client_closed` after silence, or the interrupt. */
export async function transfer(source: AsyncIterable<Uint8Array>, options: TransferOptions): Promise<void> {
  const { interrupt, idleTimeoutMs, push, idle } = options
  const iterator = source[Symbol.asyncIterator]()
  let waitingSince: number | undefined
  const watch = setInterval(
    () => {
      if (waitingSince === undefined || performance.now() - waitingSince < idleTimeoutMs) return
      interrupt.raise(apiError('client_closed', { public: 'The client sent nothing for too long.' }))
    },
    Math.max(10, idleTimeoutMs / 8),
  )
  watch.unref()
  try {
    for (;;) {
      idle()
      waitingSince = performance.now()
      const next = await interrupt.during(iterator.next())
      waitingSince = undefined
      if (next.done) return
      const pushed = push(next.value)
      if (pushed !== undefined) await interrupt.during(pushed)
    }
  } catch (error) {
    // The source may be waiting for a client that sends nothing: nobody waits for it to end.
    void iterator.return?.()?.catch(() => {})
    throw error
  } finally {
    clearInterval(watch)
  }
}
