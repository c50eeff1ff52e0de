import { z } from 'zod'
import type { Db, Tx } from '@/lib/db/client'
import { rawReader } from '@/lib/db/raw-query'

/** A rule as administrators set it: a check string, or lists of checks. */
export type StoredValue = string | readonly (string | readonly string[])[]

export type PolicyAction = 'preset' | 'edit' | 'import' | 'rollback'

/** One state of the rules that administrators set; `rules` is all of them, not the difference. */
export interface PolicyRevision {
  readonly number: number
  readonly action: PolicyAction
  /** the preset that was chosen, or the number that was gone back to */
  readonly detail: string | null
  readonly rules: ReadonlyMap<string, StoredValue>
  readonly reason: string
  readonly userId: string | null
  readonly userName: string | null
  /** epoch milliseconds */
  readonly createdAt: number
}

const rulesSchema = z.record(z.string(), z.union([z.string(), z.array(z.union([z.string(), z.array(z.string())]))]))
const actionSchema = z.enum(['preset', 'edit', 'import', 'rollback'])

type Row = NonNullable<Awaited<ReturnType<Db['policyRevision']['findUnique']>>>

function revisionOf({ action, rules, createdAt, ...row }: Row): PolicyRevision {
  return {
    ...row,
    action: actionSchema.parse(action),
    rules: new Map(Object.entries(rulesSchema.parse(rules))),
    createdAt: createdAt.getTime(),
  }
}

/** The number of the newest revision; 0 before the first. Every node asks this all the time. */
export async function newestRevisionNumber(): Promise<number> {
  const sql = 'SELECT "number" FROM "PolicyRevision" ORDER BY "number" DESC LIMIT 1'
  const [row] = await rawReader().tuples<[number]>(sql, [])
  return row?.[0] ?? 0
}

export async function findRevision(client: Db | Tx, number: number): Promise<PolicyRevision | undefined> {
  const row = await client.policyRevision.findUnique({ where: { number } })
  return row === null ? undefined : revisionOf(row)
}

export async function findNewestRevision(client: Db | Tx): Promise<PolicyRevision | undefined> {
  const row = await client.policyRevision.findFirst({ orderBy: { number: 'desc' } })
  return row === null ? undefined : revisionOf(row)
}

/** Newest first; only numbers below `before`, when that is given. */
export async function findRevisions(
  client: Db,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<PolicyRevision[]> {
  const rows = await client.policyRevision.findMany({
    ...(before !== undefined && { where: { number: { lt: before } } }),
    orderBy: { number: 'desc' },
    take: limit,
  })
  return rows.map(revisionOf)
}

/** Adds a revision. Its number is its key: of two who add the same one, the second fails with a conflict. */
export async function insertRevision(tx: Tx, { rules, createdAt, ...revision }: PolicyRevision): Promise<void> {
  await tx.policyRevision.create({
    data: { ...revision, rules: JSON.parse(JSON.stringify(Object.fromEntries(rules))), createdAt: new Date(createdAt) },
    select: { number: true },
  })
}
