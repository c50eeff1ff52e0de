import { createTagRequest, deleteTagRequest, renameTagRequest, showTagRequest } from '@/lib/http/metadefs'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: showTagRequest },
  POST: { run: createTagRequest },
  PUT: { run: renameTagRequest, body: 'any' },
  DELETE: { run: deleteTagRequest },
})
