'use client'

import { useSyncExternalStore } from 'react'
import { formatMoment, formatRelative } from './format'

const TICK_MS = 30_000

interface Clock {
  readonly now: Date
  readonly zone: string
}

/** One clock for all times of a page; while the page comes to life it is the same as on the server: none. */
let clock: Clock | null = null
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function read(): Clock {
  clock ??= { now: new Date(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
  return clock
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    clock = null
    for (const tell of listeners) tell()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
    clock = null
  }
}

/** Relative time; on hover the moment in the reader's zone and in UTC. */
export function Time({ iso }: { iso: string }) {
  const then = new Date(iso)
  const known = useSyncExternalStore(subscribe, read, () => null)
  const utc = `${formatMoment(then, 'UTC')} UTC`
  const title = known === null || known.zone === 'UTC' ? utc : `${formatMoment(then, known.zone)} (${utc})`
  return (
    <time dateTime={iso} title={title} className="whitespace-nowrap" suppressHydrationWarning>
      {formatRelative(then, known?.now ?? new Date())}
    </time>
  )
}
