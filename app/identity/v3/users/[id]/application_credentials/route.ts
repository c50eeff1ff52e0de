import { queryOf } from '@/lib/http/identity-query'
import { identityRoute, itemResponse, listResponse, param } from '@/lib/http/identity-route'
import { readJson, type WireRequest } from '@/lib/http/wire'
import { createCredential, listCredentials } from '@/lib/identity/builtin/credentials'

const pathOf = (request: WireRequest) => `users/${param(request, 'id')}/application_credentials`

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const name = queryOf(request).get('name') ?? undefined
    const items = await listCredentials(ctx, param(request, 'id'), name)
    return listResponse(request, { key: 'application_credentials', path: pathOf(request), items })
  },
  POST: async (ctx, request) => {
    const item = await createCredential(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { status: 201, key: 'application_credential', path: pathOf(request), item })
  },
})
