'use client'

import { Suspense, use } from 'react'
import type { ListSpec, ListState } from '@/components/table/list-spec'
import { fromFirstPage, listSearch } from '@/components/table/list-url'
import { formatCount } from '@/components/ui/format'
import { RouteTabs } from '@/components/ui/route-tabs'
import { imageViews } from './image-list-spec'
import { imageTexts } from './messages'

/** Images per view, without further filters; null when the counting failed. */
export type ViewCounts = Readonly<Record<string, { readonly count: number; readonly isExact: boolean }>> | null

export interface CatalogTabsProps {
  readonly spec: ListSpec
  readonly state: ListState
  readonly counts: Promise<ViewCounts>
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
          extra: (
            <Suspense fallback={<span className="h-4 w-4" />}>
              <Count counts={counts} view={view} />
            </Suspense>
          ),
        }))}
    />
  )
}

function Count({ counts, view }: { counts: Promise<ViewCounts>; view: string }) {
  const found = use(counts)?.[view]
  if (found === undefined) return null
  return (
    <span className="text-muted text-sm tabular-nums">
      {formatCount(found.count)}
      {!found.isExact && '+'}
    </span>
  )
}
