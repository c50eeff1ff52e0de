import { logger } from '@/lib/runtime/logger'

export interface Repetition {
  /** Resolves when the run under way is over and no other will begin. */
  stop(): Promise<void>
}

/**
 * Runs `work` after `firstMs` and then again and again, with a pause of `pauseMs` after each end. What it throws is
 * logged with `text`. The signal is aborted when it is to stop.
 */
export function repeat(
  options: { readonly pauseMs: number; readonly firstMs: number; readonly text: string },
  work: (signal: AbortSignal) => Promise<void>,
): Repetition {
  const { pauseMs, firstMs, text } = options
  const stopping = new AbortController()
  let running = Promise.resolve()
  const run = async () => {
    try {
      await work(stopping.signal)
    } catch (error) {
      if (!stopping.signal.aborted) logger().error({ err: error }, text)
    }
    schedule(pauseMs)
  }
  let timer: NodeJS.Timeout | undefined
  const schedule = (afterMs: number) => {
    if (stopping.signal.aborted) return
    timer = setTimeout(() => {
      running = run()
    }, afterMs)
    timer.unref()
  }
  schedule(firstMs)
  return {
    stop: async () => {
      stopping.abort()
      clearTimeout(timer)
      await running
    },
  }
}
