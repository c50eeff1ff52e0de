'use client'

import { useEffect, useRef, useState } from 'react'
import { useSession } from '@/components/session/session-provider'

/** To be counted up when the form's fields change: what an older form has kept is not read then. */
const VERSION = 2
const SAVE_AFTER_MS = 500
const KEPT_MS = 30 * 24 * 3600 * 1000

export interface SavedDraft {
  /** undefined while nothing is kept */
  readonly savedAt: Date | undefined
  /** Keeps it no longer: it was sent, or is not wanted. `value` must be undefined from then on. */
  forget(): void
}

interface Kept<T> {
  readonly version: number
  readonly at: number
  readonly value: T
}

/**
 * Keeps what a person wrote in a form, in this browser and for that person, so that a reload or a crash loses nothing. `value` is undefined
 * while there is nothing worth keeping. What an earlier page kept comes through `onFound`, once.
 */
export function useSavedDraft<T>(name: string, value: T | undefined, onFound: (value: T) => void): SavedDraft {
  const { own } = useSession()
  const key = `glimpse-draft:${own.userId}:${name}`
  const [savedAt, setSavedAt] = useState<Date>()
  const [isRead, setIsRead] = useState(false)
  const found = useRef(onFound)
  found.current = onFound

  useEffect(() => {
    const kept = read<T>(key)
    if (kept !== undefined) {
      found.current(kept.value)
      setSavedAt(new Date(kept.at))
    }
    setIsRead(true)
  }, [key])

  const text = value === undefined ? undefined : JSON.stringify(value)
  useEffect(() => {
    if (!isRead || text === undefined) return
    const timer = setTimeout(() => {
      const at = Date.now()
      if (write(key, `{"version":${VERSION},"at":${at},"value":${text}}`)) setSavedAt(new Date(at))
    }, SAVE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [isRead, key, text])

  return {
    savedAt,
    forget: () => {
      setSavedAt(undefined)
      remove(key)
    },
  }
}

function read<T>(key: string): Kept<T> | undefined {
  try {
    const kept: Partial<Kept<T>> | null = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (kept?.version !== VERSION || kept.at === undefined || kept.value === undefined) return undefined
    return Date.now() - kept.at < KEPT_MS ? { version: VERSION, at: kept.at, value: kept.value } : undefined
  } catch {
    return undefined
  }
}

/** A browser may refuse to keep anything; the form works without. */
function write(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text)
    return true
  } catch {
    return false
  }
}

function remove(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch {}
}
