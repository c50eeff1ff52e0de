'use client'

import { GitCommitVertical, Plus } from 'lucide-react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { DataTable, type DataTableHandle } from '@/components/table/data-table'
import { FilterBar, type FilterBarHandle } from '@/components/table/filter-bar'
import type { ListSpec, ListState } from '@/components/table/list-spec'
import { fromFirstPage, listSearch, matching } from '@/components/table/list-url'
import { Pager, type PagerProps } from '@/components/table/pager'
import { ViewMenu } from '@/components/table/view-menu'
import { Banner } from '@/components/ui/banner'
import { lazyPart } from '@/components/ui/lazy-part'
import { LinkButton } from '@/components/ui/link-button'
import { useNavigation } from '@/components/ui/navigation'
import { writePreference } from '@/components/ui/preferences'
import { useSettled } from '@/components/ui/use-settled'
import { bulkMax } from './bulk-act'
import { bulkTexts } from './bulk-messages'
import { CatalogEmpty } from './catalog-empty'
import { catalogCookies, sortChoices } from './catalog-preferences'
import { CatalogTabs, type ViewCounts } from './catalog-tabs'
import { compareHref, compareMax, compareMin } from './compare-view'
import { ExportMenu } from './export-menu'
import { familyTexts } from './family-messages'
import { imageHref, imageName, imageTableColumns } from './image-columns'
import { ImageMenu, ImageRowMenu } from './image-menu'
import { imageTexts } from './messages'
import { NewImagesPill } from './new-images-pill'
import { SavedViews, type SavedViewsProps } from './saved-views'
import { useBulkActs } from './use-bulk-acts'
import { useCatalogKeys } from './use-catalog-keys'
import { useImageActions } from './use-image-actions'
import { useLiveRows } from './use-live-rows'
import { useSelection } from './use-selection'
import type { CatalogPage, ImageActions, ImageItem, Total } from './view'

const PeekSheet = lazyPart(async () => (await import('./peek-sheet')).PeekSheet)
const PreflightSheet = lazyPart(async () => (await import('./preflight-sheet')).PreflightSheet)
const SelectionBar = lazyPart(async () => (await import('./selection-bar')).SelectionBar)
const ShortcutSheet = lazyPart(async () => (await import('@/components/table/shortcut-sheet')).ShortcutSheet)

export interface ImageCatalogProps {
  readonly page: CatalogPage
  readonly spec: ListSpec
  readonly state: ListState
  /** What to show where the address is silent. */
  readonly preferred: {
    readonly columns: readonly string[]
    readonly density: 'comfortable' | 'compact'
    readonly pageSize: number
  }
  readonly dropped: readonly string[]
  readonly counts: Promise<ViewCounts>
  readonly canCreate: boolean
  readonly actions: ImageActions
  readonly saved: Pick<SavedViewsProps, 'views' | 'canShare' | 'actions'>
  /** The image that the address names to be looked at beside the list; null when there is none that may be seen. */
  readonly peeked: ImageItem | null
}

