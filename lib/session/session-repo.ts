import { db } from '@/lib/db/client'

export interface SessionRow {
  readonly idHash: string
  readonly userId: string
  readonly userName: string
  readonly secretEncrypted: string
  readonly expiresAt: Date
}

export async function insertSession(row: SessionRow, createdAt: Date): Promise<void> {
  await db().dashboardSession.create({ data: { ...row, createdAt, lastSeenAt: createdAt } })
}

export async function findSession(idHash: string): Promise<SessionRow | null> {
  return await db().dashboardSession.findUnique({ where: { idHash } })
}

export async function replaceSecret(idHash: string, secretEncrypted: string, seenAt: Date): Promise<void> {
  await db().dashboardSession.updateMany({ where: { idHash }, data: { secretEncrypted, lastSeenAt: seenAt } })
}

export async function deleteSession(idHash: string): Promise<void> {
  await db().dashboardSession.deleteMany({ where: { idHash } })
}

export async function deleteSessionsBefore(moment: Date): Promise<void> {
  await db().dashboardSession.deleteMany({ where: { expiresAt: { lt: moment } } })
}
