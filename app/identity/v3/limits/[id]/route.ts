import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { changeLimit, deleteLimit, showLimit } from '@/lib/identity/builtin/limits'

const [path, key] = ['limits', 'limit']

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const item = await showLimit(ctx, param(request, 'id'))
    return itemResponse(request, { key, path, item })
  },
  PATCH: async (ctx, request) => {
    const item = await changeLimit(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { key, path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteLimit(ctx, param(request, 'id'))
    return noContent()
  },
})
