import { enabledOf, pick, queryOf } from '@/lib/http/identity-query'
import { identityRoute, itemResponse, listResponse } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { createDomain, listDomains } from '@/lib/identity/builtin/domains'

const path = 'domains'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const query = queryOf(request)
    const items = await listDomains(ctx, { ...pick(query, { name: 'name' }), ...enabledOf(query) })
    return listResponse(request, { key: path, path, items })
  },
  POST: async (ctx, request) => {
    const item = await createDomain(ctx, await readJson(request))
    return itemResponse(request, { status: 201, key: 'domain', path, item })
  },
})
