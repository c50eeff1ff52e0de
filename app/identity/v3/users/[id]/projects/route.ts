import { identityRoute, listResponse, param } from '@/lib/http/identity-route'
import { listProjectsOfUser } from '@/lib/identity/builtin/own-scopes'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const items = await listProjectsOfUser(ctx, param(request, 'id'))
    return listResponse(request, { key: 'projects', path: 'projects', items })
  },
})
