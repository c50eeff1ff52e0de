import { pick, queryOf } from '@/lib/http/identity-query'
import { identityRoute, itemResponse, listResponse } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { createRole, listRoles } from '@/lib/identity/builtin/roles'

const path = 'roles'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const query = queryOf(request)
    const items = await listRoles(ctx, pick(query, { name: 'name' }))
    return listResponse(request, { key: path, path, items })
  },
  POST: async (ctx, request) => {
    const item = await createRole(ctx, await readJson(request))
    return itemResponse(request, { status: 201, key: 'role', path, item })
  },
})
