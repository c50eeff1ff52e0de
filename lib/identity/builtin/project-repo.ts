import { db } from '@/lib/db/client'
import type { DomainRecord, ProjectRecord } from './records'

export interface ProjectFilter {
  readonly name?: string
  readonly domainId?: string
  readonly isEnabled?: boolean
}

export type ProjectWithDomain = ProjectRecord & { readonly domain: DomainRecord }

const byName = [{ name: 'asc' as const }, { id: 'asc' as const }]

export function listProjectRows(filter: ProjectFilter): Promise<ProjectRecord[]> {
  return db().project.findMany({ where: filter, orderBy: byName })
}

export function findProject(id: string): Promise<ProjectWithDomain | null> {
  return db().project.findUnique({ where: { id }, include: { domain: true } })
}

export function findProjects(ids: readonly string[]): Promise<ProjectWithDomain[]> {
  return db().project.findMany({ where: { id: { in: [...ids] } }, include: { domain: true }, orderBy: byName })
}

export function findProjectByName(domainId: string, name: string): Promise<ProjectWithDomain | null> {
  return db().project.findUnique({ where: { domainId_name: { domainId, name } }, include: { domain: true } })
}

export function insertProject(project: ProjectRecord): Promise<ProjectRecord> {
  return db().project.create({ data: project })
}

export function updateProject(
  id: string,
  set: Partial<Omit<ProjectRecord, 'id' | 'domainId'>>,
): Promise<ProjectRecord> {
  return db().project.update({ where: { id }, data: set })
}

/** Removes a project with everything that is bound to it: assignments, tokens, application credentials, limits. */
export async function deleteProjectRow(id: string): Promise<void> {
  await db().$transaction([
    db().roleAssignment.deleteMany({ where: { targetKind: 'project', targetId: id } }),
    db().identityToken.deleteMany({ where: { scopeKind: 'project', scopeId: id } }),
    db().user.updateMany({ where: { defaultProjectId: id }, data: { defaultProjectId: null } }),
    db().quotaLock.deleteMany({ where: { projectId: id } }),
    db().project.deleteMany({ where: { id } }),
  ])
}

export interface DomainFilter {
  readonly name?: string
  readonly isEnabled?: boolean
}

export function listDomainRows(filter: DomainFilter): Promise<DomainRecord[]> {
  return db().domain.findMany({ where: filter, orderBy: byName })
}

export function findDomain(id: string): Promise<DomainRecord | null> {
  return db().domain.findUnique({ where: { id } })
}

export function findDomains(ids: readonly string[]): Promise<DomainRecord[]> {
  return db().domain.findMany({ where: { id: { in: [...ids] } }, orderBy: byName })
}

export function findDomainByName(name: string): Promise<DomainRecord | null> {
  return db().domain.findUnique({ where: { name } })
}

export function insertDomain(domain: DomainRecord): Promise<DomainRecord> {
  return db().domain.create({ data: domain })
}

export function updateDomain(id: string, set: Partial<Omit<DomainRecord, 'id'>>): Promise<DomainRecord> {
  return db().domain.update({ where: { id }, data: set })
}

/** Removes a domain with its users and projects, and what is bound to those. */
export async function deleteDomainRow(id: string): Promise<void> {
  const projects = await db().project.findMany({ where: { domainId: id }, select: { id: true } })
  const projectIds = projects.map((project) => project.id)
  await db().$transaction([
    db().roleAssignment.deleteMany({ where: { targetKind: 'project', targetId: { in: projectIds } } }),
    db().roleAssignment.deleteMany({ where: { targetKind: 'domain', targetId: id } }),
    db().identityToken.deleteMany({ where: { scopeKind: 'project', scopeId: { in: projectIds } } }),
    db().identityToken.deleteMany({ where: { scopeKind: 'domain', scopeId: id } }),
    db().user.updateMany({ where: { defaultProjectId: { in: projectIds } }, data: { defaultProjectId: null } }),
    db().quotaLock.deleteMany({ where: { projectId: { in: projectIds } } }),
    db().domain.deleteMany({ where: { id } }),
  ])
}
