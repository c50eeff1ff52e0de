import type { RequestContext } from '@/lib/context/request-context'
import type { Image } from '@/lib/images/image'
import type { ImageQuery } from '@/lib/images/image-query'
import { cursorOf, listImages } from '@/lib/images/list-images'

const PAGE_ROWS = 500

/** All that the caller may see of a query, one page held at a time. No page is empty. */
export async function* pagesOf(
  ctx: RequestContext,
  query: Pick<ImageQuery, 'filters' | 'sort' | 'after'>,
): AsyncGenerator<readonly Image[], void> {
  let part: ImageQuery = { ...query, limit: PAGE_ROWS }
  for (;;) {
    const images = await listImages(ctx, part)
    const last = images.at(-1)
    if (last === undefined) return
    yield images
    // A short page need not be the last: rules of this cloud may hide rows.
    part = { ...part, after: cursorOf(last, query.sort) }
  }
}
