import { pick, queryOf } from '@/lib/http/identity-query'
import { identityRoute, listResponse, madeResponse } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { createRegisteredLimits, listRegisteredLimits } from '@/lib/identity/builtin/registered-limits'

const place = { key: 'registered_limits', path: 'registered_limits' }

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (_ctx, request) => {
    const query = queryOf(request)
    const items = await listRegisteredLimits(
      pick(query, { serviceId: 'service_id', regionId: 'region_id', resourceName: 'resource_name' }),
    )
    return listResponse(request, { ...place, items })
  },
  POST: async (ctx, request) => {
    const items = await createRegisteredLimits(ctx, await readJson(request))
    return madeResponse(request, { ...place, items })
  },
})
