import { setTimeout as later } from 'node:timers/promises'
import type { ViewCounts } from '@/components/images/catalog-tabs'
import { imageListSpec, imageViews } from '@/components/images/image-list-spec'
import type { CatalogPage, ImageItem, Total } from '@/components/images/view'
import type { ListState } from '@/components/table/list-spec'
import { parseListSearch } from '@/components/table/list-url'
import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { getImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import type { ImageFilters } from '@/lib/images/image-query'
import { countImages, cursorOf, listImages } from '@/lib/images/list-images'
import { memberCounts } from '@/lib/images/members'
import { newsStart } from '@/lib/images/new-images'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { stores } from '@/lib/stores/registry'
import { projectNames } from '../projects'
import { catalogFilters, catalogSort, decodeCursor, encodeCursor, viewFilters } from './catalog-query'
import { imageItem } from './image-item'

const countMax = 10_000
/**
 * The rows shall be made and on their way before all that match are counted: SQLite lets nothing else happen meanwhile,
 * and PostgreSQL takes a core that the page needs.
 */
const countAfterMs = 100

export function catalogSpec(ctx: RequestContext) {
  const storeIds = stores().all.map(({ id }) => id)
  return imageListSpec(config().formats, storeIds, isCatalogAdmin(ctx))
}

/**
 * What a query asks for, for what must not pass over a part of it as a page does, which drops that with a notice. Throws
 * `bad_request`.
 */
export function listStateOf(ctx: RequestContext, params: URLSearchParams): ListState {
  const { state, dropped } = parseListSearch(params, catalogSpec(ctx))
  if (dropped.length === 0) return state
  throw apiError('bad_request', { public: `The list does not know what this asks for: ${dropped.join(', ')}` })
}

export interface LoadedCatalog extends CatalogPage {
  /** The address held a cursor that belongs to no such list. */
  readonly isCursorLost: boolean
}

/** One page of the catalog, with the cursors of its neighbours. */
export async function loadCatalog(ctx: RequestContext, state: ListState, pageSize: number): Promise<LoadedCatalog> {
  const filters = catalogFilters(ctx, state)
  const sort = catalogSort(state)
  const text = state.after ?? state.before
  const cursor = text === null ? null : decodeCursor(text, sort.length)
  const isBackwards = cursor !== null && state.after === null
  // Before the rows are read, so that nothing that comes in between is missed.
  const start = await newsStart(ctx, filters)
  const [rows, names] = await Promise.all([
    // One more than shown tells whether there is another page.
    listImages(ctx, {
      filters,
      sort,
      limit: pageSize + 1,
      ...(cursor !== null && (isBackwards ? { before: cursor } : { after: cursor })),
    }),
    projectNames(),
  ])
  const hasMore = rows.length > pageSize
  const shown = isBackwards ? rows.slice(hasMore ? 1 : 0) : rows.slice(0, pageSize)
  const cursorText = (image: Image | undefined, isWanted: boolean) =>
    image === undefined || !isWanted ? null : encodeCursor(cursorOf(image, sort))
  const isWhole = cursor === null && !hasMore
  return {
    items: await catalogItems(ctx, shown, names),
    total: countMatching(ctx, filters),
    next: cursorText(shown.at(-1), isBackwards || hasMore),
    previous: cursorText(shown[0], isBackwards ? hasMore : cursor !== null),
    start: isWhole ? { since: null, known: [] } : start,
    isCursorLost: text !== null && cursor === null,
  }
}

/** As rows of the catalog show them; `names` are those of projects. */
export async function catalogItems(
  ctx: RequestContext,
  images: readonly Image[],
  names: ReadonlyMap<string, string>,
): Promise<ImageItem[]> {
  const counts = await memberCounts(ctx, images)
  return images.map((image) => ({
    ...imageItem(ctx, image),
    ownerName: names.get(image.ownerId ?? '') ?? null,
    sharedWith: counts.get(image.id) ?? null,
  }))
}

/** The image to be looked at beside the list, which need not be on its page; null when the reader may see none. */
export async function loadPeeked(
  ctx: RequestContext,
  items: readonly ImageItem[],
  imageId: string,
): Promise<ImageItem | null> {
  const shown = items.find(({ image }) => image.id === imageId)
  if (shown !== undefined) return shown
  try {
    return imageItem(ctx, await getImage(ctx, imageId))
  } catch (error) {
    if (isApiError(error) && error.status === 404) return null
    throw error
  }
}

/** Never rejects, as with the views. */
async function countMatching(ctx: RequestContext, filters: ImageFilters): Promise<Total | null> {
  await later(countAfterMs)
  try {
    return await count(ctx, filters)
  } catch (error) {
    ctx.log.warn({ err: error }, 'counting a list failed')
    return null
  }
}

/** How many images each view holds. Never rejects: a page without these numbers is still a page. */
export async function countViews(ctx: RequestContext, views: readonly string[]): Promise<ViewCounts> {
  try {
    const known = imageViews.filter((view) => views.includes(view))
    const counts = await Promise.all(known.map((view) => count(ctx, viewFilters(ctx, view))))
    return Object.fromEntries(known.map((view, index) => [view, counts[index] ?? { count: 0, isExact: true }]))
  } catch (error) {
    ctx.log.warn({ err: error }, 'counting the catalog views failed')
    return null
  }
}

async function count(ctx: RequestContext, filters: ImageFilters): Promise<Total> {
  const found = await countImages(ctx, filters, countMax + 1)
  return { count: Math.min(found, countMax), isExact: found <= countMax }
}
