import { blobStream } from '@/lib/http/blob-stream'
import { getImageData, putImageData } from '@/lib/http/image-data'
import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import type { WireHandler } from '@/lib/http/wire'
import { dataContext, dataFault, dispositionOf } from '@/lib/session/image-data'

// Reached only under plain `next start`: the listener carries the same requests on Node's own streams.
const answer: WireHandler = async (request) => {
  const imageId = request.params.imageId ?? ''
  try {
    const ctx = await dataContext(request)
    if (request.method === 'PUT') return await putImageData(ctx, request, imageId, request.body())
    const { status, headers, data } = await getImageData(ctx, request, imageId)
    if (data === undefined) return { status, headers, body: null }
    const more = { 'content-disposition': dispositionOf(data.image) }
    return { status, headers: { ...headers, ...more }, body: blobStream(data.reader, data.length) }
  } catch (error) {
    return dataFault(error, request, undefined)
  }
}

const handle = (request: Request, context: WebRouteContext) => answerWeb(answer, request, context)

export { handle as GET, handle as PUT }
