import { z } from 'zod'
import { type DbOrTx, db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import type { Actor } from '@/lib/events/event'
import { insertEvents } from '@/lib/events/event-repo'
import { now } from '@/lib/runtime/clock'
import { memberEvent } from './image-events'
import { type ImageMember, type MemberStatus, memberStatuses } from './member'

export async function isMember(imageId: string, projectId: string): Promise<boolean> {
  return (await db().imageMember.count({ where: { imageId, memberId: projectId } })) > 0
}

/** The memberships of an image in the order they were made: all of them, or one project's. */
export async function findMembers(imageId: string, memberId?: string): Promise<ImageMember[]> {
  const rows = await db().imageMember.findMany({
    where: { imageId, ...(memberId !== undefined && { memberId }) },
    orderBy: [{ createdAt: 'asc' }, { memberId: 'asc' }],
  })
  return rows.map(memberOfRow)
}

/** One project's memberships of these images. */
export async function findMembershipsOf(memberId: string, imageIds: readonly string[]): Promise<ImageMember[]> {
  if (imageIds.length === 0) return []
  const rows = await db().imageMember.findMany({ where: { memberId, imageId: { in: [...imageIds] } } })
  return rows.map(memberOfRow)
}

/** How many members of each status these images have. */
export async function countMembersOf(imageIds: readonly string[]) {
  if (imageIds.length === 0) return []
  const groups = await db().imageMember.groupBy({
    by: ['imageId', 'status'],
    where: { imageId: { in: [...imageIds] } },
    _count: true,
  })
  return groups.map(({ imageId, status, _count: count }) => ({ imageId, status, count }))
}

/**
 * Keeps an image shared until the transaction ends, so that its members are added one after the other. False when there
 * is no such image or it is not shared. Setting what is set already locks the row, and the image's own time and
 * revision stay.
 */
export async function holdShared(tx: Tx, imageId: string): Promise<boolean> {
  const { count } = await tx.image.updateMany({
    where: { id: imageId, isDeleted: false, visibility: 'shared' },
    data: { visibility: 'shared' },
  })
  return count === 1
}

export function countMembers(tx: DbOrTx, imageId: string): Promise<number> {
  return tx.imageMember.count({ where: { imageId } })
}

/** Writes a new membership that waits for its project's answer. Fails with Prisma's P2002 when there is one. */
export async function insertMember(tx: Tx, imageId: string, memberId: string, by: Actor): Promise<ImageMember> {
  const createdAt = now()
  const data = { imageId, memberId, status: 'pending', createdAt, updatedAt: createdAt }
  const member = memberOfRow(await tx.imageMember.create({ data }))
  await insertEvents(tx, [memberEvent('image.member.create', by, member)])
  return member
}

/** The membership with its new status, or undefined when it was removed meanwhile. */
export function changeMemberStatus(
  member: ImageMember,
  status: MemberStatus,
  by: Actor,
): Promise<ImageMember | undefined> {
  const { imageId, memberId } = member
  return inTransaction(db(), async (tx) => {
    const updatedAt = now()
    const { count } = await tx.imageMember.updateMany({ where: { imageId, memberId }, data: { status, updatedAt } })
    if (count === 0) return undefined
    const changed = { ...member, status, updatedAt: updatedAt.getTime() }
    await insertEvents(tx, [memberEvent('image.member.update', by, changed, { was: member })])
    return changed
  })
}

/** True for the one caller who removed it. */
export function deleteMember(member: ImageMember, by: Actor): Promise<boolean> {
  const { imageId, memberId } = member
  return inTransaction(db(), async (tx) => {
    const { count } = await tx.imageMember.deleteMany({ where: { imageId, memberId } })
    if (count === 0) return false
    await insertEvents(tx, [memberEvent('image.member.delete', by, member, { was: member, deletedAt: now() })])
    return true
  })
}

interface MemberRow {
  readonly imageId: string
  readonly memberId: string
  readonly status: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

function memberOfRow(row: MemberRow): ImageMember {
  const { imageId, memberId, createdAt, updatedAt } = row
  const status = z.enum(memberStatuses).parse(row.status)
  return { imageId, memberId, status, createdAt: createdAt.getTime(), updatedAt: updatedAt.getTime() }
}
