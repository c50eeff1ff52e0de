import { identityRoute, listResponse } from '@/lib/http/identity-route'
import { listProjectsOfUser } from '@/lib/identity/builtin/own-scopes'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) =>
    listResponse(request, {
      key: 'projects',
      path: 'projects',
      items: await listProjectsOfUser(ctx, ctx.principal.userId),
    }),
})
