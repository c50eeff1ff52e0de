import { z } from 'zod'
import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { now } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'

const failureSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  message: z.string(),
  requestId: z.string().optional(),
})

/** An image that an act could not change, and why. */
export type BulkFailure = z.output<typeof failureSchema>

/** What one part of an act came to. */
export interface BulkPart {
  readonly doneCount: number
  readonly failed: readonly BulkFailure[]
  /** reason of each that was left out */
  readonly skipped: readonly string[]
}

/** What became of an act on many images. */
export interface BulkRun {
  readonly id: string
  readonly projectId: string
  readonly userId: string
  /** as the caller wrote it */
  readonly act: unknown
  readonly doneCount: number
  readonly failedCount: number
  readonly skippedCount: number
  /** the first ones */
  readonly failed: readonly BulkFailure[]
  readonly skipped: Readonly<Record<string, number>>
  /** epoch milliseconds */
  readonly createdAt: number
  readonly updatedAt: number
}

/** How many failures of one act are kept by name. */
export const failuresKept = 1000

/**
 * Keeps what a part of an act came to, for as long as tasks are kept; the first part, without `runId`, begins a run. Gives
 * the run's id. Throws `not_found` for a run of somebody else.
 */
export async function noteBulkPart(
  ctx: RequestContext,
  part: BulkPart,
  run: { readonly act: object; readonly runId?: string | undefined },
): Promise<string> {
  const { userId } = ctx.principal
  const projectId = ctx.principal.projectId ?? ''
  const at = now()
  const expiresAt = new Date(at.getTime() + config().tasks.timeToLiveHours * 3_600_000)
  return await inTransaction(db(), async (tx) => {
    const { runId: id } = run
    if (id === undefined) {
      await tx.bulkRun.deleteMany({ where: { expiresAt: { lt: at } } })
      const made = newId()
      await tx.bulkRun.create({
        data: {
          ...{ id: made, projectId, userId, act: plain(run.act) },
          ...sumOf({ doneCount: 0, failed: [], skipped: {}, failedCount: 0, skippedCount: 0 }, part),
          ...{ createdAt: at, updatedAt: at, expiresAt },
        },
      })
      return made
    }
    // Its row is held before it is read, so that two parts at once are both counted.
    const { count } = await tx.bulkRun.updateMany({ where: { id, userId, projectId }, data: { updatedAt: at } })
    const row = count === 0 ? null : await tx.bulkRun.findUnique({ where: { id } })
    if (row === null) throw apiError('not_found')
    await tx.bulkRun.update({ where: { id }, data: { ...sumOf(runOf(row), part), updatedAt: at, expiresAt } })
    return id
  })
}

/** The acts of the caller's project, an administrator's those of all, newest first. */
export async function listBulkRuns(ctx: RequestContext, limit: number): Promise<BulkRun[]> {
  const rows = await db().bulkRun.findMany({
    where: {
      expiresAt: { gte: now() },
      ...(!isCatalogAdmin(ctx) && { projectId: ctx.principal.projectId ?? '' }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
  })
  return rows.map(runOf)
}

type Sums = Pick<BulkRun, 'doneCount' | 'failedCount' | 'skippedCount' | 'failed' | 'skipped'>

function sumOf(former: Sums, { doneCount, failed, skipped }: BulkPart) {
  const reasons: Record<string, number> = { ...former.skipped }
  for (const reason of skipped) reasons[reason] = (reasons[reason] ?? 0) + 1
  return {
    doneCount: former.doneCount + doneCount,
    failedCount: former.failedCount + failed.length,
    skippedCount: former.skippedCount + skipped.length,
    failed: plain([...former.failed, ...failed].slice(0, failuresKept)),
    skipped: plain(reasons),
  }
}

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof db>['bulkRun']['findUnique']>>>

function runOf({ failed, skipped, createdAt, updatedAt, expiresAt: _expiresAt, ...row }: Row): BulkRun {
  return {
    ...row,
    failed: z.array(failureSchema).parse(failed),
    skipped: z.record(z.string(), z.number()).parse(skipped),
    createdAt: createdAt.getTime(),
    updatedAt: updatedAt.getTime(),
  }
}

/** A copy without what JSON has no word for. */
function plain(value: object) {
  return JSON.parse(JSON.stringify(value))
}
