import type { Visibility } from './image'
import type { MemberStatus } from './member'

export const sortColumns = [
  'name',
  'status',
  'containerFormat',
  'diskFormat',
  'sizeBytes',
  'id',
  'createdAt',
  'updatedAt',
] as const
export type SortColumn = (typeof sortColumns)[number]

export interface SortKey {
  readonly column: SortColumn
  readonly direction: 'asc' | 'desc'
}

export type TextColumn = 'name' | 'id' | 'status' | 'containerFormat' | 'diskFormat'
export type ExactColumn = 'checksum' | 'hashAlgorithm' | 'hashValue' | 'sizeBytes' | 'minDiskGib' | 'minRamMib'
export type NumberColumn = 'sizeBytes' | 'virtualSizeBytes' | 'minDiskGib' | 'minRamMib'
export type TimeOperator = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq'
export type MemberStatusFilter = MemberStatus | 'all'

export interface ImageFilters {
  /** 'none' matches nothing: what an empty visibility parameter asks for. */
  readonly visibility?: Visibility | 'all' | 'none'
  readonly memberStatus: MemberStatusFilter
  readonly ownerId?: string
  /** Only what other projects share with the caller's, for administrators too. */
  readonly isSharedWithMe?: boolean
  /** 'any': hidden ones too */
  readonly isHidden: boolean | 'any'
  readonly isProtected?: boolean
  /** Only what has data in this store. */
  readonly storeId?: string
  readonly oneOf: readonly { readonly column: TextColumn; readonly values: readonly string[] }[]
  /** A value that is no number for a number column matches nothing. */
  readonly equals: readonly { readonly column: ExactColumn; readonly value: string }[]
  readonly times: readonly {
    readonly column: 'createdAt' | 'updatedAt'
    readonly operator: TimeOperator
    readonly at: Date
  }[]
  readonly ranges: readonly { readonly column: NumberColumn; readonly min?: number; readonly max?: number }[]
  /** All must be there. */
  readonly tags: readonly string[]
  readonly properties: readonly { readonly name: string; readonly value: string }[]
  /**
   * Case-insensitive part of the name, a tag, the description or the system's name, or the beginning of the id; the
   * dashboard's free text.
   */
  readonly text?: string
}

/** Values of the sort columns at one row, in the order of the sort keys; times as milliseconds. */
export type Cursor = readonly (string | number | null)[]

export interface ImageQuery {
  readonly filters: ImageFilters
  /** Complete: ends in `id`, so that the order is total. */
  readonly sort: readonly SortKey[]
  readonly limit: number
  /** Rows after this one. */
  readonly after?: Cursor
  /** Rows before this one; the page nearest to it, still in the order of `sort`. */
  readonly before?: Cursor
}

/** Whose eyes a list is for. */
export interface ListScope {
  readonly isAdmin: boolean
  readonly projectId: string | null
}

export const noFilters: ImageFilters = {
  memberStatus: 'accepted',
  isHidden: false,
  oneOf: [],
  equals: [],
  times: [],
  ranges: [],
  tags: [],
  properties: [],
}

/**
 * Adds the tie-breakers created_at and id where they are missing. They take the one given direction, else descending.
 * A key that comes again decides nothing and goes. Source: images.md 5.2.
 */
export function completeSort(keys: readonly SortKey[], single: 'asc' | 'desc' = 'desc'): SortKey[] {
  const sort = keys.filter((key, index) => keys.findIndex(({ column }) => column === key.column) === index)
  for (const column of ['createdAt', 'id'] as const) {
    if (!sort.some((key) => key.column === column)) sort.push({ column, direction: single })
  }
  return sort
}
