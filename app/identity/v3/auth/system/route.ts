import { identityRoute, pageLinks } from '@/lib/http/identity-route'
import { jsonResponse } from '@/lib/http/wire'
import { listOwnSystems } from '@/lib/identity/builtin/own-scopes'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => jsonResponse(200, { system: await listOwnSystems(ctx), links: pageLinks(request) }),
})
