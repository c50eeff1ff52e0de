import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { changeRegion, createRegion, deleteRegion, showRegion } from '@/lib/identity/builtin/catalog'

const [path, key] = ['regions', 'region']

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (_ctx, request) => {
    const id = param(request, 'id')
    return itemResponse(request, { key, path, item: await showRegion(id) })
  },
  PUT: async (ctx, request) => {
    const item = await createRegion(ctx, await readJson(request), param(request, 'id'))
    return itemResponse(request, { status: 201, key, path, item })
  },
  PATCH: async (ctx, request) => {
    const item = await changeRegion(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { key, path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteRegion(ctx, param(request, 'id'))
    return noContent()
  },
})
