import type { DatabaseFlavour } from '@/lib/db/client'
import { type ImageFilters, type ListScope, noFilters } from './image-query'
import { filterConditions, SqlBuilder, type Statement, visibleBranches } from './list-sql'

/** What the versions of one image have in common. */
export const familyKinds = ['name', 'os'] as const
export type FamilyKind = (typeof familyKinds)[number]

/** The properties that families of the same system agree in. */
export const osProperties = ['os_distro', 'os_version', 'architecture'] as const

export interface FamiliesQuery {
  readonly kind: FamilyKind
  /** only this project's images; absent: all that the caller sees, each owner's names by themselves */
  readonly ownerId?: string
  readonly text?: string
  readonly limit: number
  /** the newest image of the family that the page before ended with */
  readonly after?: Stamped
}

/** Columns behind those of the hydration. */
export type FamilyColumns = readonly [count: number | string, hidden: number | string, sizeBytes: number | string]

/**
 * One page of families as one statement, each with its newest image; a lone image is none. The order is that of the
 * newest images, so what was made last stands first.
 */
export function familiesStatement(
  flavour: DatabaseFlavour,
  scope: ListScope,
  query: FamiliesQuery,
  hydrate: string,
): Statement {
  const sql = new SqlBuilder(flavour)
  const filters: ImageFilters = {
    ...noFilters,
    isHidden: 'any',
    visibility: 'all',
    ...(query.ownerId !== undefined && { ownerId: query.ownerId }),
    ...(query.text !== undefined && query.text !== '' && { text: query.text }),
  }
  const isByName = query.kind === 'name'
  const shared = filterConditions(sql, filters, undefined)
  if (isByName) shared.push(`i."name" <> ''`, `i."ownerId" IS NOT NULL`)
  const joins = isByName
    ? ''
    : osProperties
        .map(
          (name, index) =>
            `JOIN "ImageProperty" k${index} ON k${index}."imageId" = i."id" AND k${index}."name" = '${name}'`,
        )
        .join(' ')
  const keys = isByName ? ['i."ownerId"', 'i."name"'] : osProperties.map((_, index) => `k${index}."value"`)
  const columns = keys.map((key, index) => `${key} AS "key${index}"`).join(', ')
  const stamp = stampOf(flavour)
  const parts = visibleBranches(sql, scope, filters, shared).map(
    ({ isMember, where }) =>
      `SELECT ${stamp.column} AS "stamp", i."sizeBytes", i."isHidden", ${columns} FROM ${
        isMember ? '"ImageMember" m JOIN "Image" i ON i."id" = m."imageId"' : '"Image" i'
      } ${joins} WHERE ${where.join(' AND ')}`,
  )
  if (parts.length === 0) return { sql: `SELECT ${hydrate} FROM "Image" i WHERE 1 = 0`, params: [] }
  const { after } = query
  const beyond = after === undefined ? '' : ` AND max(v."stamp") < ${sql.bind(stamp.of(after))}`
  return {
    sql: `SELECT ${hydrate}, g."count", g."hidden", g."bytes" FROM (
      SELECT max(v."stamp") AS "newest", count(*) AS "count", coalesce(sum(v."sizeBytes"), 0) AS "bytes",
        sum(CASE WHEN v."isHidden" = ${sql.flag(true)} THEN 1 ELSE 0 END) AS "hidden"
      FROM (${parts.join(' UNION ALL ')}) v
      GROUP BY ${keys.map((_, index) => `v."key${index}"`).join(', ')}
      HAVING count(*) > 1${beyond} ORDER BY "newest" DESC LIMIT ${query.limit}
    ) g JOIN "Image" i ON i."id" = ${stamp.idIn('g."newest"')} ORDER BY g."newest" DESC`,
    params: sql.params,
  }
}

/**
 * When an image was made and its id as one text that sorts as the two do: so one aggregate finds the newest image of a
 * family, a third of what window functions take.
 */
function stampOf(flavour: DatabaseFlavour) {
  const time = (milliseconds: number) => new Date(milliseconds).toISOString()
  if (flavour === 'sqlite') {
    return {
      column: `i."createdAt" || i."id"`,
      of: ({ createdAt, id }: Stamped) => time(createdAt).replace('Z', '+00:00') + id,
      idIn: (text: string) => `substr(${text}, ${'2026-01-01T00:00:00.000+00:00'.length + 1})`,
    }
  }
  return {
    column: `(to_char(i."createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS') || i."id") COLLATE "C"`,
    of: ({ createdAt, id }: Stamped) => time(createdAt).slice(0, -1) + id,
    idIn: (text: string) => `substr(${text}, ${'2026-01-01T00:00:00.000'.length + 1}) COLLATE "default"`,
  }
}

interface Stamped {
  readonly createdAt: number
  readonly id: string
}

/** The newest of the images that filters find, with how many there are and how many are newer than the given one. */
export function placeStatement(
  flavour: DatabaseFlavour,
  scope: ListScope,
  {
    filters,
    image,
  }: { readonly filters: ImageFilters; readonly image: { readonly id: string; readonly createdAt: number } },
  hydrate: string,
): Statement {
  const sql = new SqlBuilder(flavour)
  const parts = visibleBranches(sql, scope, filters, filterConditions(sql, filters, undefined)).map(
    ({ isMember, where }) =>
      `SELECT i."id", i."createdAt" FROM ${
        isMember ? '"ImageMember" m JOIN "Image" i ON i."id" = m."imageId"' : '"Image" i'
      } WHERE ${where.join(' AND ')}`,
  )
  if (parts.length === 0) return { sql: `SELECT ${hydrate} FROM "Image" i WHERE 1 = 0`, params: [] }
  const at = sql.time(image.createdAt)
  const isNewer = `v."createdAt" > ${at} OR (v."createdAt" = ${at} AND v."id" > ${sql.bind(image.id)})`
  return {
    sql: `SELECT ${hydrate}, g."count", g."newer" FROM (
      SELECT v."id", v."createdAt", count(*) OVER () AS "count",
        sum(CASE WHEN ${isNewer} THEN 1 ELSE 0 END) OVER () AS "newer"
      FROM (${parts.join(' UNION ALL ')}) v ORDER BY v."createdAt" DESC, v."id" DESC LIMIT 1
    ) g JOIN "Image" i ON i."id" = g."id"`,
    params: sql.params,
  }
}
