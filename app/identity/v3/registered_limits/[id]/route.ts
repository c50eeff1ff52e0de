import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import {
  changeRegisteredLimit,
  deleteRegisteredLimit,
  showRegisteredLimit,
} from '@/lib/identity/builtin/registered-limits'

const [path, key] = ['registered_limits', 'registered_limit']

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (_ctx, request) => {
    const item = await showRegisteredLimit(param(request, 'id'))
    return itemResponse(request, { key, path, item })
  },
  PATCH: async (ctx, request) => {
    const item = await changeRegisteredLimit(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { key, path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteRegisteredLimit(ctx, param(request, 'id'))
    return noContent()
  },
})
