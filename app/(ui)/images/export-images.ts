import { csvLine, type ExportField, exportFields, exportObject } from '@/components/images/export-columns'
import { defaultImageColumns } from '@/components/images/image-list-spec'
import type { ListState } from '@/components/table/list-spec'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import type { WireHandler } from '@/lib/http/wire'
import type { Image } from '@/lib/images/image'
import { imageView } from '@/lib/images/view'
import { now } from '@/lib/runtime/clock'
import { dataContext, dataFault } from '@/lib/session/image-data'
import { catalogFilters, catalogSort } from './catalog-query'
import { listStateOf } from './load-catalog'
import { pagesOf } from './pages-of'

const kinds = {
  csv: { type: 'text/csv; charset=utf-8; header=present', chunks: csvChunks },
  json: { type: 'application/json', chunks: jsonChunks },
} as const

/**
 * GET /api/ui/images/export: the whole list that the query describes, with the columns that it shows, in the list's own
 * order, as CSV or JSON (`as`). It is read page by page as fast as the browser takes it. Other than a page of the list it
 * refuses what it does not understand: a filter that was left out would export more than was asked for.
 */
export const exportRequest: WireHandler = async (request) => {
  try {
    const ctx = await dataContext(request)
    const params = new URLSearchParams(request.query)
    const as = params.get('as')
    if (as !== 'csv' && as !== 'json') throw apiError('bad_request', { public: 'as must be csv or json.' })
    params.delete('as')
    const state = listStateOf(ctx, params)
    const pages = imagePages(ctx, state)
    // What is refused is refused before the answer begins.
    const first = await pages.next()
    const { type, chunks } = kinds[as]
    const fields = exportFields(state.columns ?? defaultImageColumns)
    const day = now().toISOString().slice(0, 10)
    return {
      status: 200,
      headers: {
        'content-type': type,
        'content-disposition': `attachment; filename="images-${day}.${as}"`,
        'cache-control': 'no-store',
      },
      body: streamOf(chunks(fields, from(first, pages)), request.signal),
    }
  } catch (error) {
    return dataFault(error, request, undefined)
  }
}

const imagePages = (ctx: RequestContext, state: ListState) =>
  pagesOf(ctx, { filters: catalogFilters(ctx, state), sort: catalogSort(state) })

async function* from(first: IteratorResult<readonly Image[], void>, rest: AsyncGenerator<readonly Image[], void>) {
  if (first.done) return
  yield first.value
  yield* rest
}

type Fields = readonly ExportField[]
type Pages = AsyncIterable<readonly Image[]>

/** Spreadsheets take a file for UTF-8 when it begins with a byte order mark. */
async function* csvChunks(fields: Fields, pages: Pages): AsyncGenerator<string, void> {
  yield `\uFEFF${csvLine(fields.map(({ name }) => name))}`
  for await (const images of pages) {
    yield images.map((image) => csvLine(fields.map(({ of }) => of(imageView(image))))).join('')
  }
}

async function* jsonChunks(fields: Fields, pages: Pages): AsyncGenerator<string, void> {
  let isFirst = true
  for await (const images of pages) {
    const objects = images.map((image) => JSON.stringify(exportObject(fields, imageView(image))))
    yield `${isFirst ? '[\n' : ',\n'}${objects.join(',\n')}`
    isFirst = false
  }
  yield isFirst ? '[]\n' : '\n]\n'
}

/** The next page is read when the last one was taken. An error breaks the answer off, so that nobody takes it for whole. */
function streamOf(source: AsyncGenerator<string, void>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        signal.throwIfAborted()
        const { value, done } = await source.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await source.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
