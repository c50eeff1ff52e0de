'use client'

import { useEffect, useState } from 'react'

export interface Settled<T> {
  /** Of the promise before, until the present one has one; undefined until the first. */
  readonly value: T | undefined
  readonly isLatest: boolean
}

/**
 * What a promise of the server's has become. Unlike `use` it holds up nothing: what was shown once and reads the next
 * promise by `use` keeps a whole navigation waiting for it. The promise must not reject.
 */
export function useSettled<T>(promise: Promise<T>): Settled<T> {
  const [settled, setSettled] = useState<{ readonly of: Promise<T>; readonly value: T }>()
  useEffect(() => {
    let isWanted = true
    promise.then((value) => {
      if (isWanted) setSettled({ of: promise, value })
    })
    return () => {
      isWanted = false
    }
  }, [promise])
  return { value: settled?.value, isLatest: settled?.of === promise }
}
