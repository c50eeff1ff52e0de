import { type DbOrTx, db } from '@/lib/db/client'
import type { ProjectLimitRecord, RegisteredLimitRecord } from './records'

export interface RegisteredLimitFilter {
  readonly serviceId?: string
  readonly regionId?: string
  readonly resourceName?: string
}

export interface ProjectLimitFilter extends RegisteredLimitFilter {
  readonly projectId?: string
}

export type LimitWithRegistered = ProjectLimitRecord & { readonly registeredLimit: RegisteredLimitRecord }

const inOrder = [{ serviceId: 'asc' as const }, { resourceName: 'asc' as const }, { regionId: 'asc' as const }]

export function listRegisteredRows(filter: RegisteredLimitFilter): Promise<RegisteredLimitRecord[]> {
  return db().registeredLimit.findMany({ where: filter, orderBy: inOrder })
}

export function findRegistered(id: string): Promise<RegisteredLimitRecord | null> {
  return db().registeredLimit.findUnique({ where: { id } })
}

/** All or none. */
export async function insertRegistered(rows: readonly RegisteredLimitRecord[], client: DbOrTx = db()): Promise<void> {
  await client.registeredLimit.createMany({ data: [...rows] })
}

export function updateRegistered(
  id: string,
  set: Partial<Omit<RegisteredLimitRecord, 'id'>>,
  client: DbOrTx = db(),
): Promise<RegisteredLimitRecord> {
  return client.registeredLimit.update({ where: { id }, data: set })
}

/** False while projects have limits of this kind, and then it stays. */
export async function deleteRegisteredRow(id: string, client: DbOrTx = db()): Promise<boolean> {
  const { count } = await client.registeredLimit.deleteMany({ where: { id, limits: { none: {} } } })
  return count === 1
}

export async function hasProjectLimits(registeredLimitId: string): Promise<boolean> {
  return (await db().projectLimit.count({ where: { registeredLimitId } })) > 0
}

export function listLimitRows({ projectId, ...registered }: ProjectLimitFilter): Promise<LimitWithRegistered[]> {
  return db().projectLimit.findMany({
    where: { registeredLimit: registered, ...(projectId !== undefined && { projectId }) },
    include: { registeredLimit: true },
    orderBy: [{ projectId: 'asc' }, { registeredLimitId: 'asc' }],
  })
}

export function findLimit(id: string): Promise<LimitWithRegistered | null> {
  return db().projectLimit.findUnique({ where: { id }, include: { registeredLimit: true } })
}

/** All or none. */
export async function insertLimits(rows: readonly ProjectLimitRecord[], client: DbOrTx = db()): Promise<void> {
  await client.projectLimit.createMany({ data: [...rows] })
}

export function updateLimit(
  id: string,
  set: Partial<Pick<ProjectLimitRecord, 'resourceLimit' | 'description'>>,
  client: DbOrTx = db(),
): Promise<LimitWithRegistered> {
  return client.projectLimit.update({ where: { id }, data: set, include: { registeredLimit: true } })
}

export async function deleteLimitRow(id: string, client: DbOrTx = db()): Promise<boolean> {
  const { count } = await client.projectLimit.deleteMany({ where: { id } })
  return count === 1
}
