import { identityRoute, listResponse } from '@/lib/http/identity-route'
import { listOwnDomains } from '@/lib/identity/builtin/own-scopes'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) =>
    listResponse(request, { key: 'domains', path: 'domains', items: await listOwnDomains(ctx) }),
})
