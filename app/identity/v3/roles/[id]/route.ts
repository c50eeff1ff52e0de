import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { changeRole, deleteRole, showRole } from '@/lib/identity/builtin/roles'

const [path, key] = ['roles', 'role']

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const id = param(request, 'id')
    return itemResponse(request, { key, path, item: await showRole(ctx, id) })
  },
  PATCH: async (ctx, request) => {
    const item = await changeRole(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { key, path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteRole(ctx, param(request, 'id'))
    return noContent()
  },
})
