import { type DbOrTx, db, type Tx } from '@/lib/db/client'
import type { AssignmentTarget, ImplicationRecord, RoleRecord } from './records'

export function listRoleRows(filter: { readonly name?: string } = {}): Promise<RoleRecord[]> {
  return db().role.findMany({ where: filter, orderBy: [{ name: 'asc' }, { id: 'asc' }] })
}

export function findRole(id: string): Promise<RoleRecord | null> {
  return db().role.findUnique({ where: { id } })
}

export function insertRole(role: RoleRecord, client: DbOrTx = db()): Promise<RoleRecord> {
  return client.role.create({ data: role })
}

export function updateRole(
  id: string,
  set: Partial<Omit<RoleRecord, 'id'>>,
  client: DbOrTx = db(),
): Promise<RoleRecord> {
  return client.role.update({ where: { id }, data: set })
}

/** Returns whether there was such a row. */
export async function deleteRoleRow(id: string, client: DbOrTx = db()): Promise<boolean> {
  return (await client.role.deleteMany({ where: { id } })).count > 0
}

export function listImplicationRows(): Promise<ImplicationRecord[]> {
  return db().roleImplication.findMany({ orderBy: [{ priorRoleId: 'asc' }, { impliedRoleId: 'asc' }] })
}

export async function upsertImplication(row: ImplicationRecord, client: DbOrTx = db()): Promise<void> {
  await client.roleImplication.upsert({ where: { priorRoleId_impliedRoleId: row }, create: row, update: {} })
}

/** Returns whether there was such a row. */
export async function deleteImplication(row: ImplicationRecord, client: DbOrTx = db()): Promise<boolean> {
  return (await client.roleImplication.deleteMany({ where: row })).count > 0
}

export interface AssignmentFilter {
  readonly userId?: string
  readonly roleId?: string
  readonly targetKind?: string
  readonly targetId?: string
}

export interface AssignmentRecord {
  readonly userId: string
  readonly roleId: string
  readonly targetKind: string
  readonly targetId: string
}

export function listAssignmentRows(filter: AssignmentFilter): Promise<AssignmentRecord[]> {
  return db().roleAssignment.findMany({
    where: filter,
    orderBy: [{ targetKind: 'asc' }, { targetId: 'asc' }, { userId: 'asc' }, { roleId: 'asc' }],
  })
}

export async function directRoleIds(userId: string, target: AssignmentTarget): Promise<string[]> {
  const rows = await listAssignmentRows({ userId, targetKind: target.kind, targetId: target.id })
  return rows.map((row) => row.roleId)
}

/** Returns whether it is new. */
export async function upsertAssignment(row: AssignmentRecord, tx: Tx): Promise<boolean> {
  const { userId, roleId, targetKind, targetId } = row
  const key = { userId, roleId, targetKind, targetId }
  const where = { userId_roleId_targetKind_targetId: key }
  const isNew = (await tx.roleAssignment.findUnique({ where })) === null
  await tx.roleAssignment.upsert({ where, create: key, update: {} })
  return isNew
}

/** Returns whether there was such a row. */
export async function deleteAssignment(row: AssignmentRecord, client: DbOrTx = db()): Promise<boolean> {
  const { userId, roleId, targetKind, targetId } = row
  return (await client.roleAssignment.deleteMany({ where: { userId, roleId, targetKind, targetId } })).count > 0
}
