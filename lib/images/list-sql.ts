import type { DatabaseFlavour } from '@/lib/db/client'
import type { SqlValue } from '@/lib/db/raw-query'
import type { Cursor, ImageFilters, ImageQuery, ListScope, SortColumn, SortKey } from './image-query'

export interface Statement {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

const PARAMETERS_MAX = 100
const TIME_MIN = Date.parse('0001-01-01T00:00:00Z')
const TIME_MAX = Date.parse('9999-12-31T23:59:59.999Z')

/** Collects bound values; every value of a request reaches the database through `bind`. */
export class SqlBuilder {
  readonly params: SqlValue[] = []
  constructor(readonly flavour: DatabaseFlavour) {}

  bind(value: SqlValue): string {
    this.params.push(value)
    return `${this.flavour === 'sqlite' ? '@p' : '$'}${this.params.length}`
  }

  /** PostgreSQL would take the type of a small column for the value, which may be larger. */
  integer(value: number): string {
    return this.flavour === 'sqlite' ? this.bind(value) : `${this.bind(value)}::bigint`
  }

  /** A long list is one value: SQLite looks up each parameter among all the others. */
  list(values: readonly string[]): string {
    if (values.length <= PARAMETERS_MAX) return values.map((value) => this.bind(value)).join(', ') || 'NULL'
    const text = this.bind(JSON.stringify(values))
    return this.flavour === 'sqlite'
      ? `SELECT value FROM json_each(${text})`
      : `SELECT jsonb_array_elements_text(${text}::jsonb)`
  }

  /** Years outside four digits are written otherwise, and no image is of one: the nearest that sorts means the same. */
  time(milliseconds: number): string {
    const text = new Date(Math.min(Math.max(milliseconds, TIME_MIN), TIME_MAX)).toISOString()
    // Prisma's own text form on SQLite; both compare as they sort.
    return this.flavour === 'sqlite'
      ? this.bind(text.replace('Z', '+00:00'))
      : `${this.bind(text.slice(0, -1))}::timestamp`
  }

