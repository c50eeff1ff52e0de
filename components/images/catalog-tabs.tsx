'use client'

import type { ListSpec, ListState } from '@/components/table/list-spec'
import { fromFirstPage, listSearch } from '@/components/table/list-url'
import { formatCount } from '@/components/ui/format'
import { RouteTabs } from '@/components/ui/route-tabs'
import { imageViews } from './image-list-spec'
import { imageTexts } from './messages'
import type { Total } from './view'

/** Images per view, without further filters; null when the counting failed. */
export type ViewCounts = Readonly<Record<string, Total>> | null

export interface CatalogTabsProps {
  readonly spec: ListSpec
  readonly state: ListState
  /** Undefined until they are there. */
  readonly counts: ViewCounts | undefined
}

/** The views. Their counts come when they are ready; the list does not wait for them. */
export function CatalogTabs({ spec, state, counts }: CatalogTabsProps) {
  return (
    <RouteTabs
      label={imageTexts.views.label}
      current={state.view}
      tabs={imageViews
        .filter((view) => spec.views.includes(view))
        .map((view) => ({
          id: view,
          label: imageTexts.views[view],
          href: `/images${listSearch(fromFirstPage(state, { view, filters: [], text: '' }), spec)}`,
          extra: counts !== null && <Count total={counts?.[view]} />,
        }))}
    />
  )
}

/** Room for a short number before it is there: the tabs beside it stay. */
function Count({ total }: { total: Total | undefined }) {
  return (
    <span className="min-w-4 text-muted text-sm tabular-nums">
      {total && formatCount(total.count)}
      {total?.isExact === false && '+'}
    </span>
  )
}
