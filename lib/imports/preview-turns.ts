import { apiError } from '@/lib/errors/api-error'
import { processSingleton } from '@/lib/runtime/process-singleton'

const TIMEOUT_MS = 15_000
/** Whoever asks for more at once is not looking at a page. */
const AT_ONCE_MAX = 2

/**
 * Looks at something elsewhere for a person, a few at once and each for a few seconds. Throws `too_many_requests`,
 * `source_unavailable` when the time is over, and what `work` throws.
 */
export async function withinPreviewTurn<T>(userId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const running = processSingleton('source-previews', () => new Map<string, number>())
  const count = running.get(userId) ?? 0
  if (count >= AT_ONCE_MAX) throw apiError('too_many_requests')
  running.set(userId, count + 1)
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await work(signal)
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
    throw apiError('source_unavailable', { public: 'The source does not answer in time', cause: error })
  } finally {
    const left = (running.get(userId) ?? 1) - 1
    if (left === 0) running.delete(userId)
    else running.set(userId, left)
  }
}
