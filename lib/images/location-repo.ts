import { z } from 'zod'
import { config } from '@/lib/config/load'
import type { Db, DbOrTx } from '@/lib/db/client'
import { now } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { self } from './self'

export interface LocationRow {
  readonly id: string
  readonly imageId: string
  readonly storeId: string
  readonly url: string
}

const columns = { id: true, imageId: true, storeId: true, url: true } as const

/** Staged bytes lie in a folder of one node; another one may have something else under the same name. */
const withinReach = () => ({ OR: [{ nodeId: null }, { nodeId: self().nodeId }] })

/**
 * Locations whose bytes this node must remove, of one image or all, oldest first, leaving out stores that are not to be
 * asked now and what somebody else has claimed. Claim a location before you remove its bytes.
 */
export async function findDeletingLocations(
  client: Db,
  withoutStoreIds: readonly string[],
  imageId?: string,
): Promise<LocationRow[]> {
  return await client.imageLocation.findMany({
    where: {
      state: 'deleting',
      storeId: { notIn: [...withoutStoreIds] },
      ...(imageId !== undefined && { imageId }),
      AND: [unclaimed(), withinReach()],
    },
    select: columns,
    orderBy: { createdAt: 'asc' },
    take: 1000,
  })
}

/** What an import has put away for an image so far, and what waits for it. */
export async function findUnseenLocations(
  client: DbOrTx,
  imageId: string,
): Promise<(LocationRow & { state: 'staged' | 'held' })[]> {
  const rows = await client.imageLocation.findMany({
    where: { imageId, state: { in: ['staged', 'held'] } },
    select: { ...columns, state: true },
    orderBy: { position: 'asc' },
  })
  return rows.map((row) => ({ ...row, state: row.state === 'staged' ? 'staged' : 'held' }))
}

/** The right to remove the bytes of condemned locations, and to take back that they were condemned. */
export function newClaim(): string {
  const { nodeId, bootId } = self()
  return `${nodeId}/${bootId}/${newId()}`
}

/** Marks these locations, where readers know them still, as bytes that must go, which only the claim may remove yet. */
export async function condemnActive(
  tx: DbOrTx,
  locations: readonly { readonly id: string }[],
  claimId: string,
): Promise<void> {
  const ids = locations.map(({ id }) => id)
  await tx.imageLocation.updateMany({
    where: { id: { in: ids }, state: 'active' },
    data: { state: 'deleting', claimId, claimedUntil: claimEnd() },
  })
}

const formatsSchema = z.object({
  before: z.object({ diskFormat: z.string().nullable(), containerFormat: z.string().nullable() }),
})
/** What an image claimed to be before the bytes that wait for its import were converted. */
export type FormatsBefore = z.infer<typeof formatsSchema>['before']

/** Undefined when they were not converted. */
export async function formatsBefore(tx: DbOrTx, imageId: string): Promise<FormatsBefore | undefined> {
  return formatsIn(await tx.imageLocation.findMany({ where: { imageId, state: 'staged' }, select: { metadata: true } }))
}

function formatsIn(rows: readonly { readonly metadata: unknown }[]): FormatsBefore | undefined {
  return rows.map(({ metadata }) => formatsSchema.safeParse(metadata)).find(({ success }) => success)?.data?.before
}

/** Marks bytes that wait for an import as bytes that must go; false when they do not wait any more. */
export async function condemnStaged(tx: DbOrTx, { id }: { readonly id: string }): Promise<boolean> {
  const { count } = await tx.imageLocation.updateMany({ where: { id, state: 'staged' }, data: { state: 'deleting' } })
  return count === 1
}

/**
 * Takes {@link condemnActive} back for what is still there; how many locations that were. Those that others have
 * claimed meanwhile are lost: their bytes may be going at this moment.
 */
export async function pardonLocations(tx: DbOrTx, claimId: string): Promise<number> {
  const { count } = await tx.imageLocation.updateMany({
    where: { claimId, state: 'deleting' },
    data: { state: 'active', claimId: null, claimedUntil: null },
  })
  return count
}

