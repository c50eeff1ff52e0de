import { type DbOrTx, db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import type { DomainRecord, UserRecord } from './records'

export interface UserFilter {
  readonly name?: string
  readonly domainId?: string
  readonly isEnabled?: boolean
}

export type UserWithDomain = UserRecord & { readonly domain: DomainRecord }

export function listUserRows(filter: UserFilter): Promise<UserRecord[]> {
  return db().user.findMany({ where: filter, orderBy: [{ name: 'asc' }, { id: 'asc' }] })
}

export function findUser(id: string): Promise<UserWithDomain | null> {
  return db().user.findUnique({ where: { id }, include: { domain: true } })
}

export function findUsers(ids: readonly string[]): Promise<UserWithDomain[]> {
  return db().user.findMany({ where: { id: { in: [...ids] } }, include: { domain: true } })
}

export function findUserByName(domainId: string, name: string): Promise<UserWithDomain | null> {
  return db().user.findUnique({ where: { domainId_name: { domainId, name } }, include: { domain: true } })
}

export function insertUser(
  user: UserRecord & { readonly createdAt: Date },
  client: DbOrTx = db(),
): Promise<UserRecord> {
  return client.user.create({ data: user })
}

export interface HeldRole {
  readonly roleId: string
  readonly targetKind: string
  readonly targetId: string
}

/** The user and its roles appear together or not at all. */
export async function insertUserWithRoles(
  user: UserRecord & { readonly createdAt: Date },
  held: readonly HeldRole[],
): Promise<void> {
  await db().user.create({ data: { ...user, assignments: { create: [...held] } } })
}

export function updateUser(
  id: string,
  set: Partial<Omit<UserRecord, 'id' | 'domainId'>>,
  client: DbOrTx = db(),
): Promise<UserRecord> {
  return client.user.update({ where: { id }, data: set })
}

/** Tokens, assignments and application credentials go with the row; false when there was none. */
export async function deleteUserRow(id: string, client: DbOrTx = db()): Promise<boolean> {
  return await inTransaction(client, async (tx) => {
    await tx.dashboardSession.deleteMany({ where: { userId: id } })
    return (await tx.user.deleteMany({ where: { id } })).count > 0
  })
}
