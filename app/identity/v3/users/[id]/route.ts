import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { changeUser, deleteUser, showUser } from '@/lib/identity/builtin/users'

const [path, key] = ['users', 'user']

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const id = param(request, 'id')
    return itemResponse(request, { key, path, item: await showUser(ctx, id) })
  },
  PATCH: async (ctx, request) => {
    const item = await changeUser(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { key, path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteUser(ctx, param(request, 'id'))
    return noContent()
  },
})
