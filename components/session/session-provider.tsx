'use client'

import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { lazyPart } from '@/components/ui/lazy-part'
import { type Navigation, NavigationProvider, useNavigation } from '@/components/ui/navigation'
import { useToast } from '@/components/ui/toast'
import { setSessionGate } from './insist'
import { sessionTexts } from './messages'
import { useNearEnd, useStanding } from './use-standing'
import type { SessionActions, SessionView } from './view'

const SessionDialog = lazyPart(async () => (await import('./session-dialog')).SessionDialog)
const SessionCard = lazyPart(async () => (await import('./session-card')).SessionCard)

interface Session {
  readonly own: SessionView
  /** How often it came back: what waited for it goes on. */
  readonly returns: number
  /** Whether the page may be read anew: asks the server, and tells the reader when the session is over. */
  check(): Promise<boolean>
}

const SessionContext = createContext<Session | null>(null)

export interface SessionProviderProps {
  readonly own: SessionView
  readonly actions: SessionActions
  readonly children: ReactNode
}

/**
 * Keeps a page whose session is over as it is, with all that was typed, until its owner has signed in again, here or in
 * another tab. Whoever else signs in gets a whole new page.
 */
export function SessionProvider({ own, actions, children }: SessionProviderProps) {
  const toast = useToast()
  const leave = useLeaveToOther(toast)
  const { standing, endsAtMs, check, noteOver } = useStanding(own, leave)
  const isNear = useNearEnd(endsAtMs, check)
  const [isAsking, setAsking] = useState(false)
  const [isCardWanted, setCardWanted] = useState(true)
  const waiting = useRef<((isBack: boolean) => void)[]>([])
  const answer = (isBack: boolean) => {
    for (const resolve of waiting.current.splice(0)) resolve(isBack)
  }
  useEffect(
    () =>
      setSessionGate(() => {
        noteOver()
        setAsking(true)
        void check()
        return new Promise((resolve) => waiting.current.push(resolve))
      }),
    [noteOver, check],
  )

  const { kind } = standing
  const isGood = kind === 'good'
  const { navigation, readIfWanted } = useHeldNavigation(isGood)
  const [returns, setReturns] = useState(0)
  const wasGood = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it goes or comes back
  useEffect(() => {
    if (isGood === wasGood.current) return
    wasGood.current = isGood
    setAsking(!isGood)
    if (!isGood) return
    answer(true)
    setReturns((count) => count + 1)
    readIfWanted()
  }, [isGood])
  // A new end comes with a new session.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever the end is
  useEffect(() => {
    setCardWanted(true)
    if (isGood) setAsking(false)
  }, [endsAtMs])
  // The page was made anew for somebody else.
  const first = useRef(own.userId)
  useEffect(() => {
    if (own.userId !== first.current) leave(own.userName)
  }, [own, leave])

  const value = useMemo<Session>(() => ({ own, returns, check }), [own, returns, check])
  const isCardShown = !isAsking && (!isGood || (isNear && isCardWanted))
  return (
    <SessionContext value={value}>
      <NavigationProvider value={navigation}>
        {children}
        {isCardShown && (
          <SessionCard
            endsAt={isGood ? new Date(endsAtMs) : null}
            onSignIn={() => setAsking(true)}
            onClose={() => setCardWanted(false)}
          />
        )}
        {isAsking && (
          <SessionDialog
            own={own}
            standing={standing}
            actions={actions}
            check={check}
            onClose={() => {
              setAsking(false)
              answer(false)
            }}
          />
        )}
      </NavigationProvider>
    </SessionContext>
  )
}

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('useSession needs a SessionProvider above it')
  return session
}

/** While the session is away nothing is read anew: the router would leave the page for the one to sign in at. */
function useHeldNavigation(isGood: boolean) {
  const navigation = useNavigation()
  const held = useRef({ isGood, isWanted: false })
  held.current.isGood = isGood
  const { refresh, reread } = navigation
  const value = useMemo<Navigation>(() => {
    const unlessHeld = (read: () => void) => () => {
      if (held.current.isGood) read()
      else held.current.isWanted = true
    }
    return { ...navigation, refresh: unlessHeld(refresh), reread: unlessHeld(reread) }
  }, [navigation, refresh, reread])
  const readIfWanted = () => {
    // What the reader did is to be seen; else what others did meanwhile.
    if (held.current.isWanted) refresh()
    else reread()
    held.current.isWanted = false
  }
  return { navigation: value, readIfWanted }
}

const otherUserKey = 'glimpse-other-user'

/** Loads the page anew for another person, and says so there. */
function useLeaveToOther(toast: ReturnType<typeof useToast>): (userName: string) => void {
  useEffect(() => {
    const userName = sessionStorage.getItem(otherUserKey)
    if (userName === null) return
    sessionStorage.removeItem(otherUserKey)
    toast({ kind: 'error', title: sessionTexts.otherUser(userName), text: sessionTexts.otherUserText })
  }, [toast])
  return leaveToOther
}

function leaveToOther(userName: string): void {
  sessionStorage.setItem(otherUserKey, userName)
  // Nobody is asked whether to stay with what is not theirs.
  window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), { capture: true })
  window.location.reload()
}
