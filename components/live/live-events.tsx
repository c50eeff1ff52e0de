'use client'

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useTransition,
} from 'react'
import { useSession } from '@/components/session/session-provider'
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

/** How something is read again; null for the whole page. */
type Read = (() => void) | null

interface Live {
  /** false while there is no connection and what is shown may be old */
  readonly isLive: boolean
  /** The page is read anew because of others, not because of what the reader did. */
  readonly isReading: boolean
  /** Has it read anew when an event says so of what somebody shows; returns how to stop. */
  follow(isAbout: (event: LiveEvent) => boolean, read: Read): () => void
  readSoon(read: Read): void
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
  const [isReading, startReading] = useTransition()
  const followers = useRef(new Map<(event: LiveEvent) => boolean, Read>())
  const { reread } = useNavigation()
  const { check, returns } = useSession()
  const readSoon = useReadSoon(async () => {
    // Without a session the router would leave the page, and without a server load another document.
    if (await check()) startReading(reread)
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a session that is back has a stream at once
  useEffect(() => {
    const tell: Listener = (event) => {
      for (const [isAbout, read] of followers.current) if (event === null || isAbout(event)) readSoon(read)
    }
    return followEvents(tell, { setLive, onRefused: () => void check() })
  }, [readSoon, check, returns])
  const follow = useCallback<Live['follow']>((isAbout, read) => {
    followers.current.set(isAbout, read)
    return () => followers.current.delete(isAbout)
  }, [])
  const value = useMemo<Live>(() => ({ isLive, isReading, readSoon, follow }), [isLive, isReading, readSoon, follow])
  return <LiveContext value={value}>{children}</LiveContext>
}

/** At once, but not all the time: what comes while a reading is due is read with it. */
function useReadSoon(readPage: () => void): (read: Read) => void {
  const latest = useRef(readPage)
  latest.current = readPage
  const due = useRef(new Set<Read>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const readAt = useRef(0)
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
  return useCallback((read) => {
    due.current.add(read)
    if (timer.current !== undefined) return
    timer.current = setTimeout(
      () => {
        timer.current = undefined
        readAt.current = Date.now()
        const reads = [...due.current]
        due.current.clear()
        for (const one of reads) one?.()
        if (reads.includes(null)) latest.current()
      },
      Math.max(CALM_MS, readAt.current + READ_EVERY_MS - Date.now()),
    )
  }, [])
}

const RECONNECT_MS = 10_000

interface StreamEvents {
  readonly setLive: (isLive: boolean) => void
  readonly onRefused: () => void
}

/** Holds a stream open while the page is seen; returns how to stop. */
function followEvents(tell: Listener, { setLive, onRefused }: StreamEvents): () => void {
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
      if (opened.readyState !== EventSource.CLOSED) return
      timer = setTimeout(open, RECONNECT_MS)
      onRefused()
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

export interface LiveRefresh {
  readonly isAbout: (event: LiveEvent) => boolean
  readonly isMoving: boolean
  readonly pollMs: number
  /** instead of the whole page */
  readonly read?: () => void
}

/**
 * Reads the page's data anew when an event says that `isAbout` it. As long as `isMoving` says that something changes by
 * itself, it is read once when the stream is there, and every `pollMs` while there is none. What has a `read` of its own
 * is always read then: it costs little, and the page may have come out of the router's memory.
 */
export function useLiveRefresh(options: LiveRefresh): void {
  const { follow, readSoon, isLive } = useLive()
  const latest = useRef(options)
  latest.current = options
  const { isMoving, pollMs } = options
  const hasOwn = options.read !== undefined
  const read = useMemo<Read>(() => (hasOwn ? () => latest.current.read?.() : null), [hasOwn])
  useEffect(() => follow((event) => latest.current.isAbout(event), read), [follow, read])
  // What happened between the making of the page and now nobody has told.
  useEffect(() => {
    if (isLive && (isMoving || hasOwn)) readSoon(read)
  }, [isLive, isMoving, hasOwn, readSoon, read])
  const isPolled = isMoving && !isLive
  useEffect(() => {
    if (!isPolled) return
    const timer = setInterval(() => readSoon(read), pollMs)
    return () => clearInterval(timer)
  }, [isPolled, pollMs, readSoon, read])
}

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (live === null) throw new Error('live reading needs a LiveProvider above it')
  return live
}
