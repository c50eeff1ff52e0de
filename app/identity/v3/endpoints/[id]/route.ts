import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { changeEndpoint, deleteEndpoint, showEndpoint } from '@/lib/identity/builtin/catalog'

const [path, key] = ['endpoints', 'endpoint']

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const id = param(request, 'id')
    return itemResponse(request, { key, path, item: await showEndpoint(ctx, id) })
  },
  PATCH: async (ctx, request) => {
    const item = await changeEndpoint(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { key, path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteEndpoint(ctx, param(request, 'id'))
    return noContent()
  },
})
