import { deleteNamespaceRequest, showNamespaceRequest, updateNamespaceRequest } from '@/lib/http/metadefs'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: showNamespaceRequest },
  PUT: { run: updateNamespaceRequest, body: 'any' },
  DELETE: { run: deleteNamespaceRequest },
})
