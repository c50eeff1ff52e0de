import { pick, queryOf } from '@/lib/http/identity-query'
import { identityRoute, itemResponse, listResponse } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { createService, listServices } from '@/lib/identity/builtin/catalog'

const path = 'services'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const query = queryOf(request)
    const items = await listServices(ctx, pick(query, { name: 'name', type: 'type' }))
    return listResponse(request, { key: path, path, items })
  },
  POST: async (ctx, request) => {
    const item = await createService(ctx, await readJson(request))
    return itemResponse(request, { status: 201, key: 'service', path, item })
  },
})
