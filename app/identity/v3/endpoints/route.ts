import { pick, queryOf } from '@/lib/http/identity-query'
import { identityRoute, itemResponse, listResponse } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { createEndpoint, listEndpoints } from '@/lib/identity/builtin/catalog'

const path = 'endpoints'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const query = queryOf(request)
    const items = await listEndpoints(
      ctx,
      pick(query, { serviceId: 'service_id', interface: 'interface', regionId: 'region_id' }),
    )
    return listResponse(request, { key: path, path, items })
  },
  POST: async (ctx, request) => {
    const item = await createEndpoint(ctx, await readJson(request))
    return itemResponse(request, { status: 201, key: 'endpoint', path, item })
  },
})
