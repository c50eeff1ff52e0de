import { apiError } from '@/lib/errors/api-error'
import { processSingleton } from '@/lib/runtime/process-singleton'

const STREAMS_MAX = 1000
const STREAMS_OF_USER_MAX = 20

/** The event streams that this process has open; SIGTERM ends them all, so that none holds the process up. */
class EventStreams {
  readonly #open = new Map<AbortController, string>()
  #isClosed = false

  /** Throws `too_many_requests` and `unavailable`. The caller owes `close` of what it gets. */
  open(userId: string): { readonly signal: AbortSignal; close(): void } {
    if (this.#isClosed || this.#open.size >= STREAMS_MAX) throw apiError('unavailable')
    const ofUser = [...this.#open.values()].filter((id) => id === userId).length
    if (ofUser >= STREAMS_OF_USER_MAX) throw apiError('too_many_requests')
    const controller = new AbortController()
    this.#open.set(controller, userId)
    return {
      signal: controller.signal,
      close: () => {
        this.#open.delete(controller)
        controller.abort()
      },
    }
  }

  closeAll(): void {
    this.#isClosed = true
    for (const controller of this.#open.keys()) controller.abort()
  }
}

export function eventStreams(): EventStreams {
  return processSingleton('event-streams', () => {
    const streams = new EventStreams()
    process.once('SIGTERM', () => streams.closeAll())
    process.once('SIGINT', () => streams.closeAll())
    return streams
  })
}
