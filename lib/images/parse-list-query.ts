import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import { splitFilterOperator, splitList } from './filter-operators'
import { visibilities } from './image'
import {
  completeSort,
  type ExactColumn,
  type ImageFilters,
  type ImageQuery,
  type MemberStatusFilter,
  type NumberColumn,
  type SortColumn,
  type SortKey,
  type TextColumn,
  type TimeOperator,
} from './image-query'
import { parseIsoTime } from './iso-time'
import { memberStatuses } from './member'

const bad = (text: string) => apiError('bad_request', { public: text })

export const sortNames: Readonly<Record<string, SortColumn>> = {
  name: 'name',
  status: 'status',
  container_format: 'containerFormat',
  disk_format: 'diskFormat',
  size: 'sizeBytes',
  id: 'id',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
}
const textNames: Readonly<Record<string, TextColumn>> = {
  name: 'name',
  id: 'id',
  status: 'status',
  container_format: 'containerFormat',
  disk_format: 'diskFormat',
}
const exactNames: Readonly<Record<string, ExactColumn>> = {
  checksum: 'checksum',
  os_hash_algo: 'hashAlgorithm',
  os_hash_value: 'hashValue',
  size: 'sizeBytes',
  min_disk: 'minDiskGib',
  min_ram: 'minRamMib',
}
const numberNames: Readonly<Record<string, NumberColumn>> = {
  size: 'sizeBytes',
  virtual_size: 'virtualSizeBytes',
  min_disk: 'minDiskGib',
  min_ram: 'minRamMib',
}
const memberStatusFilters: readonly MemberStatusFilter[] = [...memberStatuses, 'all']
const timeOperators: readonly TimeOperator[] = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq']
/** Each is a look-up of its own in one statement, and databases end where some hundreds of them meet. */
const CONDITIONS_MAX = 128
const notFilters = new Set(['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'deleted'])

export interface ParsedListQuery {
  readonly query: Omit<ImageQuery, 'after' | 'before'>
  /** The id of the last image of the page before; absent on the first page. */
  readonly marker: string | undefined
  readonly parameters: URLSearchParams
}

/** Reads the query string of GET /v2/images. Throws `bad_request` with Glance's texts. Source: images.md 5. */
export function parseListQuery(queryText: string): ParsedListQuery {
  const parameters = new URLSearchParams(queryText)
  if (parameters.has('changes-since')) throw bad('The "changes-since" filter is no longer available on v2.')
  const query = {
    limit: parseLimit(parameters.get('limit')),
    sort: parseSort(parameters),
    filters: parseFilters(parameters),
  }
  return { query, marker: parameters.get('marker') ?? undefined, parameters }
}

/** The page length a query asks for. Throws `bad_request` with Glance's texts. */
export function parseLimit(text: string | null): number {
  const { listDefaultLimit, listMaxLimit } = config().images
  if (text === null) return Math.min(listDefaultLimit, listMaxLimit)
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw bad('limit param must be an integer')
  const limit = Number(text)
  if (limit < 0) throw bad('limit param must be positive')
  return Math.min(limit, listMaxLimit)
}

function parseSort(parameters: URLSearchParams): SortKey[] {
  const keys = parameters.getAll('sort_key')
  const directions = parameters.getAll('sort_dir')
  const modern = parameters.getAll('sort').at(-1)
  if (modern !== undefined) {
    if (keys.length > 0 || directions.length > 0) throw bad('Old and new sorting syntax cannot be combined')
    const items = modern.split(',').map((item) => {
      const [name = '', direction = 'desc'] = item.trim().split(':')
      return { column: sortColumnOf(name.trim()), direction: directionOf(direction.trim()) }
    })
    return completeSort(items, 'desc')
  }
  const columns = (keys.length > 0 ? keys : ['created_at']).map(sortColumnOf)
  const given = directions.map(directionOf)
  if (given.length > 1 && given.length !== columns.length) {
    throw bad('Number of sort dirs does not match the number of sort keys')
  }
  const single = given.length === 1 ? given[0] : undefined
  const sort = columns.map((column, index) => ({ column, direction: single ?? given[index] ?? 'desc' }))
  return completeSort(sort, single ?? 'desc')
}

function sortColumnOf(name: string): SortColumn {
  const column = Object.hasOwn(sortNames, name) ? sortNames[name] : undefined
  if (column === undefined) {
    throw bad(`Invalid sort key: ${name}. It must be one of the following: ${Object.keys(sortNames).join(', ')}.`)
  }
  return column
}

function directionOf(text: string): 'asc' | 'desc' {
  if (text !== 'asc' && text !== 'desc') throw bad(`Invalid sort direction: ${text}`)
  return text
}

type Draft = { -readonly [Key in keyof ImageFilters]: ImageFilters[Key] } & {
  oneOf: { column: TextColumn; values: readonly string[] }[]
  equals: { column: ExactColumn; value: string }[]
  times: { column: 'createdAt' | 'updatedAt'; operator: TimeOperator; at: Date }[]
  ranges: { column: NumberColumn; min?: number; max?: number }[]
  tags: string[]
  properties: { name: string; value: string }[]
}

function parseFilters(parameters: URLSearchParams): ImageFilters {
  const draft: Draft = {
    memberStatus: 'accepted',
    isHidden: false,
    oneOf: [],
    equals: [],
    times: [],
    ranges: [],
    tags: [...new Set(parameters.getAll('tag').map((tag) => tag.trim()))],
    properties: [],
  }
  for (const name of new Set(parameters.keys())) {
    if (name === 'tag' || notFilters.has(name)) continue
    applyFilter(draft, name, parameters.getAll(name).at(-1) ?? '')
  }
  const conditions = draft.tags.length + draft.properties.length
  if (conditions > CONDITIONS_MAX) {
    throw bad(`Too many tags and properties to filter by: ${conditions}, at most ${CONDITIONS_MAX}.`)
  }
  return draft
}

function applyFilter(draft: Draft, name: string, value: string): void {
  switch (name) {
    case 'visibility':
      draft.visibility = parseVisibility(value)
      return
    case 'member_status':
      draft.memberStatus = parseMemberStatus(value)
      return
    case 'owner':
      draft.ownerId = value
      return
    case 'os_hidden':
      draft.isHidden = parseFlag(name, value.toLowerCase(), value)
      return
    case 'protected':
      draft.isProtected = parseFlag(name, value, value)
      return
    case 'created_at':
      draft.times.push({ column: 'createdAt', ...parseTime(name, value) })
      return
    case 'updated_at':
      draft.times.push({ column: 'updatedAt', ...parseTime(name, value) })
      return
    default:
      applyColumnFilter(draft, name, value)
  }
}

function applyColumnFilter(draft: Draft, name: string, value: string): void {
  const text = Object.hasOwn(textNames, name) ? textNames[name] : undefined
  if (text !== undefined) {
    const { operator, rest } = splitFilterOperator(value)
    if (operator !== 'in' && operator !== 'eq') throw bad(`Unable to filter by unknown operator '${operator}'.`)
    draft.oneOf.push({ column: text, values: operator === 'in' ? [...new Set(splitList(rest))] : [rest] })
    return
  }
  const exact = Object.hasOwn(exactNames, name) ? exactNames[name] : undefined
  if (exact !== undefined) {
    draft.equals.push({ column: exact, value })
    return
  }
  const range = /^(.+)_(min|max)$/.exec(name)
  if (range?.[1] !== undefined && range[2] !== undefined) {
    draft.ranges.push(parseRange(range[1], range[2], value))
    return
  }
  draft.properties.push({ name, value })
}

function parseVisibility(value: string): NonNullable<ImageFilters['visibility']> {
  if (value === '') return 'none'
  if (value === 'all') return 'all'
  const known = visibilities.find((visibility) => visibility === value)
  if (known === undefined) throw bad(`Invalid visibility value: ${value}`)
  return known
}

function parseMemberStatus(value: string): MemberStatusFilter {
  const known = memberStatusFilters.find((status) => status === value)
  if (known === undefined) throw bad(`Invalid status: ${value}`)
  return known
}

function parseFlag(name: string, folded: string, shown: string): boolean {
  if (folded === 'true') return true
  if (folded === 'false') return false
  throw bad(`Invalid value '${shown}' for '${name}' filter. Valid values are 'true' or 'false'.`)
}

function parseTime(name: string, value: string): { operator: TimeOperator; at: Date } {
  const whole = parseIsoTime(value)
  if (whole !== undefined) return { operator: 'eq', at: whole }
  const colon = value.indexOf(':')
  const at = parseIsoTime(colon < 0 ? value : value.slice(colon + 1))
  if (at === undefined) throw bad(`Bad "${name}" query filter format. Use ISO 8601 DateTime notation.`)
  const operator = timeOperators.find((known) => known === value.slice(0, colon))
  if (operator === undefined) throw bad('Unable to filter on a unknown operator.')
  return { operator, at }
}

function parseRange(name: string, end: string, value: string): { column: NumberColumn; min?: number; max?: number } {
  const column = Object.hasOwn(numberNames, name) ? numberNames[name] : undefined
  if (column === undefined) throw bad(`Unable to filter on a range of '${name}'.`)
  if (!/^\s*[+-]?\d+\s*$/.test(value)) throw bad('Unable to filter on a range with a non-numeric value.')
  const bound = Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)))
  return end === 'min' ? { column, min: bound } : { column, max: bound }
}

/** The query with everything kept, repeated parameters too, but the marker; as `first` and `next` show it. */
export function linkOf(path: string, parameters: URLSearchParams, marker?: string): string {
  const kept = new URLSearchParams([...parameters].filter(([name]) => name !== 'marker'))
  if (marker !== undefined) kept.append('marker', marker)
  const text = kept.toString()
  return text === '' ? path : `${path}?${text}`
}
