import { pick, queryOf } from '@/lib/http/identity-query'
import { identityRoute, itemResponse, listResponse } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { createRegion, listRegions } from '@/lib/identity/builtin/catalog'

const path = 'regions'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (_ctx, request) => {
    const query = queryOf(request)
    const items = await listRegions(pick(query, { parentRegionId: 'parent_region_id' }))
    return listResponse(request, { key: path, path, items })
  },
  POST: async (ctx, request) => {
    const item = await createRegion(ctx, await readJson(request))
    return itemResponse(request, { status: 201, key: 'region', path, item })
  },
})
