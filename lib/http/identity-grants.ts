import type { RequestContext } from '@/lib/context/request-context'
import {
  checkRoleHeld,
  grantRole,
  listHeldRoles,
  listRoleAssignments,
  revokeRole,
} from '@/lib/identity/builtin/assignments'
import { type AssignmentTarget, systemTarget, type TargetKind } from '@/lib/identity/builtin/records'
import { hasFlag, pick, queryOf } from './identity-query'
import { identityRoute, identityUrl, listResponse, noContent, pageLinks, param } from './identity-route'
import type { RouteExports } from './route'
import { jsonResponse, type WireRequest, type WireResponse } from './wire'

/** /{projects,domains}/{id}/users/{userId}/roles and /system/users/{userId}/roles */
export function heldRolesRoute(kind: TargetKind): RouteExports {
  return identityRoute({
    GET: async (ctx, request) => {
      const items = await listHeldRoles(ctx, targetOf(kind, request), param(request, 'userId'))
      return listResponse(request, { key: 'roles', path: 'roles', items })
    },
  })
}

/** One grant: HEAD and GET check it, PUT makes it, DELETE takes it back; all answer 204. */
export function grantRoute(kind: TargetKind): RouteExports {
  const answer =
    (act: typeof checkRoleHeld) =>
    async (ctx: RequestContext, request: WireRequest): Promise<WireResponse> => {
      await act(ctx, targetOf(kind, request), param(request, 'userId'), param(request, 'roleId'))
      return noContent()
    }
  return identityRoute({
    GET: answer(checkRoleHeld),
    HEAD: answer(checkRoleHeld),
    PUT: answer(grantRole),
    DELETE: answer(revokeRole),
  })
}

function targetOf(kind: TargetKind, request: WireRequest): AssignmentTarget {
  return kind === 'system' ? systemTarget : { kind, id: param(request, 'id') }
}

/** GET /v3/role_assignments with Keystone's filters. There are no groups, so a filter for one finds nothing. */
export async function roleAssignments(ctx: RequestContext, request: WireRequest): Promise<WireResponse> {
  const query = queryOf(request)
  const assignments = await listRoleAssignments(ctx, {
    filter: { ...pick(query, { userId: 'user.id', roleId: 'role.id' }), ...scopeFilter(query) },
    isEffective: hasFlag(query, 'effective'),
    includesNames: hasFlag(query, 'include_names'),
  })
  const isForGroup = query.has('group.id') || query.has('scope.OS-INHERIT:inherited_to')
  return jsonResponse(200, {
    role_assignments: (isForGroup ? [] : assignments).map((assignment) => ({
      ...assignment,
      links: { assignment: `${identityUrl(request)}/${assignment.path}` },
      path: undefined,
    })),
    links: pageLinks(request),
  })
}

function scopeFilter(query: URLSearchParams): { targetKind?: TargetKind; targetId?: string } {
  const [projectId, domainId] = [query.get('scope.project.id'), query.get('scope.domain.id')]
  if (projectId !== null) return { targetKind: 'project', targetId: projectId }
  if (domainId !== null) return { targetKind: 'domain', targetId: domainId }
  return hasFlag(query, 'scope.system') ? { targetKind: 'system', targetId: 'all' } : {}
}
