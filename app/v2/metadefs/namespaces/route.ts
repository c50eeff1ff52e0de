import { createNamespaceRequest, listNamespacesRequest } from '@/lib/http/metadefs'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: listNamespacesRequest, body: 'any' },
  POST: { run: createNamespaceRequest, body: 'any' },
})
