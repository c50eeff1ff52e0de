import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { type DbOrTx, db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { findKeystoneLimits } from '@/lib/keystone/limits'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { isSizeLimit, type LimitName, type Limits, limitNames, type SizeLimitName } from './limit-names'
import { findBuiltinLimits } from './limit-repo'
import { lockProject, readUsage } from './usage-repo'

const MIB = 1024 * 1024
const UNLIMITED = -1

/** What may be asked of a project, read once and before the transaction that needs it. */
export interface Quota {
  readonly projectId: string
  /** undefined when there are none */
  readonly limits: Limits | undefined
  /** `user_storage_quota`; undefined when there is none */
  readonly storageBytes: number | undefined
}

/** The quota of the project that owns something; undefined when nothing is limited. May ask Keystone. */
export async function quotaOf(projectId: string | null): Promise<Quota | undefined> {
  const { limits, images } = config()
  const storageBytes = images.userStorageQuota || undefined
  if (projectId === null || (!limits.enabled && storageBytes === undefined)) return undefined
  return { projectId, limits: limits.enabled ? await limitsOf(projectId) : undefined, storageBytes }
}

/**
 * A limit of this region goes before one of every region. What nobody registered is as the settings say with the
 * built-in identity; with Keystone it may not be used at all, which is oslo.limit's rule.
 */
async function limitsOf(projectId: string): Promise<Limits> {
  const { identity, limits } = config()
  const isBuiltin = identity.backend === 'builtin'
  const found = isBuiltin ? await findBuiltinLimits(projectId, identity.region) : await findKeystoneLimits(projectId)
  const ordered = [...found].sort((a, b) => a.regionId.length - b.regionId.length)
  const known = new Map(ordered.map(({ resourceName, limit }) => [resourceName, limit]))
  const of = (name: LimitName, setting: number) => known.get(name) ?? (isBuiltin ? setting : 0)
  return {
    image_size_total: of('image_size_total', limits.imageSizeTotal),
    image_stage_total: of('image_stage_total', limits.imageStageTotal),
    image_count_total: of('image_count_total', limits.imageCountTotal),
    image_count_uploading: of('image_count_uploading', limits.imageCountUploading),
  }
}

/**
 * Runs a transaction that checks and then adds, alone among all that add to the same project. Those of one process
 * stand in line before they begin: waiting in the database each would keep a connection from others.
 */
export async function inQuotaTransaction<T>(quota: Quota | undefined, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (quota === undefined) return await inTransaction(db(), work)
  const { projectId } = quota
  return await inTurn(projectId, () =>
    inTransaction(db(), async (tx) => {
      await lockProject(tx, projectId)
      return await work(tx)
    }),
  )
}

async function inTurn<T>(projectId: string, work: () => Promise<T>): Promise<T> {
  const lines = processSingleton('quota-lines', () => new Map<string, Promise<unknown>>())
  const mine = (lines.get(projectId) ?? Promise.resolve()).then(work)
  const over = mine.catch(() => {})
  lines.set(projectId, over)
  try {
    return await mine
  } finally {
    if (lines.get(projectId) === over) lines.delete(projectId)
  }
}

/** Whether anything bounds the bytes of this kind. */
export function isBounded(quota: Quota | undefined, name: SizeLimitName): boolean {
  return quota !== undefined && boundsOf(quota, name).length > 0
}

/**
 * Throws `quota_exceeded` when a project would have more than it may with `delta` more bytes or images. `own` is what
 * of its usage is the asker's, who asks for all of it anew. Exact in a quota's transaction.
 */
export async function refuseOver(
  client: DbOrTx,
  quota: Quota | undefined,
  name: LimitName,
  { delta, own = 0 }: { readonly delta: number; readonly own?: number },
): Promise<void> {
  const bounds = quota === undefined ? [] : boundsOf(quota, name)
  if (quota === undefined || bounds.length === 0) return
  const used = (await readUsage(client, quota.projectId, name)) - own
  for (const bound of bounds) if (used + delta > bound.max) throw bound.refusal(used, delta)
}

export interface GrowthRequest {
  /** reserved so far */
  readonly ownBytes: number
  /** what there must be in the end */
  readonly neededBytes: number
  /** what there should be, so that the next question comes late */
  readonly wantedBytes: number
}

/**
 * How many bytes there may be: at least those needed. Of scarce room nobody gets more than half beyond that, since
 * others want some too. Throws `quota_exceeded`.
 */
export async function grantGrowth(
  client: DbOrTx,
  quota: Quota,
  name: SizeLimitName,
  { ownBytes, neededBytes, wantedBytes }: GrowthRequest,
): Promise<number> {
  const bounds = boundsOf(quota, name)
  if (bounds.length === 0) return wantedBytes
  const used = (await readUsage(client, quota.projectId, name)) - ownBytes
  for (const bound of bounds) if (used + neededBytes > bound.max) throw bound.refusal(used, neededBytes)
  const left = Math.min(...bounds.map(({ max }) => max)) - used - neededBytes
  return Math.max(neededBytes, Math.min(wantedBytes, neededBytes + Math.floor(left / 2)))
}

/**
 * Glance looks at the limits of the caller's project before it looks at the image, so that an answer of 413 comes
 * before one of 404. Only a glance: what is exact is checked where it is reserved.
 */
export async function refuseCallerOver(ctx: RequestContext, name: LimitName, delta: number): Promise<void> {
  if (!config().limits.enabled) return
  const quota = await quotaOf(ctx.principal.projectId)
  await refuseOver(db(), quota && { ...quota, storageBytes: undefined }, name, { delta })
}

/** Limit and usage of the caller's project, sizes in MiB; empty without limits. Source: images.md 9.3. */
export async function usageOfCaller(
  ctx: RequestContext,
): Promise<Readonly<Record<string, { readonly limit: number; readonly usage: number }>>> {
  const { projectId } = ctx.principal
  const limits = (await quotaOf(projectId))?.limits
  if (limits === undefined || projectId === null) return {}
  const entries = []
  for (const name of limitNames) {
    const usage = await readUsage(db(), projectId, name)
    entries.push([name, { limit: limits[name], usage: isSizeLimit(name) ? Math.floor(usage / MIB) : usage }] as const)
  }
  return Object.fromEntries(entries)
}

export interface ProjectUsage {
  readonly name: LimitName
  /** bytes, or how many images */
  readonly used: number
  /** null where nothing bounds it */
  readonly limit: number | null
}

/** What the caller's project has of everything that can be limited, whether it is or not. Empty without a project. */
export function projectUsage(ctx: RequestContext): Promise<readonly ProjectUsage[]> {
  return usageOf(ctx, { isLimitedOnly: false })
}

/** As {@link projectUsage}, of what is limited alone: nothing is summed up where there are no limits. */
export function limitedUsage(ctx: RequestContext): Promise<readonly ProjectUsage[]> {
  return usageOf(ctx, { isLimitedOnly: true })
}

async function usageOf(
  { principal: { projectId } }: RequestContext,
  { isLimitedOnly }: { readonly isLimitedOnly: boolean },
): Promise<readonly ProjectUsage[]> {
  if (projectId === null) return []
  const quota = await quotaOf(projectId)
  const usage: ProjectUsage[] = []
  for (const name of limitNames) {
    const bounds = quota === undefined ? [] : boundsOf(quota, name).map(({ max }) => max)
    if (isLimitedOnly && bounds.length === 0) continue
    const used = await readUsage(db(), projectId, name)
    usage.push({ name, used, limit: bounds.length === 0 ? null : Math.min(...bounds) })
  }
  return usage
}

interface Bound {
  readonly max: number
  readonly refusal: (used: number, delta: number) => ApiError
}

function boundsOf({ projectId, limits, storageBytes }: Quota, name: LimitName): Bound[] {
  const bounds: Bound[] = []
  const limit = limits?.[name] ?? UNLIMITED
  if (limit !== UNLIMITED) {
    const unit = isSizeLimit(name) ? MIB : 1
    const refusal = (used: number, delta: number) => {
      const usedUnits = Math.floor(used / unit)
      const deltaUnits = Math.ceil((used + delta) / unit) - usedUnits
      return overLimit(
        `Project ${projectId} is over a limit for [Resource ${name} is over limit of ${limit} due to current usage ${usedUnits} and delta ${deltaUnits}]`,
      )
    }
    bounds.push({ max: limit * unit, refusal })
  }
  if (storageBytes !== undefined && name === 'image_size_total') {
    const refusal = (used: number, delta: number) =>
      apiError('quota_exceeded', {
        public: `Image exceeds the storage quota: The size of the data ${delta} will exceed the limit. ${Math.max(0, storageBytes - used)} bytes remaining.`,
      })
    bounds.push({ max: storageBytes, refusal })
  }
  return bounds
}

/** Source: images.md 11.3. */
function overLimit(reason: string): ApiError {
  return apiError('quota_exceeded', {
    public: `The request returned a 413 Request Entity Too Large. This generally means that rate limiting or a quota threshold was breached.\n\nThe response body:\n${reason}`,
  })
}
