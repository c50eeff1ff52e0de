import type { RequestContext } from '@/lib/context/request-context'
import { rawReader } from '@/lib/db/raw-query'
import { allowed, enforce } from '@/lib/policy/enforce'
import { mayUseProperty } from '@/lib/policy/property-protection'
import { imageTarget, projectTarget } from '@/lib/policy/targets'
import {
  type FamiliesQuery,
  type FamilyColumns,
  type FamilyKind,
  familiesStatement,
  osProperties,
  placeStatement,
} from './families-sql'
import type { Image } from './image'
import { completeSort, type ImageFilters, noFilters } from './image-query'
import { hydration, type ImageRow, imageOfRow } from './image-rows'
import { listImages } from './list-images'
import { listScope, withoutHidden } from './visibility'

/** Which images are versions of one another: of one owner by their name, or of one system by what they say of it. */
export type Family =
  | { readonly kind: 'name'; readonly ownerId: string; readonly name: string }
  | { readonly kind: 'os'; readonly ownerId: string | null; readonly values: readonly string[] }

export interface FamilySummary {
  readonly family: Family
  readonly newest: Image
  readonly count: number
  readonly hiddenCount: number
  readonly sizeBytes: number
}

/** Values that may not be read must not show by what they group. */
export function mayGroupBy(ctx: RequestContext, kind: FamilyKind): boolean {
  return kind === 'name' || osProperties.every((name) => mayUseProperty(ctx, name, 'read'))
}

/** A page of families of what the caller may see, those with the newest image first. */
export async function listFamilies(ctx: RequestContext, query: FamiliesQuery): Promise<FamilySummary[]> {
  enforce(ctx, 'get_images', projectTarget(ctx))
  if (!mayGroupBy(ctx, query.kind)) return []
  const reader = rawReader()
  const statement = familiesStatement(reader.flavour, listScope(ctx), query, hydration[reader.flavour])
  const rows = await reader.tuples<readonly [...ImageRow, ...FamilyColumns]>(statement.sql, statement.params)
  return rows.flatMap((row): FamilySummary[] => {
    const [count, hidden, bytes] = row.slice(HYDRATED) as unknown as FamilyColumns
    const newest = imageOfRow(row as unknown as ImageRow)
    const family = familyOf(newest, query.kind, query.ownerId ?? null)
    if (family === undefined || !allowed(ctx, 'get_image', imageTarget(newest))) return []
    const sums = { count: Number(count), hiddenCount: Number(hidden), sizeBytes: Number(bytes) }
    return [{ family, newest: withoutHidden(ctx, newest), ...sums }]
  })
}

/** How many places of a row the hydration fills. */
const HYDRATED = 21

/** The family that an image belongs to; undefined for one without a name, or that does not say what system it has. */
export function familyOf(image: Image, kind: FamilyKind, ownerId: string | null): Family | undefined {
  if (kind === 'name') {
    if (image.ownerId === null || image.name === null || image.name === '') return undefined
    return { kind, ownerId: image.ownerId, name: image.name }
  }
  const values = osProperties.map((name) => image.properties[name])
  return values.every((value) => value !== undefined) ? { kind, ownerId, values } : undefined
}

/** The versions of a family that the caller may see, newest first, hidden ones too. */
export async function listVersions(ctx: RequestContext, family: Family, limit: number): Promise<Image[]> {
  if (!mayGroupBy(ctx, family.kind)) return []
  return await listImages(ctx, { filters: versionFilters(family), sort: completeSort([]), limit })
}

function versionFilters(family: Family): ImageFilters {
  const all: ImageFilters = {
    ...noFilters,
    isHidden: 'any',
    visibility: 'all',
    ...(family.ownerId !== null && { ownerId: family.ownerId }),
  }
  if (family.kind === 'name') return { ...all, oneOf: [{ column: 'name', values: [family.name] }] }
  return { ...all, properties: osProperties.map((name, index) => ({ name, value: family.values[index] ?? '' })) }
}

export interface FamilyPlace {
  readonly family: Family
  /** 1 is the oldest */
  readonly position: number
  readonly count: number
  /** null when rules hide it from the caller */
  readonly newest: Image | null
}

/** Where an image stands among those of its name and owner; undefined when it is the only one. */
export async function familyPlace(ctx: RequestContext, image: Image): Promise<FamilyPlace | undefined> {
  const family = familyOf(image, 'name', null)
  if (family === undefined || !allowed(ctx, 'get_images', projectTarget(ctx))) return undefined
  const reader = rawReader()
  const asked = { filters: versionFilters(family), image }
  const statement = placeStatement(reader.flavour, listScope(ctx), asked, hydration[reader.flavour])
  const [row] = await reader.tuples<readonly [...ImageRow, number | string, number | string]>(
    statement.sql,
    statement.params,
  )
  const [count, newer] = [Number(row?.[HYDRATED] ?? 0), Number(row?.[HYDRATED + 1] ?? 0)]
  if (row === undefined || count < 2) return undefined
  const newest = imageOfRow(row as unknown as ImageRow)
  const isShown = allowed(ctx, 'get_image', imageTarget(newest))
  return { family, position: count - newer, count, newest: isShown ? withoutHidden(ctx, newest) : null }
}

/** A family as text for an address. */
export function familyKey(family: Family): string {
  const parts = family.kind === 'name' ? [family.name] : family.values
  return Buffer.from(JSON.stringify([family.kind, family.ownerId, ...parts])).toString('base64url')
}

/** Reads a family back; undefined when the text names none. */
export function familyOfKey(key: string): Family | undefined {
  const [kind, ownerId, ...parts] = partsOf(key)
  const values = parts.filter((part) => typeof part === 'string')
  // PostgreSQL has no NUL in its texts.
  if ([ownerId, ...parts].some((part) => typeof part === 'string' && part.includes('\0'))) return undefined
  if (values.length !== parts.length || (typeof ownerId !== 'string' && ownerId !== null)) return undefined
  const [name] = values
  if (kind === 'name' && ownerId !== null && name !== undefined && values.length === 1) return { kind, ownerId, name }
  return kind === 'os' && values.length === osProperties.length ? { kind, ownerId, values } : undefined
}

function partsOf(key: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(key, 'base64url').toString())
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}
