import { db } from '@/lib/db/client'
import type { AssignmentTarget, ImplicationRecord, RoleRecord } from './records'

export function listRoleRows(filter: { readonly name?: string } = {}): Promise<RoleRecord[]> {
  return db().role.findMany({ where: filter, orderBy: [{ name: 'asc' }, { id: 'asc' }] })
}

export function findRole(id: string): Promise<RoleRecord | null> {
  return db().role.findUnique({ where: { id } })
}

export function insertRole(role: RoleRecord): Promise<RoleRecord> {
  return db().role.create({ data: role })
}

export function updateRole(id: string, set: Partial<Omit<RoleRecord, 'id'>>): Promise<RoleRecord> {
  return db().role.update({ where: { id }, data: set })
}

export async function deleteRoleRow(id: string): Promise<void> {
  await db().role.deleteMany({ where: { id } })
}

export function listImplicationRows(): Promise<ImplicationRecord[]> {
  return db().roleImplication.findMany({ orderBy: [{ priorRoleId: 'asc' }, { impliedRoleId: 'asc' }] })
}

export async function upsertImplication(row: ImplicationRecord): Promise<void> {
  await db().roleImplication.upsert({ where: { priorRoleId_impliedRoleId: row }, create: row, update: {} })
}

/** Returns whether there was such a row. */
export async function deleteImplication(row: ImplicationRecord): Promise<boolean> {
  return (await db().roleImplication.deleteMany({ where: row })).count > 0
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

export async function upsertAssignment(row: AssignmentRecord): Promise<void> {
  const { userId, roleId, targetKind, targetId } = row
  const key = { userId, roleId, targetKind, targetId }
  await db().roleAssignment.upsert({
    where: { userId_roleId_targetKind_targetId: key },
    create: key,
    update: {},
  })
}

/** Returns whether there was such a row. */
export async function deleteAssignment(row: AssignmentRecord): Promise<boolean> {
  const { userId, roleId, targetKind, targetId } = row
  return (await db().roleAssignment.deleteMany({ where: { userId, roleId, targetKind, targetId } })).count > 0
}
