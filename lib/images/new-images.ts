import type { RequestContext } from '@/lib/context/request-context'
import { now } from '@/lib/runtime/clock'
import { completeSort, type ImageFilters } from './image-query'
import { listImages } from './list-images'

/** Times of images are whole seconds, by the clocks of several nodes, and an image is seen only when it is committed. */
const SLACK_MS = 60_000
const KNOWN_MAX = 50

export interface NewsStart {
  /** milliseconds; null where all that matched is shown, so that whatever else matches is new */
  readonly since: number | null
  /** images from then on that are no news */
  readonly known: readonly string[]
}

const newestFirst = completeSort([])

/**
 * Where "new since now" begins for a list: a little before now, and without those images of that little while that are
 * there already.
 */
export async function newsStart(ctx: RequestContext, filters: ImageFilters): Promise<NewsStart> {
  const since = Math.floor(now().getTime() / 1000) * 1000 - SLACK_MS
  const images = await listImages(ctx, { filters: from(filters, since), sort: newestFirst, limit: KNOWN_MAX + 1 })
  const beyond = images[KNOWN_MAX]
  if (beyond === undefined) return { since, known: images.map(({ id }) => id) }
  // Too many to name: the second after the first that is not named.
  const later = beyond.createdAt + 1000
  return { since: later, known: images.filter(({ createdAt }) => createdAt >= later).map(({ id }) => id) }
}

/**
 * How many images match, were created since the start and are neither shown nor known, counted no further than `max`: by
 * the query and the policy of the list, from its newest end, so that it costs the same however many there are.
 */
export async function countNews(
  ctx: RequestContext,
  filters: ImageFilters,
  { since, known }: NewsStart,
  { shown, max }: { readonly shown: readonly string[]; readonly max: number },
): Promise<number> {
  const old = new Set([...known, ...shown])
  const images = await listImages(ctx, {
    filters: since === null ? filters : from(filters, since),
    sort: newestFirst,
    limit: old.size + max,
  })
  return Math.min(images.filter(({ id }) => !old.has(id)).length, max)
}

function from(filters: ImageFilters, since: number): ImageFilters {
  return { ...filters, times: [...filters.times, { column: 'createdAt', operator: 'gte', at: new Date(since) }] }
}
