import { config } from '@/lib/config/load'
import { endsWithin } from '@/lib/runtime/ends-within'
import { storesWithStaging } from '@/lib/stores/registry'
import { type Repetition, repeat } from './repeat'

/** The first answers are told about stores when most of them have been looked at. */
const FIRST_ROUND_MS = 2_000

/**
 * Probes every store again and again, each on its own, so that one which does not answer keeps no other from being
 * looked at; what was lost is found again by the same probes. Resolves after the first round, or when that takes long:
 * a store that cannot be opened must not keep the API down.
 */
export async function startStoreProbes(): Promise<Repetition> {
  const all = storesWithStaging()
  const pauseMs = config().storage.probeSeconds * 1000
  const first = Promise.all(all.map((store) => store.check()))
  // At start there may be nothing else that keeps the process while a store waits for what does not.
  await endsWithin(first, FIRST_ROUND_MS, { keepsProcess: true })
  const rounds = all.map((store) =>
    repeat({ pauseMs, firstMs: pauseMs, text: 'a store could not be probed' }, (signal) =>
      // Stopping does not wait for a store that does not answer.
      orAborted(store.check(), signal),
    ),
  )
  return {
    stop: async () => {
      await Promise.all(rounds.map((round) => round.stop()))
      await Promise.all(all.map((store) => store.close?.()))
    },
  }
}

/** Ends with the work, or when the signal is aborted; the signal outlives many of these and keeps none. */
function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      signal.removeEventListener('abort', end)
      resolve()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
    work.then(end, (error: unknown) => {
      signal.removeEventListener('abort', end)
      reject(error)
    })
  })
}
