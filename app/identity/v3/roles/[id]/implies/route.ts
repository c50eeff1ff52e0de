import { identityRoute, param } from '@/lib/http/identity-route'
import { jsonResponse } from '@/lib/http/wire'
import { listImpliedBy } from '@/lib/identity/builtin/roles'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => jsonResponse(200, { role_inference: await listImpliedBy(ctx, param(request, 'id')) }),
})
