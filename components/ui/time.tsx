'use client'

import { useEffect, useState } from 'react'
import { formatMoment, formatRelative } from './format'

/** Relative time; on hover the moment in the reader's zone and in UTC. */
export function Time({ iso }: { iso: string }) {
  const then = new Date(iso)
  const [now, setNow] = useState(() => new Date())
  const [zone, setZone] = useState<string | null>(null)
  useEffect(() => {
    setZone(Intl.DateTimeFormat().resolvedOptions().timeZone)
    setNow(new Date())
    const timer = setInterval(() => setNow(new Date()), 30_000)
    return () => clearInterval(timer)
  }, [])
  const utc = `${formatMoment(then, 'UTC')} UTC`
  const title = zone === null || zone === 'UTC' ? utc : `${formatMoment(then, zone)} (${utc})`
  return (
    <time dateTime={iso} title={title} className="whitespace-nowrap" suppressHydrationWarning>
      {formatRelative(then, now)}
    </time>
  )
}
