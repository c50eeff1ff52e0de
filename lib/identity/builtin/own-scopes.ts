import type { RequestContext } from '@/lib/context/request-context'
import { domainWire } from './domains'
import { requireSelfOrOverseer } from './permissions'
import { findDomains, findProjects } from './project-repo'
import { projectWire } from './projects'
import { listAssignmentRows } from './role-repo'
import { isUsable } from './token-facts'

/** Projects on which a user holds a role and which can be entered. */
export async function enterableProjects(userId: string) {
  const rows = await listAssignmentRows({ userId, targetKind: 'project' })
  const projects = await findProjects([...new Set(rows.map((row) => row.targetId))])
  return projects.filter(isUsable)
}

export async function listProjectsOfUser(ctx: RequestContext, userId: string) {
  requireSelfOrOverseer(ctx, userId, 'identity:list_user_projects')
  return (await enterableProjects(userId)).map(projectWire)
}

export async function listOwnDomains(ctx: RequestContext) {
  const rows = await listAssignmentRows({ userId: ctx.principal.userId, targetKind: 'domain' })
  const domains = await findDomains([...new Set(rows.map((row) => row.targetId))])
  return domains.filter((domain) => domain.isEnabled).map(domainWire)
}

/** `[{ all: true }]` for those who may enter the system scope. */
export async function listOwnSystems(ctx: RequestContext): Promise<{ all: true }[]> {
  const rows = await listAssignmentRows({ userId: ctx.principal.userId, targetKind: 'system' })
  return rows.length === 0 ? [] : [{ all: true }]
}
