import { createTagsRequest, deleteContentRequest, listTagsRequest } from '@/lib/http/metadefs'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: listTagsRequest, body: 'any' },
  POST: { run: createTagsRequest, body: 'any' },
  DELETE: { run: deleteContentRequest('tags'), body: 'any' },
})
