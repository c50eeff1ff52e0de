import { pick, queryOf } from '@/lib/http/identity-query'
import { identityRoute, listResponse, madeResponse } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { createLimits, listLimits } from '@/lib/identity/builtin/limits'

const place = { key: 'limits', path: 'limits' }

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const query = queryOf(request)
    const items = await listLimits(
      ctx,
      pick(query, {
        serviceId: 'service_id',
        regionId: 'region_id',
        resourceName: 'resource_name',
        projectId: 'project_id',
      }),
    )
    return listResponse(request, { ...place, items })
  },
  POST: async (ctx, request) => {
    const items = await createLimits(ctx, await readJson(request))
    return madeResponse(request, { ...place, items })
  },
})
