import { listResourceTypesRequest } from '@/lib/http/metadefs'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: listResourceTypesRequest },
})
