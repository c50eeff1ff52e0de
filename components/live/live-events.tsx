'use client'

import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
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
  listen(listener: Listener): () => void
}

const LiveContext = createContext<Live | null>(null)

/**
 * One stream of events for the whole page. A hidden tab has none, since a browser has six connections for all of them;
 * when it is shown again it goes on from the last event it saw.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [isLive, setLive] = useState(false)
  const listeners = useRef(new Set<Listener>())
  useEffect(() => {
    const tell = (event: LiveEvent | null) => {
      for (const listener of listeners.current) listener(event)
    }
    return followEvents(tell, setLive)
  }, [])
  const value = useMemo<Live>(
    () => ({
      isLive,
      listen: (listener) => {
        listeners.current.add(listener)
        return () => listeners.current.delete(listener)
      },
    }),
    [isLive],
  )
  return <LiveContext value={value}>{children}</LiveContext>
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

const CALM_MS = 300
const READ_EVERY_MS = 1500

/**
 * Reads the page's data anew when an event says that `isAbout` it, at once but not all the time. While
 * there is no stream, it is read every `pollMs` as long as `isMoving` says that something changes by itself.
 */
export function useLiveRefresh(options: {
  readonly isAbout: (event: LiveEvent) => boolean
  readonly isMoving: boolean
  readonly pollMs: number
}): void {
  const live = useContext(LiveContext)
  if (live === null) throw new Error('useLiveRefresh needs a LiveProvider above it')
  const { refresh } = useNavigation()
  const latest = useRef({ refresh, isAbout: options.isAbout })
  latest.current = { refresh, isAbout: options.isAbout }
  const { listen, isLive } = live
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let readAt = 0
    const stop = listen((event) => {
      if (timer !== undefined || (event !== null && !latest.current.isAbout(event))) return
      timer = setTimeout(
        () => {
          timer = undefined
          readAt = Date.now()
          latest.current.refresh()
        },
        Math.max(CALM_MS, readAt + READ_EVERY_MS - Date.now()),
      )
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [listen])
  const isPolled = options.isMoving && !isLive
  const { pollMs } = options
  useEffect(() => {
    if (!isPolled) return
    const timer = setInterval(async () => {
      if (await answers()) latest.current.refresh()
    }, pollMs)
    return () => clearInterval(timer)
  }, [isPolled, pollMs])
}

/** The router leaves the page for good, with all uploads in it, when it cannot read it anew; so the server is asked first. */
async function answers(): Promise<boolean> {
  try {
    return (await fetch('/healthcheck', { cache: 'no-store' })).ok
  } catch {
    return false
  }
}
