'use client'

import type { ReactNode } from 'react'
import './de'

/** What is in it is shown after the German texts are there; pages in other languages do not load them. */
export function GermanRoot({ children }: { children: ReactNode }) {
  return children
}
