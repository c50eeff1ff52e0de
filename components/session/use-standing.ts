'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import type { SessionAnswer, SessionView } from './view'

export type Standing =
  | { readonly kind: 'good' | 'over' }
  /** the same person, in another project than the page or in none */
  | { readonly kind: 'elsewhere'; readonly projectName: string | null }

const good: Standing = { kind: 'good' }
const over: Standing = { kind: 'over' }

const LOOK_EVERY_MS = 4_000
const LOOK_AGAIN_MS = 1_000
const SAME_END_MS = 2_000

/**
 * How the reader's session stands, as the server says when it is asked: when the reader comes back to the tab, when
 * something else was refused, and again and again while the session is away. `onOther` is told of whoever else is signed in.
 */
export function useStanding(own: SessionView, onOther: (userName: string) => void) {
  const [standing, setStanding] = useState(good)
  const [endsAtMs, setEndsAtMs] = useState(() => endOf(own))
  const latest = useRef({ own, standing, onOther })
  latest.current = { own, standing, onOther }
  const running = useRef<Promise<boolean>>(undefined)
  const next = useRef<Promise<boolean>>(undefined)
  const lookedAt = useRef(0)

  const noteEnd = useCallback((view: Pick<SessionView, 'endsInSeconds'>) => {
    // The server's whole seconds and the way here make small differences, which are no news.
    setEndsAtMs((known) => (Math.abs(endOf(view) - known) < SAME_END_MS ? known : endOf(view)))
  }, [])
  // A page that was made anew may be of another session.
  useEffect(() => noteEnd(own), [own, noteEnd])

  const look = useCallback(async (): Promise<boolean> => {
    const found = await askSession()
    lookedAt.current = Date.now()
    const { own: page, standing: before } = latest.current
    if (found === null) return false
    if (found === 'over') {
      if (before.kind !== 'over') setStanding(over)
      return false
    }
    if (found.userId !== page.userId) {
      latest.current.onOther(found.userName)
      return false
    }
    noteEnd(found)
    const isHere = found.projectId === page.projectId
    // As long as the session did not end it was the reader who went to another project, in another tab.
    if (isHere || (before.kind === 'good' && found.projectId !== null)) {
      if (before.kind !== 'good') setStanding(good)
      return true
    }
    setStanding({ kind: 'elsewhere', projectName: found.projectName })
    return false
  }, [noteEnd])

  /** An answer under way may be of before; then one more look is taken, for all who ask meanwhile. */
  const check = useCallback((): Promise<boolean> => {
    const start = () => {
      next.current = undefined
      running.current = look().finally(() => {
        running.current = undefined
      })
      return running.current
    }
    if (running.current === undefined) return start()
    next.current ??= running.current.then(start)
    return next.current
  }, [look])

  const isAway = standing.kind !== 'good'
  useEffect(() => {
    const onReturn = () => {
      if (document.visibilityState === 'visible' && Date.now() - lookedAt.current > LOOK_AGAIN_MS) void check()
    }
    document.addEventListener('visibilitychange', onReturn)
    window.addEventListener('focus', onReturn)
    const timer = isAway ? setInterval(onReturn, LOOK_EVERY_MS) : undefined
    return () => {
      document.removeEventListener('visibilitychange', onReturn)
      window.removeEventListener('focus', onReturn)
      clearInterval(timer)
    }
  }, [isAway, check])

  /** An action was refused because of it, which counts before the server is asked. */
  const noteOver = useCallback(() => setStanding((before) => (before.kind === 'good' ? over : before)), [])
  return { standing, endsAtMs, check, noteOver }
}

const endOf = ({ endsInSeconds }: Pick<SessionView, 'endsInSeconds'>) => Date.now() + endsInSeconds * 1000

/** null when nobody knows: no connection, or a server that has troubles of its own. */
async function askSession(): Promise<SessionAnswer | 'over' | null> {
  try {
    const response = await fetch('/api/ui/session', { cache: 'no-store' })
    if (response.status === 401) return 'over'
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}

const WARN_MS = 5 * 60_000
const TIMEOUT_MAX_MS = 2 ** 31 - 1

/** Whether the session ends soon; when it does the server is asked, since another tab may have a new one by then. */
export function useNearEnd(endsAtMs: number, check: () => Promise<boolean>): boolean {
  const [isNear, setNear] = useState(false)
  useEffect(() => {
    setNear(false)
    const at = (momentMs: number, act: () => void) =>
      setTimeout(act, Math.min(Math.max(0, momentMs - Date.now()), TIMEOUT_MAX_MS))
    const warn = at(endsAtMs - WARN_MS, () => setNear(Date.now() >= endsAtMs - WARN_MS))
    const end = at(endsAtMs + 1_000, () => void check())
    return () => {
      clearTimeout(warn)
      clearTimeout(end)
    }
  }, [endsAtMs, check])
  // Another tab may have signed in again: then the end moves, and nothing was near.
  useEffect(() => {
    if (isNear) void check()
  }, [isNear, check])
  return isNear
}