/** The list of images with everything around it. All state but the selection lies in the address. */
export function ImageCatalog(props: ImageCatalogProps) {
  const { spec, state, preferred, actions } = props
  const { navigate, isPending } = useNavigation()
  const table = useRef<DataTableHandle>(null)
  const search = listSearch(matching(state, spec), spec)
  const address = listSearch({ ...state, peek: null }, spec)
  const { shown, items, peeked, newCount } = useLiveRows({ page: props.page, address, search, peeked: props.peeked })
  const counts = useSettled(props.counts).value
  const counted = useSettled(shown.total)
  const total = counted.isLatest ? (counted.value ?? undefined) : undefined
  const selection = useSelection(search, items)
  const acts = useBulkActs({ search, bulk: actions.bulk, selection, onGone: () => table.current?.focus() })
  const changes = useImageActions(actions)
  const filter = useRef<FilterBarHandle>(null)
  const [isViewOpen, setViewOpen] = useState(false)
  const [isHelpOpen, setHelpOpen] = useState(false)

  const go = (next: ListState) => navigate(`/images${listSearch(next, spec)}`, { keepScroll: true })
  const density = state.density ?? preferred.density
  const visible = state.columns ?? preferred.columns
  const onPrevious = shown.previous === null ? null : () => go({ ...state, after: null, before: shown.previous })
  const onNext = shown.next === null ? null : () => go({ ...state, before: null, after: shown.next })
  const comparison = comparisonOf(selection)
  const isFirst = state.after === null && state.before === null
  const showNews = useShowNews({ shown, table }, isFirst ? null : () => go(fromFirstPage(state, {})))

  const keys = useCatalogKeys({
    '/': () => filter.current?.focus(),
    '[': () => onPrevious?.(),
    ']': () => onNext?.(),
    v: () => setViewOpen(true),
    '?': () => setHelpOpen(true),
    ...(props.canCreate && { n: () => navigate('/images/new') }),
    c: () => {
      if (comparison !== null) navigate(comparison)
    },
    escape: () => selection.clear(),
  })
  const peek = (id: string | null) => go({ ...state, peek: id })

  const viewLabel = imageTexts.views[state.view as keyof typeof imageTexts.views] ?? imageTexts.images
  return (
    <div className="flex flex-1 flex-col px-4 pt-4 md:px-6">
      <CatalogHead canCreate={props.canCreate} />
      <CatalogTabs spec={spec} state={state} counts={counts} />
      <div className="flex items-start gap-2 py-3 max-sm:flex-wrap max-sm:justify-end">
        <FilterBar
          ref={filter}
          label={imageTexts.filterLabel}
          placeholder={imageTexts.filterPlaceholder}
          defs={spec.filters}
          filters={state.filters}
          text={state.text}
          onChange={(filters, text) => go(fromFirstPage(state, { filters, text }))}
          searchLabel={imageTexts.searchFor}
        />
        <ViewMenu
          columns={imageTableColumns.map(({ id, header }) => ({ id, header, isFixed: id === 'name' }))}
          visible={visible}
          onVisible={(columns) => {
            writePreference(catalogCookies.columns, columns.join(','))
            go({ ...state, columns: null })
          }}
          density={density}
          onDensity={(next) => {
            writePreference(catalogCookies.density, next)
            go({ ...state, density: null })
          }}
          sorts={sortChoices}
          sort={state.sort}
          defaultSort={newestFirst}
          onSort={(sort) => go(fromFirstPage(state, { sort }))}
          isOpen={isViewOpen}
          onOpenChange={setViewOpen}
        />
        <SavedViews {...props.saved} search={listSearch({ ...state, after: null, before: null, peek: null }, spec)} />
        <ExportMenu search={listSearch({ ...matching(state, spec), sort: state.sort, columns: visible }, spec)} />
      </div>
      <Dropped parts={props.dropped} />
      <NewImagesPill count={newCount} onShow={showNews} />
      {items.length === 0 ? (
        <CatalogEmpty state={state} spec={spec} counts={counts} canCreate={props.canCreate} onGo={go} />
      ) : (
        <DataTable
          ref={table}
          caption={imageTexts.tableCaption(viewLabel)}
          columns={imageTableColumns}
          visible={visible}
          rows={items}
          rowId={idOf}
          rowName={nameOf}
          density={density}
          sort={state.sort}
          onSort={(sort) => go(fromFirstPage(state, { sort }))}
          selected={selection.ids}
          onSelect={selection.mark}
          onOpen={({ image }) => navigate(imageHref(image))}
          rowMenu={(item, place) => (
            <ImageRowMenu
              item={item}
              changes={changes}
              onDelete={acts.deleteOne}
              onPeek={() => peek(item.image.id)}
              place={place}
            />
          )}
          onKey={(key, item) => {
            if (key !== 'p' || !keys.areOn) return keys.openRowMenu(key, item)
            peek(item.image.id)
            return true
          }}
          isGone={(item) => item.isGone === true}
          isStale={isPending}
        />
      )}
      <div className="flex-1" />
      {(items.length > 0 || shown.previous !== null) && (
        <CatalogPager {...{ total, state, spec, preferred, go, onPrevious, onNext }} />
      )}
      {selection.items.length > 0 && (
        <SelectionBar
          items={selection.items}
          count={(selection.isAll && counted.value?.count) || selection.items.length}
          isAll={selection.isAll}
          onSelectAll={offerAll(items, total, selection)}
          onSelectPage={isPageMarked(items, selection) ? null : () => selection.mark(items, true)}
          compareHref={comparison}
          onAct={acts.onAct}
          onAsk={acts.onAsk}
          onClear={(hadFocus) => {
            selection.clear()
            if (hadFocus) table.current?.focus()
          }}
        />
      )}
      <PeekSheet
        isOpen={peeked !== null}
        item={peeked}
        items={items}
        onPeek={peek}
        menu={(item) => <ImageMenu item={item} changes={changes} onDelete={acts.deleteOne} />}
      />
      {acts.subject !== null && (
        <PreflightSheet subject={acts.subject} bulk={actions.bulk} onClose={acts.close} onEnded={acts.onEnded} />
      )}
      <CatalogShortcuts keys={keys} isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  )
}

