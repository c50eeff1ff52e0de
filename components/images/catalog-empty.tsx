'use client'

import { Disc3, Plus, SearchX } from 'lucide-react'
import type { ListSpec, ListState } from '@/components/table/list-spec'
import { emptyListState, fromFirstPage } from '@/components/table/list-url'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { uiTexts } from '@/components/ui/messages'
import type { ViewCounts } from './catalog-tabs'
import type { ImageListView } from './image-list-spec'
import { imageTexts } from './messages'

export interface CatalogEmptyProps {
  readonly state: ListState
  readonly spec: ListSpec
  /** Undefined until they are there. */
  readonly counts: ViewCounts | undefined
  readonly canCreate: boolean
  readonly onGo: (state: ListState) => void
}

const { empty } = imageTexts

/** Why there are no rows, and what to do about it. */
export function CatalogEmpty({ state, spec, counts, canCreate, onGo }: CatalogEmptyProps) {
  if (state.after !== null || state.before !== null) {
    return (
      <EmptyState
        icon={<SearchX aria-hidden />}
        title={empty.pageTitle}
        text={empty.pageText}
        actions={<Button onPress={() => onGo(fromFirstPage(state, {}))}>{empty.toStart}</Button>}
      />
    )
  }
  if (state.filters.length > 0 || state.text !== '') {
    const all = counts?.[state.view]
    const clear = () => onGo({ ...emptyListState(spec), view: state.view, sort: state.sort })
    return (
      <EmptyState
        icon={<SearchX aria-hidden />}
        title={empty.filteredTitle}
        text={all && empty.filteredText(imageTexts.total(all.count, all.isExact))}
        actions={<Button onPress={clear}>{uiTexts.filter.clear}</Button>}
      />
    )
  }
  const isOwn = state.view === 'all' || state.view === 'mine'
  const create = canCreate && isOwn && (
    <LinkButton href="/images/new" variant="primary">
      <Plus aria-hidden />
      {imageTexts.newImage}
    </LinkButton>
  )
  return (
    <EmptyState
      icon={<Disc3 aria-hidden />}
      title={isOwn && canCreate ? empty.title : empty.otherTitle}
      text={isOwn && canCreate ? empty.text : empty[state.view as ImageListView]}
      actions={create || undefined}
    />
  )
}