  flag(value: boolean): string {
    if (this.flavour === 'sqlite') return value ? '1' : '0'
    return value ? 'true' : 'false'
  }
}

const nullable: ReadonlySet<SortColumn> = new Set(['name', 'containerFormat', 'diskFormat', 'sizeBytes'])

/** Some tag, property or text narrows the list to few rows, which then drive the query instead of the order. */
export type Driver = { readonly kind: 'tag' | 'property'; readonly index: number } | { readonly kind: 'text' }

/**
 * One page as one statement: each part of the visible set is a branch with an index of its own, cut to the page's
 * length, and the branches are merged. No branch overlaps another. Source of the visible set: images.md 5.4.
 */
export function listStatement(
  flavour: DatabaseFlavour,
  scope: ListScope,
  query: ImageQuery,
  driver: Driver | undefined,
  hydrate: string,
): Statement {
  const sql = new SqlBuilder(flavour)
  const backwards = query.before !== undefined
  const sort = backwards ? query.sort.map(reverse) : query.sort
  const cursor = query.before ?? query.after
  const shared = filterConditions(sql, query.filters, driver)
  if (cursor !== undefined) shared.push(cursorCondition(sql, sort, cursor))
  const branches = visibleBranches(sql, scope, query.filters, shared)
  if (branches.length === 0) return { sql: `SELECT ${hydrate} FROM "Image" i WHERE 1 = 0`, params: [] }
  const columns = sort.map((key) => `i."${key.column}"`).join(', ')
  const orderOf = (alias: string) => sort.map((key) => orderTerm(sql, alias, key)).join(', ')
  // PostgreSQL thinks that any page is soon full in the list's own order, and would look for the driver's rows there.
  const isFenced = flavour === 'postgresql' && driver !== undefined
  const parts = branches.map(({ isMember, where }) => {
    const rows = `SELECT ${columns} FROM ${source(sql, query.filters, driver, isMember)} WHERE ${where.join(' AND ')}`
    const ordered = isFenced ? `SELECT * FROM (${rows} OFFSET 0) i` : rows
    return `SELECT * FROM (${ordered} ORDER BY ${orderOf('i')} LIMIT ${query.limit}) b`
  })
  const page =
    parts.length === 1
      ? (parts[0] ?? '')
      : `SELECT * FROM (${parts.join(' UNION ALL ')}) u ORDER BY ${orderOf('u')} LIMIT ${query.limit}`
  const finalOrder = query.sort.map((key) => orderTerm(sql, 'i', key)).join(', ')
  return {
    sql: `SELECT ${hydrate} FROM (${page}) page JOIN "Image" i ON i."id" = page."id" ORDER BY ${finalOrder}`,
    params: sql.params,
  }
}

/** How many images match, counted no further than `max`. */
export function countStatement(
  flavour: DatabaseFlavour,
  scope: ListScope,
  filters: ImageFilters,
  driver: Driver | undefined,
  max: number,
): Statement {
  const sql = new SqlBuilder(flavour)
  const branches = visibleBranches(sql, scope, filters, filterConditions(sql, filters, driver))
  if (branches.length === 0) return { sql: 'SELECT 0 AS "count"', params: [] }
  const parts = branches.map(
    ({ isMember, where }) =>
      `SELECT 1 AS x FROM ${source(sql, filters, driver, isMember)} WHERE ${where.join(' AND ')}`,
  )
  return {
    sql: `SELECT count(*) AS "count" FROM (SELECT * FROM (${parts.join(' UNION ALL ')}) m LIMIT ${max}) c`,
    params: sql.params,
  }
}

/**
 * How many rows a tag or property has, counted no further than `max`; of long values how many begin alike. The index
 * alone answers, seven times as fast as with a look at the values.
 */
export function probeStatement(
  flavour: DatabaseFlavour,
  filters: ImageFilters,
  driver: Driver,
  max: number,
): Statement {
  const sql = new SqlBuilder(flavour)
  const rows =
    driver.kind === 'text'
      ? `SELECT 1 AS x FROM (${textRows(sql, filters.text ?? '')}) t`
      : driver.kind === 'tag'
        ? `SELECT 1 AS x FROM "ImageTag" t WHERE t."value" = ${sql.bind(filters.tags[driver.index] ?? '')}`
        : `SELECT 1 AS x FROM "ImageProperty" t WHERE ${prefixMatch(sql, filters.properties[driver.index])}`
  return { sql: `SELECT count(*) AS "count" FROM (${rows} LIMIT ${max}) p`, params: sql.params }
}

export interface Branch {
  /** found through the caller's membership */
  readonly isMember: boolean
  readonly where: readonly string[]
}

/**
 * The visible set as disjoint branches. `rest` are the conditions that every branch shares.
 */
export function visibleBranches(
  sql: SqlBuilder,
  scope: ListScope,
  filters: ImageFilters,
  rest: readonly string[],
): Branch[] {
  const { visibility, ownerId } = filters
  if (visibility === 'none') return []
  const live = () => `i."isDeleted" = ${sql.flag(false)}`
  const owner = () => (ownerId === undefined ? [] : [`i."ownerId" = ${sql.bind(ownerId)}`])
  const only = (value: string) => `i."visibility" = ${sql.bind(value)}`
  const { projectId } = scope
  const foreign = () => (projectId === null ? [] : [`(i."ownerId" IS NULL OR i."ownerId" <> ${sql.bind(projectId)})`])
  const memberBranch = (projectId: string): Branch => {
    const status = filters.memberStatus
    const membership = [
      `m."memberId" = ${sql.bind(projectId)}`,
      ...(status === 'all' ? [] : [`m."status" = ${sql.bind(status)}`]),
    ]
    return { isMember: true, where: [...membership, live(), only('shared'), ...foreign(), ...owner(), ...rest] }
  }
  if (filters.isSharedWithMe) return projectId === null ? [] : [memberBranch(projectId)]
  if (scope.isAdmin) {
    const limit =
      visibility === undefined
        ? [`(i."visibility" <> 'community'${projectId === null ? '' : ` OR i."ownerId" = ${sql.bind(projectId)}`})`]
        : visibility === 'all'
          ? []
          : [only(visibility)]
    return [{ isMember: false, where: [live(), ...limit, ...owner(), ...rest] }]
  }
  const branches: Branch[] = []
  if (projectId !== null && (ownerId === undefined || ownerId === projectId)) {
    const limit = visibility === undefined || visibility === 'all' ? [] : [only(visibility)]
    branches.push({
      isMember: false,
      where: [live(), `i."ownerId" = ${sql.bind(projectId)}`, ...limit, ...rest],
    })
  }
  const open = visibility === undefined ? ['public'] : visibility === 'all' ? ['public', 'community'] : [visibility]
  for (const value of open.filter((name) => name === 'public' || name === 'community')) {
    branches.push({ isMember: false, where: [live(), only(value), ...foreign(), ...owner(), ...rest] })
  }
  if (projectId !== null && (visibility === undefined || visibility === 'all' || visibility === 'shared')) {
    branches.push(memberBranch(projectId))
  }
  return branches
}

const textColumns: Readonly<Record<string, string>> = { sizeBytes: 'n', minDiskGib: 'n', minRamMib: 'n' }

export function filterConditions(sql: SqlBuilder, filters: ImageFilters, driver: Driver | undefined): string[] {
  const conditions = filters.isHidden === 'any' ? [] : [`i."isHidden" = ${sql.flag(filters.isHidden)}`]
  if (filters.isProtected !== undefined) conditions.push(`i."isProtected" = ${sql.flag(filters.isProtected)}`)
  if (filters.storeId !== undefined) {
    const rows = `SELECT 1 FROM "ImageLocation" l WHERE l."imageId" = i."id"`
    conditions.push(`EXISTS (${rows} AND l."storeId" = ${sql.bind(filters.storeId)} AND l."state" = 'active')`)
  }
  for (const { column, values } of filters.oneOf) {
    conditions.push(`i."${column}" IN (${sql.list(values)})`)
  }
  for (const { column, value } of filters.equals) {
    if (textColumns[column] !== 'n') conditions.push(`i."${column}" = ${sql.bind(value)}`)
    else if (/^-?\d{1,15}$/.test(value)) conditions.push(`i."${column}" = ${sql.integer(Number(value))}`)
    else conditions.push('1 = 0')
  }
  for (const { column, operator, at } of filters.times) {
    conditions.push(timeCondition(sql, `i."${column}"`, operator, at.getTime()))
  }
  for (const { column, min, max } of filters.ranges) {
    if (min !== undefined) conditions.push(`i."${column}" >= ${sql.integer(min)}`)
    if (max !== undefined) conditions.push(`i."${column}" <= ${sql.integer(max)}`)
  }
  const others = <T>(kind: 'tag' | 'property', items: readonly T[]) =>
    items.filter((_, index) => driver?.kind !== kind || driver.index !== index)
  const tags = others('tag', filters.tags).map((tag) => `t."value" = ${sql.bind(tag)}`)
  const properties = others('property', filters.properties).map(
    ({ name, value }) => `(t."name" = ${sql.bind(name)} AND t."value" = ${sql.bind(value)})`,
  )
  conditions.push(...allMatch('ImageTag', tags), ...allMatch('ImageProperty', properties))
  if (filters.text !== undefined && filters.text !== '' && driver?.kind !== 'text') {
    conditions.push(textCondition(sql, filters.text))
  }
  return conditions
}

/** So many joins PostgreSQL still plans in no time; with a hundred it takes half a minute. */
const JOINS_MAX = 4

/** That an image has a row for each of the matches, no two of which one row can be. */
function allMatch(table: 'ImageTag' | 'ImageProperty', matches: readonly string[]): string[] {
  const rows = `FROM "${table}" t WHERE t."imageId" = i."id" AND`
  if (matches.length <= JOINS_MAX) return matches.map((match) => `EXISTS (SELECT 1 ${rows} ${match})`)
  return [`(SELECT count(*) ${rows} (${matches.join(' OR ')})) = ${matches.length}`]
}

/** The wire shows whole seconds, so equality means "within that second". */
function timeCondition(sql: SqlBuilder, column: string, operator: string, milliseconds: number): string {
  const whole = milliseconds % 1000 === 0
  const next = milliseconds + 1000
  switch (operator) {
    case 'gt':
      return `${column} ${whole ? '>=' : '>'} ${sql.time(whole ? next : milliseconds)}`
    case 'gte':
      return `${column} >= ${sql.time(milliseconds)}`
    case 'lt':
      return `${column} < ${sql.time(milliseconds)}`
    case 'lte':
      return whole ? `${column} < ${sql.time(next)}` : `${column} <= ${sql.time(milliseconds)}`
    case 'eq':
      return `(${column} >= ${sql.time(milliseconds)} AND ${column} < ${sql.time(next)})`
    default:
      return `(${column} < ${sql.time(milliseconds)} OR ${column} >= ${sql.time(next)})`
  }
}

/** Shorter texts have no trigram that an index could find. */
const INDEXED_TEXT_MIN = 3

/** Whether an index finds the images that a text is in. */
export function isIndexedText(text: string): boolean {
  return [...text].length >= INDEXED_TEXT_MIN
}

/** A beginning of an id; nothing else in the search has such a form. */
const idStart = /^[0-9a-f]{4}[0-9a-f-]{0,32}$/

/** The ids of images that a text is in, found by indexes; only for {@link isIndexedText}. */
function textRows(sql: SqlBuilder, given: string): string {
  const text = given.toLowerCase()
  const found =
    sql.flavour === 'sqlite'
      ? `SELECT s."imageId" FROM "ImageSearchIndex" f CROSS JOIN "ImageSearch" s
          WHERE f."ImageSearchIndex" MATCH ${sql.bind(`"${text.replaceAll('"', '""')}"`)} AND s."id" = f.rowid`
      : `SELECT s."imageId" FROM "ImageSearch" s WHERE s."text" LIKE ${sql.bind(`%${escapeLike(text)}%`)} ESCAPE '\\'`
  return idStart.test(text)
    ? `${found} UNION SELECT s."imageId" FROM "ImageSearch" s WHERE ${idMatch(sql, text)}`
    : found
}

/** Each database finds a beginning by an index in its own way; PostgreSQL's order of texts need not be that of bytes. */
function idMatch(sql: SqlBuilder, start: string): string {
  if (sql.flavour === 'postgresql') return `s."imageId" LIKE ${sql.bind(`${start}%`)}`
  return `s."imageId" >= ${sql.bind(start)} AND s."imageId" < ${sql.bind(`${start}g`)}`
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`)
}

/** For texts that many images have: each is looked at in the list's order until the page is full. */
function textCondition(sql: SqlBuilder, given: string): string {
  const text = given.toLowerCase()
  const pattern = sql.bind(`%${escapeLike(text)}%`)
  const match = `EXISTS (SELECT 1 FROM "ImageSearch" s WHERE s."imageId" = i."id" AND s."text" LIKE ${pattern} ESCAPE '\\')`
  return idStart.test(text) ? `(${match} OR i."id" LIKE ${sql.bind(`${text}%`)})` : match
}

const PREFIX_LENGTH = 64

/** What of a property's value is indexed. */
export function valuePrefixOf(value: string): string {
  return value.slice(0, PREFIX_LENGTH)
}

type Property = { readonly name: string; readonly value: string }

function prefixMatch(sql: SqlBuilder, property: Property | undefined): string {
  const { name, value } = property ?? { name: '', value: '' }
  return `t."name" = ${sql.bind(name)} AND t."valuePrefix" = ${sql.bind(valuePrefixOf(value))}`
}

function propertyMatch(sql: SqlBuilder, property: Property | undefined): string {
  return `${prefixMatch(sql, property)} AND t."value" = ${sql.bind(property?.value ?? '')}`
}

/** The tables of a branch; the few rows of a driving tag or property come first, in an order the planner keeps. */
export function source(sql: SqlBuilder, filters: ImageFilters, driver: Driver | undefined, isMember: boolean): string {
  if (driver === undefined) {
    return isMember ? '"ImageMember" m JOIN "Image" i ON i."id" = m."imageId"' : '"Image" i'
  }
  const rows =
    driver.kind === 'text'
      ? textRows(sql, filters.text ?? '')
      : driver.kind === 'tag'
        ? `SELECT t."imageId" FROM "ImageTag" t WHERE t."value" = ${sql.bind(filters.tags[driver.index] ?? '')}`
        : `SELECT t."imageId" FROM "ImageProperty" t WHERE ${propertyMatch(sql, filters.properties[driver.index])}`
  const join = sql.flavour === 'sqlite' ? 'CROSS JOIN' : 'JOIN'
  const driven = `(${rows}) d ${join} "Image" i ON i."id" = d."imageId"`
  return isMember ? `${driven} JOIN "ImageMember" m ON m."imageId" = i."id"` : driven
}

function reverse(key: SortKey): SortKey {
  return { column: key.column, direction: key.direction === 'asc' ? 'desc' : 'asc' }
}

/** NULL sorts as the smallest value on both databases; SQLite does so by itself. */
function orderTerm(sql: SqlBuilder, alias: string, { column, direction }: SortKey): string {
  const term = `${alias}."${column}" ${direction.toUpperCase()}`
  if (sql.flavour === 'sqlite' || !nullable.has(column)) return term
  return `${term} NULLS ${direction === 'asc' ? 'FIRST' : 'LAST'}`
}

/**
 * Rows behind the cursor in the order of `sort`. The first key gets a bound of its own in front, so that an index scan
 * starts at the cursor; the rest only settles ties.
 */
function cursorCondition(sql: SqlBuilder, sort: readonly SortKey[], cursor: Cursor): string {
  const [first] = sort
  if (first === undefined) return '1 = 1'
  const bound = boundOf(sql, first, cursor[0] ?? null)
  const beyond = beyondFrom(sql, sort, cursor, 0)
  return bound === undefined ? beyond : `(${bound} AND ${beyond})`
}

function boundOf(sql: SqlBuilder, key: SortKey, value: string | number | null): string | undefined {
  const column = `i."${key.column}"`
  if (value === null) return key.direction === 'asc' ? undefined : `${column} IS NULL`
  if (key.direction === 'asc') return `${column} >= ${bindCursor(sql, key, value)}`
  return nullable.has(key.column) ? undefined : `${column} <= ${bindCursor(sql, key, value)}`
}

function beyondFrom(sql: SqlBuilder, sort: readonly SortKey[], cursor: Cursor, index: number): string {
  const key = sort[index]
  if (key === undefined) return '1 = 0'
  const column = `i."${key.column}"`
  const value = cursor[index] ?? null
  const ties = index + 1 < sort.length ? beyondFrom(sql, sort, cursor, index + 1) : undefined
  if (value === null) {
    const tied = ties === undefined ? '1 = 0' : `(${column} IS NULL AND ${ties})`
    return key.direction === 'asc' ? `(${column} IS NOT NULL OR ${tied})` : tied
  }
  const strict =
    key.direction === 'asc'
      ? `${column} > ${bindCursor(sql, key, value)}`
      : nullable.has(key.column)
        ? `${column} < ${bindCursor(sql, key, value)} OR ${column} IS NULL`
        : `${column} < ${bindCursor(sql, key, value)}`
  return ties === undefined ? `(${strict})` : `(${strict} OR (${column} = ${bindCursor(sql, key, value)} AND ${ties}))`
}

function bindCursor(sql: SqlBuilder, key: SortKey, value: string | number): string {
  const isTime = key.column === 'createdAt' || key.column === 'updatedAt'
  return isTime ? sql.time(Number(value)) : sql.bind(value)
}
