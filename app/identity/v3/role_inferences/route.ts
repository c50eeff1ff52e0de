import { identityRoute, pageLinks } from '@/lib/http/identity-route'
import { jsonResponse } from '@/lib/http/wire'
import { listRoleInferences } from '@/lib/identity/builtin/roles'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) =>
    jsonResponse(200, { role_inferences: await listRoleInferences(ctx), links: pageLinks(request) }),
})
