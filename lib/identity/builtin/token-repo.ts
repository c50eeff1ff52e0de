import { z } from 'zod'
import { type DbOrTx, db, type Tx } from '@/lib/db/client'
import type { CredentialRecord, TokenRecord } from './records'

export async function insertToken(token: TokenRecord): Promise<void> {
  await db().identityToken.create({ data: token })
}

export function findTokenRow(idHash: string): Promise<TokenRecord | null> {
  return db().identityToken.findUnique({ where: { idHash } })
}

/** Returns whether there was such a token. */
export async function deleteTokenRow(idHash: string): Promise<boolean> {
  return (await db().identityToken.deleteMany({ where: { idHash } })).count > 0
}

export async function deleteTokensOfUser(userId: string, client: DbOrTx = db()): Promise<void> {
  await client.identityToken.deleteMany({ where: { userId } })
}

export async function deleteTokensExpiredBefore(moment: Date): Promise<number> {
  return (await db().identityToken.deleteMany({ where: { expiresAt: { lt: moment } } })).count
}

const roleIdsSchema = z.array(z.string())

export async function listCredentialRows(userId: string, name?: string): Promise<CredentialRecord[]> {
  const rows = await db().applicationCredential.findMany({
    where: { userId, ...(name !== undefined && { name }) },
    orderBy: [{ name: 'asc' }],
  })
  return rows.map((row) => ({ ...row, roleIds: roleIdsSchema.parse(row.roleIds) }))
}

export async function findCredential(id: string): Promise<CredentialRecord | null> {
  const row = await db().applicationCredential.findUnique({ where: { id } })
  return row === null ? null : { ...row, roleIds: roleIdsSchema.parse(row.roleIds) }
}

export async function insertCredential(
  credential: CredentialRecord & { readonly createdAt: Date },
  client: DbOrTx = db(),
): Promise<void> {
  await client.applicationCredential.create({ data: { ...credential, roleIds: [...credential.roleIds] } })
}

/** The credential's tokens go with it; false when there was none. */
export async function deleteCredentialRow(id: string, tx: Tx): Promise<boolean> {
  await tx.identityToken.deleteMany({ where: { applicationCredentialId: id } })
  return (await tx.applicationCredential.deleteMany({ where: { id } })).count > 0
}
