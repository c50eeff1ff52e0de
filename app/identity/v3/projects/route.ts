import { enabledOf, pick, queryOf } from '@/lib/http/identity-query'
import { identityRoute, itemResponse, listResponse } from '@/lib/http/identity-route'
import { readJson } from '@/lib/http/wire'
import { createProject, listProjects } from '@/lib/identity/builtin/projects'

const path = 'projects'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async (ctx, request) => {
    const query = queryOf(request)
    const items = await listProjects(ctx, {
      ...pick(query, { name: 'name', domainId: 'domain_id' }),
      ...enabledOf(query),
    })
    return listResponse(request, { key: path, path, items })
  },
  POST: async (ctx, request) => {
    const item = await createProject(ctx, await readJson(request))
    return itemResponse(request, { status: 201, key: 'project', path, item })
  },
})
