import { deleteObjectRequest, showObjectRequest, updateObjectRequest } from '@/lib/http/metadefs'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: showObjectRequest },
  PUT: { run: updateObjectRequest, body: 'any' },
  DELETE: { run: deleteObjectRequest },
})
