import { config } from '@/lib/config/load'
import { db } from '@/lib/db/client'
import { forgetEvents } from '@/lib/events/event-repo'
import { now } from '@/lib/runtime/clock'
import { type Repetition, repeat } from './repeat'

const PAUSE_MS = 10 * 60_000
const FIRST_MS = 90_000
const BATCH = 500
const HOUR_MS = 3_600_000

/** Forgets events whose time is over; several nodes may do it at once. */
export function startEventSweep(): Repetition {
  return repeat({ pauseMs: PAUSE_MS, firstMs: FIRST_MS, text: 'old events stay' }, sweepEvents)
}

/** In small steps, since one long delete would keep SQLite's other writers waiting. Progress is old after an hour. */
export async function sweepEvents(signal?: AbortSignal): Promise<void> {
  const hoursAgo = (hours: number) => new Date(now().getTime() - hours * HOUR_MS)
  const kept = hoursAgo(config().events.retentionDays * 24)
  const ends = [
    { outcome: 'progress', before: hoursAgo(1) },
    { outcome: 'success', before: kept },
    { outcome: 'refused', before: kept },
  ] as const
  for (const end of ends) {
    while (!signal?.aborted && (await forgetEvents(db(), { ...end, limit: BATCH })) === BATCH) {}
  }
}
