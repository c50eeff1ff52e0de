import { emptyResponse, type WireHandler } from '@/lib/http/wire'
import { dataContext, dataFault } from './image-data'

/** GET /api/ui/session: 204 while the session is good for pages, 401 when its owner must sign in again. */
export const sessionRequest: WireHandler = async (request) => {
  try {
    await dataContext(request)
    return emptyResponse(204, { 'cache-control': 'no-store' })
  } catch (error) {
    return dataFault(error, request, undefined)
  }
}
