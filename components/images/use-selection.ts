'use client'

import { useMemo, useState } from 'react'
import type { ImageItem } from './view'

interface Selection {
  readonly marked: ReadonlyMap<string, ImageItem>
  /** the query of which all is selected; null when rows are marked one by one */
  readonly search: string | null
}

const nothing: Selection = { marked: new Map(), search: null }

/**
 * What is marked: single rows, across pages and filters, or all that match a query, which is kept instead of ids.
 * `search` is the query that is shown and `page` are its rows; all of one query says nothing about another.
 */
export function useSelection(search: string, page: readonly ImageItem[]) {
  const [state, setState] = useState(nothing)
  const isForeign = state.search !== null && state.search !== search
  if (isForeign) setState(nothing)
  const { marked, search: all } = isForeign ? nothing : state
  const isAll = all !== null
  // What the page shows is newer than what was marked earlier; what is gone from it can be marked no more.
  const items = useMemo(() => {
    const fresh = new Map(page.map((item) => [item.image.id, item]))
    const all = isAll ? page : [...marked.values()].map((item) => fresh.get(item.image.id) ?? item)
    return all.filter(({ isGone }) => !isGone)
  }, [isAll, page, marked])
  const ids = useMemo(() => new Set(items.map(({ image }) => image.id)), [items])
  return {
    ids,
    items,
    isAll,
    /** Taking one row out of all leaves the others of its page. */
    mark: (rows: readonly ImageItem[], isSelected: boolean) =>
      setState((old) => {
        const before = old.search === null ? old.marked : new Map(page.map((item) => [item.image.id, item]))
        const next = new Map(before)
        for (const item of rows) {
          if (isSelected) next.set(item.image.id, item)
          else next.delete(item.image.id)
        }
        return { marked: next, search: null }
      }),
    selectAll: () => setState({ marked: new Map(), search }),
    drop: (imageIds: readonly string[]) => {
      const gone = new Set(imageIds)
      setState((old) => ({ ...old, marked: new Map([...old.marked].filter(([imageId]) => !gone.has(imageId))) }))
    },
    clear: () => setState(nothing),
  }
}
