import { normalizeFilter } from './filter-value'
import { densities, type Filter, type ListSpec, type ListState, type SortKey, sortKeysMax } from './list-spec'

export interface ParsedList {
  readonly state: ListState
  /** What the address asked for and this list does not know, as written. */
  readonly dropped: readonly string[]
}

const cursorForm = /^[\w-]{1,600}$/
const idForm = /^[\w-]{1,64}$/

/** Reads a list's state from an address. Never fails: what it does not understand is dropped and named. */
export function parseListSearch(params: URLSearchParams, spec: ListSpec): ParsedList {
  const dropped: string[] = []
  const filters: Filter[] = []
  let state = emptyListState(spec)
  for (const [key, value] of params) {
    const def = spec.filters.find((candidate) => candidate.key === key)
    if (def !== undefined) {
      const normal = normalizeFilter(def, value)
      const isTwice = !def.isRepeatable && filters.some((filter) => filter.key === key)
      if (normal === null || isTwice) dropped.push(`${key}=${value}`)
      else filters.push({ key, value: normal })
      continue
    }
    const next = readKey(state, key, value, spec)
    if (next === null) dropped.push(`${key}=${value}`)
    else state = next
  }
  if (state.after !== null && state.before !== null) state = { ...state, before: null }
  return { state: { ...state, filters }, dropped }
}

function readKey(state: ListState, key: string, value: string, spec: ListSpec): ListState | null {
  switch (key) {
    case 'view':
      return spec.views.includes(value) ? { ...state, view: value } : null
    case 'q':
      return { ...state, text: value.trim() }
    case 'sort': {
      const sort = readSort(value, spec)
      return sort && { ...state, sort }
    }
    case 'after':
      return cursorForm.test(value) ? { ...state, after: value } : null
    case 'before':
      return cursorForm.test(value) ? { ...state, before: value } : null
    case 'n':
      return spec.pageSizes.includes(Number(value)) ? { ...state, pageSize: Number(value) } : null
    case 'cols': {
      const columns = value.split(',')
      return columns.every((column) => spec.columns.includes(column)) ? { ...state, columns } : null
    }
    case 'peek':
      return idForm.test(value) ? { ...state, peek: value } : null
    case 'density': {
      const density = densities.find((candidate) => candidate === value)
      return density === undefined ? null : { ...state, density }
    }
    default:
      return null
  }
}

function readSort(value: string, spec: ListSpec): readonly SortKey[] | null {
  const sort = value.split(',').map((part) => ({ id: part.replace(/^-/, ''), desc: part.startsWith('-') }))
  const isKnown = sort.every((key) => spec.sorts.includes(key.id))
  const isDistinct = new Set(sort.map((key) => key.id)).size === sort.length
  return isKnown && isDistinct && sort.length <= sortKeysMax ? sort : null
}

export function emptyListState(spec: ListSpec): ListState {
  return {
    view: spec.views[0] ?? '',
    text: '',
    filters: [],
    sort: [],
    after: null,
    before: null,
    pageSize: null,
    columns: null,
    density: null,
    peek: null,
  }
}

/** Writes the state as a query string with its `?`; what is as by default is left out. */
export function listSearch(state: ListState, spec: ListSpec): string {
  const params = new URLSearchParams()
  if (state.view !== spec.views[0]) params.set('view', state.view)
  if (state.text !== '') params.set('q', state.text)
  for (const filter of state.filters) params.append(filter.key, filter.value)
  if (state.sort.length > 0) params.set('sort', state.sort.map((key) => `${key.desc ? '-' : ''}${key.id}`).join(','))
  if (state.after !== null) params.set('after', state.after)
  if (state.before !== null) params.set('before', state.before)
  if (state.pageSize !== null) params.set('n', String(state.pageSize))
  if (state.columns !== null) params.set('cols', state.columns.join(','))
  if (state.density !== null) params.set('density', state.density)
  if (state.peek !== null) params.set('peek', state.peek)
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text === '' ? '' : `?${text}`
}

/** The same list from its first page, after something changed that makes a cursor meaningless. */
export function fromFirstPage(state: ListState, change: Partial<ListState>): ListState {
  return { ...state, after: null, before: null, peek: null, ...change }
}

/** All that a list holds, from any page of it and however it is shown. */
export function matching({ view, text, filters }: ListState, spec: ListSpec): ListState {
  return { ...emptyListState(spec), view, text, filters }
}
