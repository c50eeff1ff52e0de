import { enabledOf, pick, queryOf } from '@/lib/http/identity-query'
import { identityRoute, itemResponse, listResponse } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { createUser, listUsers } from '@/lib/identity/builtin/users'

const path = 'users'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const query = queryOf(request)
    const items = await listUsers(ctx, { ...pick(query, { name: 'name', domainId: 'domain_id' }), ...enabledOf(query) })
    return listResponse(request, { key: path, path, items })
  },
  POST: async (ctx, request) => {
    const item = await createUser(ctx, await readJson(request))
    return itemResponse(request, { status: 201, key: 'user', path, item })
  },
})
