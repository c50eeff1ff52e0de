import { logger } from '@/lib/runtime/logger'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { lastPosition } from './event-repo'

const POLL_MS = 500

type Listener = (position: number) => void

/**
 * Tells those who wait that there are new events, from whichever node: one look at the table for all of this process,
 * twice a second, and none while nobody waits.
 */
class EventFeed {
  readonly #listeners = new Set<Listener>()
  #isLooking = false

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    if (!this.#isLooking) void this.#look()
    return () => this.#listeners.delete(listener)
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    let isFailing = false
    while (this.#listeners.size > 0) {
      try {
        const position = await lastPosition()
        for (const listener of [...this.#listeners]) listener(position)
        isFailing = false
      } catch (error) {
        if (!isFailing) logger().warn({ err: error }, 'events cannot be looked for')
        isFailing = true
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS).unref())
    }
    this.#isLooking = false
  }
}

const feed = () => processSingleton('event-feed', () => new EventFeed())

/** Resolves to true when there are events after a place, to false after `timeoutMs` or when the signal is aborted. */
export function eventsAfter(position: number, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isNews: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      stop()
      resolve(isNews)
    }
    const onAbort = () => end(false)
    const timer = setTimeout(() => end(false), timeoutMs)
    timer.unref()
    const stop = feed().listen((last) => {
      if (last > position) end(true)
    })
    if (signal.aborted) end(false)
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
