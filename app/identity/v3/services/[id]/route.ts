import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { changeService, deleteService, showService } from '@/lib/identity/builtin/catalog'

const [path, key] = ['services', 'service']

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const id = param(request, 'id')
    return itemResponse(request, { key, path, item: await showService(ctx, id) })
  },
  PATCH: async (ctx, request) => {
    const item = await changeService(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { key, path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteService(ctx, param(request, 'id'))
    return noContent()
  },
})
