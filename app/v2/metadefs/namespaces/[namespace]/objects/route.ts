import { createObjectRequest, deleteContentRequest, listObjectsRequest } from '@/lib/http/metadefs'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: listObjectsRequest, body: 'any' },
  POST: { run: createObjectRequest, body: 'any' },
  DELETE: { run: deleteContentRequest('objects'), body: 'any' },
})
