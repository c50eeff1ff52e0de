import { identityRoute, noContent, param } from '@/lib/http/identity-route'
import { jsonResponse, type WireRequest } from '@/lib/http/wire'
import { createImplication, removeImplication, showImplication } from '@/lib/identity/builtin/roles'

const idsOf = (request: WireRequest) => [param(request, 'id'), param(request, 'impliedId')] as const

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => jsonResponse(200, { role_inference: await showImplication(ctx, ...idsOf(request)) }),
  HEAD: async (ctx, request) => {
    await showImplication(ctx, ...idsOf(request))
    return noContent()
  },
  PUT: async (ctx, request) => jsonResponse(201, { role_inference: await createImplication(ctx, ...idsOf(request)) }),
  DELETE: async (ctx, request) => {
    await removeImplication(ctx, ...idsOf(request))
    return noContent()
  },
})
