'use client'

import { type ReactNode, useEffect, useRef } from 'react'
import { cx } from './cx'
import { AppLink } from './link'

export interface RouteTab {
  readonly id: string
  readonly label: string
  readonly href: string
  /** A count or mark after the label. */
  readonly extra?: ReactNode
}

export interface RouteTabsProps {
  readonly label: string
  readonly tabs: readonly RouteTab[]
  readonly current: string
}

/** Tabs that are addresses: links in a navigation landmark, which scroll sideways when there is no room. */
export function RouteTabs({ label, tabs, current }: RouteTabsProps) {
  const list = useRef<HTMLUListElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark moves when `current` does
  useEffect(() => {
    const here = list.current?.querySelector('[aria-current]')
    if (here instanceof HTMLElement && list.current !== null) {
      list.current.scrollLeft = here.offsetLeft - list.current.clientWidth / 2 + here.clientWidth / 2
    }
  }, [current])
  return (
    <nav aria-label={label} className="relative border-line border-b">
      <ul ref={list} className="relative -mb-px flex gap-1 overflow-x-auto px-0.5 pt-0.5 [scrollbar-width:none]">
        {tabs.map((tab) => {
          const isCurrent = tab.id === current
          return (
            <li key={tab.id} className="shrink-0">
              <AppLink
                href={tab.href}
                plain
                {...(isCurrent && { 'aria-current': 'page' as const })}
                className={cx(
                  'flex h-10 items-center gap-1.5 border-b-2 px-2.5 transition-colors md:h-9',
                  isCurrent
                    ? 'border-accent font-medium text-text'
                    : 'border-transparent text-muted hovered:border-line hovered:text-text',
                )}
              >
                {tab.label}
                {tab.extra}
              </AppLink>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
