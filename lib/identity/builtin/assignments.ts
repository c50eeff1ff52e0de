import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { forgetAllTokens } from '@/lib/identity/principal-cache'
import { requireDomain } from './domains'
import { noted, notedRemoval } from './noted'
import { requireManager, requireOverseer } from './permissions'
import { findDomains, findProjects } from './project-repo'
import { requireProject } from './projects'
import type { AssignmentTarget } from './records'
import {
  type AssignmentFilter,
  type AssignmentRecord,
  deleteAssignment,
  directRoleIds,
  listAssignmentRows,
  listImplicationRows,
  listRoleRows,
  upsertAssignment,
} from './role-repo'
import { requireRole, roleWire } from './roles'
import { withImplied } from './roles-of'
import { findUsers } from './user-repo'
import { requireUser } from './users'

/** The roles that a user was given on a target; implied ones are not among them, as in Keystone. */
export async function listHeldRoles(ctx: RequestContext, target: AssignmentTarget, userId: string) {
  requireOverseer(ctx, 'identity:list_grants')
  await requireTargetAndUser(target, userId)
  const ids = new Set(await directRoleIds(userId, target))
  return (await listRoleRows()).filter((role) => ids.has(role.id)).map(roleWire)
}

/** Throws `not_found` unless the user was given that very role. */
export async function checkRoleHeld(
  ctx: RequestContext,
  target: AssignmentTarget,
  userId: string,
  roleId: string,
): Promise<void> {
  requireOverseer(ctx, 'identity:check_grant')
  await requireTargetAndUser(target, userId)
  const ids = await directRoleIds(userId, target)
  if (!ids.includes(roleId)) throw notHeld(roleId)
}

export async function grantRole(
  ctx: RequestContext,
  target: AssignmentTarget,
  userId: string,
  roleId: string,
): Promise<void> {
  requireManager(ctx, 'identity:create_grant')
  await Promise.all([requireTargetAndUser(target, userId), requireRole(roleId)])
  const row = { userId, roleId, targetKind: target.kind, targetId: target.id }
  await noted(ctx, ['role_assignment', 'created'], async (tx) =>
    (await upsertAssignment(row, tx)) ? [{ result: row, is: assignmentNote(row) }] : [],
  )
  forgetAllTokens()
}

export async function revokeRole(
  ctx: RequestContext,
  target: AssignmentTarget,
  userId: string,
  roleId: string,
): Promise<void> {
  requireManager(ctx, 'identity:revoke_grant')
  const row = { userId, roleId, targetKind: target.kind, targetId: target.id }
  if (!(await notedRemoval(ctx, 'role_assignment', assignmentNote(row), (tx) => deleteAssignment(row, tx)))) {
    throw notHeld(roleId)
  }
  forgetAllTokens()
}

export interface AssignmentQuery {
  readonly filter: AssignmentFilter
  readonly isEffective: boolean
  readonly includesNames: boolean
}

/** Who holds what on what; with `isEffective` the implied roles too. */
export async function listRoleAssignments(
  ctx: RequestContext,
  { filter, isEffective, includesNames }: AssignmentQuery,
) {
  requireOverseer(ctx, 'identity:list_role_assignments')
  const { roleId, ...others } = filter
  const rows = await listAssignmentRows(isEffective ? others : filter)
  const wanted = isEffective ? await expand(rows, roleId) : rows
  const names = includesNames ? await namesFor(wanted) : undefined
  return wanted.map((row) => assignmentWire(row, names))
}

async function expand(rows: readonly AssignmentRecord[], roleId: string | undefined): Promise<AssignmentRecord[]> {
  const implications = await listImplicationRows()
  const found = new Map<string, AssignmentRecord>()
  for (const row of rows) {
    for (const held of withImplied([row.roleId], implications)) {
      if (roleId !== undefined && held !== roleId) continue
      found.set(`${row.userId} ${held} ${row.targetKind} ${row.targetId}`, { ...row, roleId: held })
    }
  }
  return [...found.values()]
}

interface Named {
  readonly name: string
  readonly domain?: { readonly id: string; readonly name: string }
}

type Names = ReadonlyMap<string, Named>

async function namesFor(rows: readonly AssignmentRecord[]): Promise<Names> {
  const idsOf = (kind: string) => [...new Set(rows.filter((row) => row.targetKind === kind).map((row) => row.targetId))]
  const [users, roles, projects, domains] = await Promise.all([
    findUsers([...new Set(rows.map((row) => row.userId))]),
    listRoleRows(),
    findProjects(idsOf('project')),
    findDomains(idsOf('domain')),
  ])
  const inDomain = ({ name, domain }: { name: string; domain: { id: string; name: string } }): Named => ({
    name,
    domain: { id: domain.id, name: domain.name },
  })
  return new Map<string, Named>([
    ...users.map((user) => [`user ${user.id}`, inDomain(user)] as const),
    ...roles.map((role) => [`role ${role.id}`, { name: role.name }] as const),
    ...projects.map((project) => [`project ${project.id}`, inDomain(project)] as const),
    ...domains.map((domain) => [`domain ${domain.id}`, { name: domain.name }] as const),
  ])
}

function assignmentWire(row: AssignmentRecord, names: Names | undefined) {
  const reference = (kind: string, id: string) => ({ id, ...names?.get(`${kind} ${id}`) })
  const scope =
    row.targetKind === 'system'
      ? { system: { all: true } }
      : { [row.targetKind]: reference(row.targetKind, row.targetId) }
  return { role: reference('role', row.roleId), user: reference('user', row.userId), scope, path: grantPath(row) }
}

function assignmentNote({ userId, roleId, targetKind, targetId }: AssignmentRecord) {
  return { role: roleId, user: userId, [targetKind]: targetId }
}

/** The path of a grant below /v3, which its link needs. */
function grantPath({ targetKind, targetId, userId, roleId }: AssignmentRecord): string {
  const target = targetKind === 'system' ? 'system' : `${targetKind}s/${targetId}`
  return `${target}/users/${userId}/roles/${roleId}`
}

async function requireTargetAndUser(target: AssignmentTarget, userId: string): Promise<void> {
  await requireUser(userId)
  if (target.kind === 'project') await requireProject(target.id)
  if (target.kind === 'domain') await requireDomain(target.id)
}

function notHeld(roleId: string) {
  return apiError('not_found', { public: `Could not find role assignment with role: ${roleId}.` })
}
