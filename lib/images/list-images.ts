import type { RequestContext } from '@/lib/context/request-context'
import { type RawReader, rawReader } from '@/lib/db/raw-query'
import { apiError } from '@/lib/errors/api-error'
import { allowed, enforce } from '@/lib/policy/enforce'
import { mayUseProperty } from '@/lib/policy/property-protection'
import { imageTarget, projectTarget } from '@/lib/policy/targets'
import type { Image } from './image'
import type { Cursor, ImageFilters, ImageQuery, SortKey } from './image-query'
import { findDeletedImage, findImage } from './image-repo'
import { hydration, type ImageRow, imageOfRow } from './image-rows'
import { countStatement, type Driver, isIndexedText, listStatement, probeStatement } from './list-sql'
import { asSeenBy, isCatalogAdmin, listScope, withoutHidden } from './visibility'

/** Up to this many rows of a tag or property are cheaper to sort than the catalog is to scan in order. */
const DRIVER_ROWS_MAX = 2000

/** A page is filled from so many more rows at a time where policy hides some that the catalog shows, and so often. */
const REFILL_ROWS = 1000
const REFILLS_MAX = 20

/**
 * One page of what the caller may see, in the query's order. By the default rules policy hides nothing that the catalog
 * shows; where rules were changed so that it does, further rows fill the page, and one is short only after thousands.
 */
export async function listImages(ctx: RequestContext, query: ImageQuery): Promise<Image[]> {
  enforce(ctx, 'get_images', projectTarget(ctx))
  if (query.limit <= 0 || asksForHidden(ctx, query.filters)) return []
  const reader = rawReader()
  const driver = await chooseDriver(reader, query.filters)
  const isBackwards = query.before !== undefined
  let part = query
  let shown: readonly Image[] = []
  for (let refills = 0; refills <= REFILLS_MAX; refills++) {
    const statement = listStatement(reader.flavour, listScope(ctx), part, driver, hydration[reader.flavour])
    const rows = await reader.tuples<ImageRow>(statement.sql, statement.params)
    const images = rows.map((row) => imageOfRow(row))
    const readable = images.filter((image) => allowed(ctx, 'get_image', imageTarget(asFound(ctx, image))))
    shown = isBackwards ? [...readable, ...shown] : [...shown, ...readable]
    const edge = isBackwards ? images[0] : images.at(-1)
    if (edge === undefined || images.length < part.limit || shown.length >= query.limit) break
    const cursor = cursorOf(edge, query.sort)
    part = { ...query, limit: REFILL_ROWS, ...(isBackwards ? { before: cursor } : { after: cursor }) }
  }
  const page = isBackwards ? shown.slice(-query.limit) : shown.slice(0, query.limit)
  return page.map((image) => withoutHidden(ctx, image))
}

/** Somebody else's shared image is in a list because of a membership; rules may ask for it. */
function asFound(ctx: RequestContext, image: Image): Image {
  const { projectId } = ctx.principal
  const isInvited = image.visibility === 'shared' && image.ownerId !== projectId && !isCatalogAdmin(ctx)
  return isInvited ? { ...image, memberId: projectId } : image
}

/** A value that may not be read may not be guessed either: for the caller no image has such a property. */
function asksForHidden(ctx: RequestContext, { properties }: ImageFilters): boolean {
  return properties.some(({ name }) => !mayUseProperty(ctx, name, 'read'))
}

/** How many images the caller may see with these filters, counted no further than `max`. */
export async function countImages(ctx: RequestContext, filters: ImageFilters, max = 10_000): Promise<number> {
  enforce(ctx, 'get_images', projectTarget(ctx))
  if (asksForHidden(ctx, filters)) return 0
  const reader = rawReader()
  const driver = await chooseDriver(reader, filters)
  const statement = countStatement(reader.flavour, listScope(ctx), filters, driver, max)
  const [row] = await reader.all<{ count: number | string }>(statement.sql, statement.params)
  return Number(row?.count ?? 0)
}

/** The tag, property or text with the fewest rows, if it has few; neither database keeps statistics that tell. */
async function chooseDriver(reader: RawReader, filters: ImageFilters): Promise<Driver | undefined> {
  const candidates: Driver[] = [
    ...filters.tags.map((_, index) => ({ kind: 'tag' as const, index })),
    ...filters.properties.map((_, index) => ({ kind: 'property' as const, index })),
    ...(isIndexedText(filters.text ?? '') ? [{ kind: 'text' as const }] : []),
  ]
  let best: Driver | undefined
  let fewest = DRIVER_ROWS_MAX
  for (const candidate of candidates) {
    const probe = probeStatement(reader.flavour, filters, candidate, DRIVER_ROWS_MAX + 1)
    const [row] = await reader.all<{ count: number | string }>(probe.sql, probe.params)
    const count = Number(row?.count ?? 0)
    if (count > fewest) continue
    best = candidate
    fewest = count
  }
  return best
}

/** Where an image stands in an order. */
export function cursorOf(image: Image, sort: readonly SortKey[]): Cursor {
  return sort.map(({ column }) => image[column])
}

/**
 * Where the image that a page ended with stands in an order. Throws `bad_request` as for an unknown id when the caller
 * may not see it; an administrator may go on from a deleted one. Source: images.md 5.1.
 */
export async function cursorOfMarker(ctx: RequestContext, marker: string, sort: readonly SortKey[]): Promise<Cursor> {
  const live = await findImage(marker)
  const found = live === undefined && isCatalogAdmin(ctx) ? await findDeletedImage(marker) : live
  const image = found === undefined ? undefined : await asSeenBy(ctx, found)
  if (image === undefined) throw apiError('bad_request', { public: `No image found with ID ${marker}` })
  return cursorOf(image, sort)
}
