import { z } from 'zod'
import { type CatalogAnswer, newsMax } from '@/components/images/view'
import { apiError } from '@/lib/errors/api-error'
import { jsonResponse, readJson, type WireHandler } from '@/lib/http/wire'
import { countNews } from '@/lib/images/new-images'
import { visibleAmong } from '@/lib/images/visible-among'
import { dataContext, dataFault } from '@/lib/session/image-data'
import { catalogFilters } from './catalog-query'
import { catalogItems, listStateOf } from './load-catalog'

const idSchema = z.string().max(64)
const questionSchema = z.strictObject({
  search: z.string().max(16_384),
  // The rows of the longest page, and the image beside it.
  imageIds: z.array(idSchema).max(201),
  since: z.number().int().nullable(),
  known: z.array(idSchema).max(100),
})

/**
 * POST /api/ui/images/rows: the images of a page as they are now, and how many new ones the list has. With POST because
 * the ids of a page would not fit into every proxy's address; it changes nothing.
 */
export const catalogQuestion: WireHandler = async (request) => {
  try {
    const ctx = await dataContext(request)
    const parsed = questionSchema.safeParse(await readJson(request))
    if (!parsed.success) throw apiError('bad_request')
    const { search, imageIds, ...start } = parsed.data
    const filters = catalogFilters(ctx, listStateOf(ctx, new URLSearchParams(search)))
    const [images, newCount] = await Promise.all([
      visibleAmong(ctx, imageIds),
      countNews(ctx, filters, start, { shown: imageIds, max: newsMax + 1 }),
    ])
    const there = [...images.values()].filter(({ status }) => status !== 'deleted' && status !== 'pending_delete')
    const answer: CatalogAnswer = { items: await catalogItems(ctx, there, new Map()), newCount }
    return jsonResponse(200, answer, { 'cache-control': 'no-store' })
  } catch (error) {
    return dataFault(error, request, undefined)
  }
}
