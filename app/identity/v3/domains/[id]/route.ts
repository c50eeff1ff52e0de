import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { changeDomain, deleteDomain, showDomain } from '@/lib/identity/builtin/domains'

const [path, key] = ['domains', 'domain']

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const id = param(request, 'id')
    return itemResponse(request, { key, path, item: await showDomain(ctx, id) })
  },
  PATCH: async (ctx, request) => {
    const item = await changeDomain(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { key, path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteDomain(ctx, param(request, 'id'))
    return noContent()
  },
})
