import type { ReactNode } from 'react'

/** A word or two about the thing whose name stands before it. */
export function Mark({ tone, children }: { tone?: 'warn'; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-sm px-1.5 text-xs leading-5 ${tone === 'warn' ? 'bg-warn-soft text-warn' : 'bg-press text-muted'}`}
    >
      {children}
    </span>
  )
}
