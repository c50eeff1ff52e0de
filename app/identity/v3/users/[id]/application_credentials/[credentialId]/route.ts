import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { deleteCredential, showCredential } from '@/lib/identity/builtin/credentials'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const userId = param(request, 'id')
    const item = await showCredential(ctx, userId, param(request, 'credentialId'))
    const path = `users/${userId}/application_credentials`
    return itemResponse(request, { key: 'application_credential', path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteCredential(ctx, param(request, 'id'), param(request, 'credentialId'))
    return noContent()
  },
})
