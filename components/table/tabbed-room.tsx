'use client'

import type { ReactNode } from 'react'
import { RouteTabs, type RouteTabsProps } from '@/components/ui/route-tabs'
import { Pager, type PagerProps } from './pager'

export interface TabbedRoomProps {
  readonly title: string
  readonly intro: string
  readonly tabs: RouteTabsProps
  readonly children: ReactNode
  /** Shown where there is a way on or back. */
  readonly pages: Pick<PagerProps, 'onPrevious' | 'onNext'>
}

/** A room of one list that is looked at in several ways. */
export function TabbedRoom({ title, intro, tabs, children, pages }: TabbedRoomProps) {
  return (
    <div className="flex flex-1 flex-col px-4 pt-4 md:px-6">
      <h1 className="font-semibold text-xl">{title}</h1>
      <p className="pb-2 text-muted">{intro}</p>
      <RouteTabs {...tabs} />
      {children}
      {(pages.onPrevious !== null || pages.onNext !== null) && <Pager {...pages} />}
    </div>
  )
}
