import { setTimeout as pause } from 'node:timers/promises'
import { db } from '@/lib/db/client'
import { hasLeaseOn } from '@/lib/images/lease-repo'
import { isBeingRemoved } from '@/lib/images/location-repo'
import { lostTask } from './import-repo'

const EVERY_MS = 200
/** A lease's life, a round of the reaper and the time that it gives a store; see `jobs/reaper.ts`. */
const AT_MOST_MS = 60_000

/**
 * Resolves when the reaper has removed what an earlier try of a task left in a store without naming it, and what must
 * go from there: the store would refuse new bytes of the image beside it. Goes on after a minute, when the store can say best what is wrong. Throws
 * `lease_lost` when `signal` is aborted.
 */
export async function untilEarlierTriesEnd(imageId: string, storeId: string, signal: AbortSignal): Promise<void> {
  const until = performance.now() + AT_MOST_MS
  while (!signal.aborted && performance.now() < until) {
    const isTaken = (await hasLeaseOn(db(), imageId, storeId)) || (await isBeingRemoved(db(), imageId, storeId))
    if (!isTaken) return
    await pause(EVERY_MS, undefined, { signal }).catch(() => {})
  }
  if (signal.aborted) throw lostTask()
}
