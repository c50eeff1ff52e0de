'use client'

import type { ReactNode } from 'react'
import { Tooltip, TooltipTrigger } from 'react-aria-components'

/** A word of explanation on hover and keyboard focus; never the only place where something is said. */
export function Tip({ text, children }: { text: string; children: ReactNode }) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      {children}
      <Tooltip
        offset={6}
        className="max-w-64 rounded-md bg-text px-2 py-1 text-bg text-xs transition-opacity arriving:opacity-0 leaving:opacity-0"
      >
        {text}
      </Tooltip>
    </TooltipTrigger>
  )
}
