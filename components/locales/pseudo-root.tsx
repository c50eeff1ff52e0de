'use client'

import type { ReactNode } from 'react'
import './pseudo'

/** As {@link GermanRoot}, for the language that shows what is in no catalog. */
export function PseudoRoot({ children }: { children: ReactNode }) {
  return children
}