/** Makes a condemned location ours to remove; undefined when another has it, or it is gone or pardoned. */
export async function claimCondemned(client: Db, id: string): Promise<string | undefined> {
  const claimId = newClaim()
  const { count } = await client.imageLocation.updateMany({
    where: { id, state: 'deleting', ...unclaimed() },
    data: { claimId, claimedUntil: claimEnd() },
  })
  return count === 1 ? claimId : undefined
}

/** Lets others try what could not be removed. */
export async function releaseClaim(client: Db, claimId: string): Promise<void> {
  await client.imageLocation.updateMany({ where: { claimId }, data: { claimId: null, claimedUntil: null } })
}

function claimEnd(): Date {
  return new Date(now().getTime() + config().uploads.leaseSeconds * 1000)
}

/** What nobody has claimed, or somebody too long ago, or this node before it was started again. */
function unclaimed() {
  const { nodeId, bootId } = self()
  return {
    OR: [
      { claimId: null },
      { claimedUntil: { lt: now() } },
      { claimId: { startsWith: `${nodeId}/` }, NOT: { claimId: { startsWith: `${nodeId}/${bootId}/` } } },
    ],
  }
}

/** Forgets a location after its bytes are gone; true for the one caller who did it. */
export async function forgetLocation(client: Db, id: string): Promise<boolean> {
  const { count } = await client.imageLocation.deleteMany({ where: { id, state: 'deleting' } })
  return count === 1
}

/**
 * Forgets where an image's bytes wait on other nodes; those remove what nobody names in their folders. What the image
 * claimed to be before such bytes were converted, if they were.
 */
export async function forgetStagedElsewhere(tx: DbOrTx, imageId: string): Promise<FormatsBefore | undefined> {
  const where = { imageId, state: 'staged', NOT: withinReach() }
  const rows = await tx.imageLocation.findMany({ where, select: { metadata: true } })
  if (rows.length > 0) await tx.imageLocation.deleteMany({ where })
  return formatsIn(rows)
}

/** Locations whose bytes must go from folders of nodes that are not among these. */
export async function findDeletingElsewhere(client: Db, nodeIds: readonly string[]): Promise<LocationRow[]> {
  return await client.imageLocation.findMany({
    where: { state: 'deleting', nodeId: { not: null, notIn: [...nodeIds] } },
    select: columns,
    take: 1000,
  })
}

/** What was noted of bytes that wait for an import. */
export async function findStagedMetadata(client: DbOrTx, { id }: { readonly id: string }): Promise<unknown> {
  const row = await client.imageLocation.findFirst({ where: { id, state: 'staged' }, select: { metadata: true } })
  return row?.metadata
}

/** The node in whose folder the image's bytes wait for their import. */
export async function findStagingNode(client: DbOrTx, imageId: string): Promise<string | null> {
  const row = await client.imageLocation.findFirst({ where: { imageId, state: 'staged' }, select: { nodeId: true } })
  return row?.nodeId ?? null
}

/** Whether any location, also one that is being deleted, says that the image has bytes in this node's store. */
export async function hasLocation(client: Db, imageId: string, storeId: string): Promise<boolean> {
  return (await client.imageLocation.count({ where: { imageId, storeId, ...withinReach() } })) > 0
}

/** Whether bytes of the image are still to be removed from this node's store. */
export async function isBeingRemoved(client: DbOrTx, imageId: string, storeId: string): Promise<boolean> {
  return (await client.imageLocation.count({ where: { imageId, storeId, state: 'deleting', ...withinReach() } })) > 0
}

/** Where these images' bytes lie, whatever the store and the state. */
export async function urlsOf(client: Db, imageIds: readonly string[]): Promise<Set<string>> {
  const where = { imageId: { in: [...imageIds] } }
  const rows = await client.imageLocation.findMany({ where, select: { url: true } })
  return new Set(rows.map((row) => row.url))
}

/** Which of these URLs some location names. */
export async function knownUrls(client: Db, storeId: string, urls: readonly string[]): Promise<Set<string>> {
  const rows = await client.imageLocation.findMany({
    where: { storeId, url: { in: [...urls] } },
    select: { url: true },
  })
  return new Set(rows.map((row) => row.url))
}
