import { deletePropertyRequest, showPropertyRequest, updatePropertyRequest } from '@/lib/http/metadefs'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: showPropertyRequest, body: 'any' },
  PUT: { run: updatePropertyRequest, body: 'any' },
  DELETE: { run: deletePropertyRequest, body: 'any' },
})
