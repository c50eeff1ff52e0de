import { identityRoute, itemResponse, noContent, param } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { changeProject, deleteProject, showProject } from '@/lib/identity/builtin/projects'

const [path, key] = ['projects', 'project']

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const id = param(request, 'id')
    return itemResponse(request, { key, path, item: await showProject(ctx, id) })
  },
  PATCH: async (ctx, request) => {
    const item = await changeProject(ctx, param(request, 'id'), await readJson(request))
    return itemResponse(request, { key, path, item })
  },
  DELETE: async (ctx, request) => {
    await deleteProject(ctx, param(request, 'id'))
    return noContent()
  },
})
