import { createPropertyRequest, deleteContentRequest, listPropertiesRequest } from '@/lib/http/metadefs'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: listPropertiesRequest },
  POST: { run: createPropertyRequest, body: 'any' },
  DELETE: { run: deleteContentRequest('properties'), body: 'any' },
})
