import { type DbOrTx, db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
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

export function insertProject(project: ProjectRecord, client: DbOrTx = db()): Promise<ProjectRecord> {
  return client.project.create({ data: project })
}

export function updateProject(
  id: string,
  set: Partial<Omit<ProjectRecord, 'id' | 'domainId'>>,
  client: DbOrTx = db(),
): Promise<ProjectRecord> {
  return client.project.update({ where: { id }, data: set })
}

/**
 * Removes a project with everything that is bound to it: assignments, tokens, application credentials, limits. False
 * when there was none.
 */
export async function deleteProjectRow(id: string, client: DbOrTx = db()): Promise<boolean> {
  return await inTransaction(client, async (tx) => {
    await tx.roleAssignment.deleteMany({ where: { targetKind: 'project', targetId: id } })
    await tx.identityToken.deleteMany({ where: { scopeKind: 'project', scopeId: id } })
    await tx.user.updateMany({ where: { defaultProjectId: id }, data: { defaultProjectId: null } })
    await tx.quotaLock.deleteMany({ where: { projectId: id } })
    return (await tx.project.deleteMany({ where: { id } })).count > 0
  })
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

export function insertDomain(domain: DomainRecord, client: DbOrTx = db()): Promise<DomainRecord> {
  return client.domain.create({ data: domain })
}

export function updateDomain(
  id: string,
  set: Partial<Omit<DomainRecord, 'id'>>,
  client: DbOrTx = db(),
): Promise<DomainRecord> {
  return client.domain.update({ where: { id }, data: set })
}

/** Removes a domain with its users and projects, and what is bound to those; false when there was none. */
export async function deleteDomainRow(id: string, client: DbOrTx = db()): Promise<boolean> {
  return await inTransaction(client, async (tx) => {
    const projects = await tx.project.findMany({ where: { domainId: id }, select: { id: true } })
    const projectIds = projects.map((project) => project.id)
    await tx.roleAssignment.deleteMany({ where: { targetKind: 'project', targetId: { in: projectIds } } })
    await tx.roleAssignment.deleteMany({ where: { targetKind: 'domain', targetId: id } })
    await tx.identityToken.deleteMany({ where: { scopeKind: 'project', scopeId: { in: projectIds } } })
    await tx.identityToken.deleteMany({ where: { scopeKind: 'domain', scopeId: id } })
    await tx.user.updateMany({ where: { defaultProjectId: { in: projectIds } }, data: { defaultProjectId: null } })
    await tx.quotaLock.deleteMany({ where: { projectId: { in: projectIds } } })
    return (await tx.domain.deleteMany({ where: { id } })).count > 0
  })
}