interface Newest {
  readonly shown: CatalogPage
  readonly table: RefObject<DataTableHandle | null>
}

/**
 * Shows the first page as it is now, from its top; the focus goes there too, since the pill is gone. `goToFirst` is null
 * where that page is shown.
 */
function useShowNews({ shown, table }: Newest, goToFirst: (() => void) | null): () => void {
  const { refresh } = useNavigation()
  const isAsked = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the page is there that was asked for
  useEffect(() => {
    if (!isAsked.current) return
    isAsked.current = false
    window.scrollTo({ top: 0 })
    table.current?.focus('start')
  }, [shown])
  return () => {
    isAsked.current = true
    if (goToFirst === null) refresh()
    else goToFirst()
  }
}

function CatalogHead({ canCreate }: { canCreate: boolean }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 pb-2">
      <h1 className="font-semibold text-xl">{imageTexts.images}</h1>
      <div className="flex flex-wrap items-center gap-2">
        <LinkButton href="/images/families" variant="quiet">
          <GitCommitVertical aria-hidden />
          {familyTexts.title}
        </LinkButton>
        {canCreate && (
          <LinkButton href="/images/new" variant="primary">
            <Plus aria-hidden />
            {imageTexts.newImage}
          </LinkButton>
        )}
      </div>
    </div>
  )
}

interface CatalogPagerProps
  extends Pick<PagerProps, 'onPrevious' | 'onNext'>,
    Pick<ImageCatalogProps, 'state' | 'spec' | 'preferred'> {
  readonly total: Total | undefined
  readonly go: (next: ListState) => void
}

function CatalogPager({ state, spec, preferred, total, go, ...ways }: CatalogPagerProps) {
  return (
    <Pager
      summary={total && imageTexts.total(total.count, total.isExact)}
      sizes={{
        current: state.pageSize ?? preferred.pageSize,
        all: spec.pageSizes,
        onChange: (size) => {
          writePreference(catalogCookies.pageSize, String(size))
          go(fromFirstPage(state, { pageSize: null }))
        },
      }}
      {...ways}
    />
  )
}

interface CatalogShortcutsProps {
  readonly keys: ReturnType<typeof useCatalogKeys>
  readonly isOpen: boolean
  readonly onClose: () => void
}

function CatalogShortcuts({ keys, ...sheet }: CatalogShortcutsProps) {
  return (
    <ShortcutSheet
      {...sheet}
      shortcuts={Object.values(imageTexts.shortcuts).map(([pressed, does]) => ({ keys: pressed, does }))}
      areLettersOn={keys.areOn}
      onLetters={keys.setOn}
    />
  )
}

/** What the address asks for and the list does not know. */
function Dropped({ parts }: { parts: readonly string[] }) {
  if (parts.length === 0) return null
  return (
    <div className="pb-3">
      <Banner tone="warn">{imageTexts.dropped(parts.join(', '))}</Banner>
    </div>
  )
}

const newestFirst = { id: 'created', desc: true }

const idOf = ({ image }: ImageItem) => image.id
const nameOf = ({ image }: ImageItem) => imageName(image)

type Selected = ReturnType<typeof useSelection>

const isPageMarked = (items: readonly ImageItem[], { ids }: Selected) =>
  items.every((item) => item.isGone || ids.has(idOf(item)))

/** Where the marked images stand side by side; null when they are too few or too many. */
function comparisonOf({ isAll, items }: Selected): string | null {
  if (isAll || items.length < compareMin || items.length > compareMax) return null
  return compareHref(items.map(idOf))
}

/** Once the page is marked: the way to all that match, or why there is none. */
function offerAll(items: readonly ImageItem[], total: Total | undefined, selection: Selected) {
  if (total === undefined) return null
  if (selection.isAll || !isPageMarked(items, selection) || total.count <= selection.items.length) return null
  return total.isExact
    ? { label: bulkTexts.selectAll(total.count), run: selection.selectAll }
    : { label: bulkTexts.tooManyToSelect(bulkMax), run: null }
}
