import { identityRoute, pageLinks } from '@/lib/http/identity-route'
import { jsonResponse } from '@/lib/http/wire'
import { ownToken } from '@/lib/identity/builtin/token-requests'
import { catalogWire } from '@/lib/identity/builtin/token-wire'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const { scope } = await ownToken(ctx)
    return jsonResponse(200, { catalog: await catalogWire(scope), links: pageLinks(request) })
  },
})
