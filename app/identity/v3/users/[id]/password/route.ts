import { identityRoute, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { changePassword } from '@/lib/identity/builtin/users'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  POST: async (ctx, request) => {
    await changePassword(ctx, param(request, 'id'), await readJson(request), request.remoteAddress)
    return noContent()
  },
})
