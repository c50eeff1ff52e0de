'use client'

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigation } from '@/components/ui/navigation'

/** What happened, without data: whoever shows the thing reads it again. */
export interface LiveEvent {
  readonly topic: string
  readonly kind: string
  readonly imageId: string | null
  readonly taskId?: string
  readonly progress?: string
}

/** `null` stands for anything: something was missed. */
type Listener = (event: LiveEvent | null) => void

interface Live {
  /** false while there is no connection and what is shown may be old */
  readonly isLive: boolean
  /** Has the page read anew when an event says so of what somebody shows; returns how to stop. */
  follow(isAbout: (event: LiveEvent) => boolean): () => void
  readSoon(): void
}

const LiveContext = createContext<Live | null>(null)

const CALM_MS = 300
const READ_EVERY_MS = 1500

/**
 * One stream of events for the whole page, and one timer: however many parts an event is about, the page is read once. A
 * hidden tab has no stream, since a browser has six connections for all of them; when it is shown again it goes on from
 * the last event it saw.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [isLive, setLive] = useState(false)
  const followers = useRef(new Set<(event: LiveEvent) => boolean>())
  const { refresh } = useNavigation()
  const readSoon = useReadSoon(refresh)
  useEffect(() => {
    const tell: Listener = (event) => {
      if (event === null || [...followers.current].some((isAbout) => isAbout(event))) readSoon()
    }
    return followEvents(tell, setLive)
  }, [readSoon])
  const value = useMemo<Live>(
    () => ({
      isLive,
      readSoon,
      follow: (isAbout) => {
        followers.current.add(isAbout)
        return () => followers.current.delete(isAbout)
      },
    }),
    [isLive, readSoon],
  )
  return <LiveContext value={value}>{children}</LiveContext>
}

/** At once, but not all the time: what comes while a reading is due is read with it. */
function useReadSoon(refresh: () => void): () => void {
  const latest = useRef(refresh)
  latest.current = refresh
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const readAt = useRef(0)
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
  return useCallback(() => {
    if (timer.current !== undefined) return
    timer.current = setTimeout(
      async () => {
        timer.current = undefined
        readAt.current = Date.now()
        if (await mayRead()) latest.current()
      },
      Math.max(CALM_MS, readAt.current + READ_EVERY_MS - Date.now()),
    )
  }, [])
}

const RECONNECT_MS = 10_000

/** Holds a stream open while the page is seen; returns how to stop. */
function followEvents(tell: Listener, setLive: (isLive: boolean) => void): () => void {
  let source: EventSource | null = null
  let lastId = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const close = () => {
    clearTimeout(timer)
    source?.close()
    source = null
    setLive(false)
  }
  const open = () => {
    close()
    const opened = new EventSource(`/api/ui/events${lastId === '' ? '' : `?after=${lastId}`}`)
    source = opened
    const note = (event: MessageEvent<string>) => {
      if (event.lastEventId !== '') lastId = event.lastEventId
    }
    opened.onopen = () => setLive(true)
    opened.onmessage = (event: MessageEvent<string>) => {
      note(event)
      tell(JSON.parse(event.data))
    }
    opened.addEventListener('reset', (event) => {
      note(event)
      tell(null)
    })
    opened.onerror = () => {
      setLive(false)
      // The browser itself tries again after a cut, but not after a refusal.
      if (opened.readyState === EventSource.CLOSED) timer = setTimeout(open, RECONNECT_MS)
    }
  }
  const onVisibility = () => {
    if (document.visibilityState === 'hidden') close()
    else if (source === null) open()
  }
  document.addEventListener('visibilitychange', onVisibility)
  onVisibility()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    close()
  }
}

/**
 * Reads the page's data anew when an event says that `isAbout` it. As long as `isMoving` says that something changes by
 * itself, it is read once when the stream is there, and every `pollMs` while there is none.
 */
export function useLiveRefresh(options: {
  readonly isAbout: (event: LiveEvent) => boolean
  readonly isMoving: boolean
  readonly pollMs: number
}): void {
  const live = useContext(LiveContext)
  if (live === null) throw new Error('useLiveRefresh needs a LiveProvider above it')
  const latest = useRef(options.isAbout)
  latest.current = options.isAbout
  const { follow, readSoon, isLive } = live
  useEffect(() => follow((event) => latest.current(event)), [follow])
  const { isMoving, pollMs } = options
  // What happened between the making of the page and now nobody has told.
  useEffect(() => {
    if (isLive && isMoving) readSoon()
  }, [isLive, isMoving, readSoon])
  const isPolled = isMoving && !isLive
  useEffect(() => {
    if (!isPolled) return
    const timer = setInterval(readSoon, pollMs)
    return () => clearInterval(timer)
  }, [isPolled, pollMs, readSoon])
}

/**
 * When the page cannot be read anew the router leaves it for good, with all uploads and forms in it: for another document
 * while the server does not answer, for the sign-in page when the session is over. So that is asked first.
 */
async function mayRead(): Promise<boolean> {
  try {
    return (await fetch('/api/ui/session', { cache: 'no-store' })).ok
  } catch {
    return false
  }
}
