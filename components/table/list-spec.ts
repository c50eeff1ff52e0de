/** What one list can filter, sort and show. Pure data: the server parses addresses with it, the browser writes them. */
export interface ListSpec {
  readonly views: readonly string[]
  readonly filters: readonly FilterDef[]
  /** Columns that the server can sort by. */
  readonly sorts: readonly string[]
  readonly columns: readonly string[]
  readonly pageSizes: readonly number[]
}

export interface FilterDef {
  readonly key: string
  readonly hint: string
  readonly type: 'choice' | 'text' | 'size' | 'moment' | 'flag' | 'property'
  /** For `choice`. */
  readonly choices?: readonly string[]
  /** Of the choices, one at a time. */
  readonly isSingle?: boolean
  /** May stand several times, and all must hold. */
  readonly isRepeatable?: boolean
}

/** A filter in its one written form: `active,queued`, `gte:1073741824`, `yes`, `os_distro=ubuntu`. */
export interface Filter {
  readonly key: string
  readonly value: string
}

export interface SortKey {
  readonly id: string
  readonly desc: boolean
}

export const densities = ['comfortable', 'compact'] as const
export type Density = (typeof densities)[number]

export interface ListState {
  readonly view: string
  readonly text: string
  readonly filters: readonly Filter[]
  /** Empty: the list's own order. */
  readonly sort: readonly SortKey[]
  readonly after: string | null
  readonly before: string | null
  /** null: as the reader prefers */
  readonly pageSize: number | null
  readonly columns: readonly string[] | null
  readonly density: Density | null
  /** the row that is looked at beside the list, by its id */
  readonly peek: string | null
}

export const sortKeysMax = 3
