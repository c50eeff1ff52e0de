import { splitComparison } from '@/components/table/filter-value'
import type { Filter, ListState } from '@/components/table/list-spec'
import type { RequestContext } from '@/lib/context/request-context'
import type { Visibility } from '@/lib/images/image'
import {
  type Cursor,
  completeSort,
  type ImageFilters,
  noFilters,
  type SortColumn,
  type SortKey,
  type TimeOperator,
} from '@/lib/images/image-query'

const sortColumns: Readonly<Record<string, SortColumn>> = {
  name: 'name',
  status: 'status',
  format: 'diskFormat',
  size: 'sizeBytes',
  created: 'createdAt',
  updated: 'updatedAt',
}

/** The order of a list, complete down to the id. By default the newest stand first. */
export function catalogSort(state: ListState): SortKey[] {
  const keys = state.sort.flatMap(({ id, desc }): SortKey[] => {
    const column = sortColumns[id]
    return column === undefined ? [] : [{ column, direction: desc ? 'desc' : 'asc' }]
  })
  return completeSort(keys)
}

/** What a view holds, before the reader's own filters. */
export function viewFilters(ctx: RequestContext, view: string): ImageFilters {
  const { projectId } = ctx.principal
  switch (view) {
    case 'mine':
      return { ...noFilters, visibility: 'all', ...(projectId !== null && { ownerId: projectId }) }
    case 'public':
      return { ...noFilters, visibility: 'public' }
    case 'community':
      return { ...noFilters, visibility: 'community' }
    case 'shared':
      return { ...noFilters, visibility: 'shared', isSharedWithMe: true }
    case 'hidden':
      return { ...noFilters, isHidden: true }
    case 'every':
      return { ...noFilters, visibility: 'all' }
    default:
      return noFilters
  }
}

/** The view narrowed by the filters and the text of the address. */
export function catalogFilters(ctx: RequestContext, state: ListState): ImageFilters {
  const start: ImageFilters = {
    ...viewFilters(ctx, state.view),
    ...(state.text !== '' && { text: state.text }),
  }
  return state.filters.reduce(narrow, start)
}

const timeOperators: readonly TimeOperator[] = ['gt', 'gte', 'lt', 'lte']

function narrow(filters: ImageFilters, { key, value }: Filter): ImageFilters {
  switch (key) {
    case 'status':
      return { ...filters, oneOf: [...filters.oneOf, { column: 'status', values: value.split(',') }] }
    case 'format':
      return { ...filters, oneOf: [...filters.oneOf, { column: 'diskFormat', values: value.split(',') }] }
    case 'container':
      return { ...filters, oneOf: [...filters.oneOf, { column: 'containerFormat', values: value.split(',') }] }
    case 'visibility':
      return { ...filters, visibility: narrowVisibility(filters.visibility, value) }
    case 'owner':
      return only(filters, 'ownerId', value)
    case 'tag':
      return { ...filters, tags: [...filters.tags, value] }
    case 'protected':
      return { ...filters, isProtected: value === 'yes' }
    case 'store':
      return only(filters, 'storeId', value)
    case 'property': {
      const equals = value.indexOf('=')
      const property = { name: value.slice(0, equals), value: value.slice(equals + 1) }
      return { ...filters, properties: [...filters.properties, property] }
    }
    case 'size':
      return { ...filters, ranges: [...filters.ranges, sizeRange(value)] }
    case 'created':
      return { ...filters, times: [...filters.times, time('createdAt', value)] }
    case 'updated':
      return { ...filters, times: [...filters.times, time('updatedAt', value)] }
    default:
      return filters
  }
}

/** Two owners, or two stores, have nothing in common. */
function only(filters: ImageFilters, key: 'ownerId' | 'storeId', value: string): ImageFilters {
  const isAnother = filters[key] !== undefined && filters[key] !== value
  return isAnother ? { ...filters, visibility: 'none' } : { ...filters, [key]: value }
}

/** A view that is about one visibility and a filter for another have nothing in common. */
function narrowVisibility(view: ImageFilters['visibility'], value: string): Visibility | 'none' {
  const wanted = (['private', 'shared', 'community', 'public'] as const).find((candidate) => candidate === value)
  if (wanted === undefined) return 'none'
  return view === undefined || view === 'all' || view === wanted ? wanted : 'none'
}

function sizeRange(comparison: string) {
  const { operator, value } = splitComparison(comparison)
  const sizeBytes = Number(value)
  switch (operator) {
    case 'gt':
      return { column: 'sizeBytes', min: sizeBytes + 1 } as const
    case 'lt':
      return { column: 'sizeBytes', max: sizeBytes - 1 } as const
    case 'lte':
      return { column: 'sizeBytes', max: sizeBytes } as const
    default:
      return { column: 'sizeBytes', min: sizeBytes } as const
  }
}

function time(column: 'createdAt' | 'updatedAt', comparison: string) {
  const { operator, value } = splitComparison(comparison)
  return { column, operator: timeOperators.find((known) => known === operator) ?? 'gte', at: new Date(value) } as const
}

/** A place in an order as text for an address. */
export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url')
}

/** Reads a place back; null when the text is none, or belongs to an order of other length. */
export function decodeCursor(text: string, length: number): Cursor | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(parsed) || parsed.length !== length) return null
    const values: (string | number | null)[] = []
    for (const value of parsed) {
      if (typeof value !== 'string' && typeof value !== 'number' && value !== null) return null
      values.push(value)
    }
    return values
  } catch {
    return null
  }
}
