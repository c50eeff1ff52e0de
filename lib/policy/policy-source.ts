import { config } from '@/lib/config/load'
import { db } from '@/lib/db/client'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { now } from '@/lib/runtime/clock'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import { processSingleton, setProcessSingleton } from '@/lib/runtime/process-singleton'
import { setActiveRules } from './active-rules'
import type { RuleValue } from './parse'
import { findPolicyFiles, type PlacedRule, readPolicyFiles } from './policy-file'
import { remoteChecker } from './remote-check'
import { findRevision, newestRevisionNumber, type StoredValue } from './revision-repo'
import { type JudgedRules, type JudgeOptions, judgeRules, type RuleFault } from './rule-faults'

/** Older than this no node's knowledge of files and of what administrators set is when it decides. */
const FRESH_MS = 500

/** Why what lies there now is not in force. */
export interface PolicyProblem {
  readonly reason: string
  /** epoch milliseconds */
  readonly since: number
}

interface Known {
  readonly files: FileRules
  readonly stored: StoredRules
  readonly revision: number
  /** of the files as they were looked at last, also when they were refused */
  readonly mark: string
  /** why the files that lie there now are not in force */
  readonly refusal: string | undefined
  readonly problem: PolicyProblem | null
  readonly faults: readonly RuleFault[]
}

interface Source {
  known: Known
  /** by the monotonic clock */
  checkedAt: number
  pending: Promise<void> | undefined
}

const nothing: Known = {
  files: new Map(),
  stored: new Map(),
  revision: 0,
  mark: '',
  refusal: undefined,
  problem: null,
  faults: [],
}

function source(): Source {
  return processSingleton<Source>('policy-source', () => ({
    known: nothing,
    checkedAt: Number.NEGATIVE_INFINITY,
    pending: undefined,
  }))
}

/**
 * Sees to it that the rules in force are no older than half a second; undefined when they are. Whoever makes a request's
 * context waits for it, so that no request is decided by rules that were replaced before it came. Throws `unavailable`
 * when the database does not say.
 */
export function refreshPolicy(): Promise<void> | undefined {
  const state = source()
  if (performance.now() - state.checkedAt < FRESH_MS) return undefined
  state.pending ??= look(state).finally(() => {
    state.pending = undefined
  })
  return state.pending
}

/** Takes up what was just changed, at once. */
export async function reloadPolicy(): Promise<void> {
  const state = source()
  // A look that is under way may have begun before the change.
  await state.pending
  state.checkedAt = Number.NEGATIVE_INFINITY
  await refreshPolicy()
}

/** For the start: throws `config_invalid` when the files are refused, since there are no good rules yet. */
export async function loadPolicy(): Promise<void> {
  await reloadPolicy()
  const { problem } = source().known
  if (problem !== null) throw apiError('config_invalid', { public: `GLIMPSE__POLICY__FILE: ${problem.reason}` })
}

/** Forgets everything; for tests and the end of a process. */
export function forgetPolicy(): void {
  setProcessSingleton('policy-source', undefined)
  setActiveRules(undefined)
}

async function look(state: Source): Promise<void> {
  const startedAt = performance.now()
  try {
    state.known = await nextOf(state.known)
  } catch (error) {
    throw apiError('unavailable', { cause: error })
  }
  state.checkedAt = startedAt
}

async function nextOf(known: Known): Promise<Known> {
  const revision = await newestRevisionNumber()
  const found = await findPolicyFiles(config().policy).catch((error: unknown) => reasonOf(error))
  const mark = typeof found === 'string' ? found : JSON.stringify(found)
  if (revision === known.revision && mark === known.mark) return known
  const stored = revision === known.revision ? known.stored : await rulesOf(revision)
  // Files that were refused may suit what administrators set now.
  const isSame = mark === known.mark && known.refusal === undefined
  const taken = isSame ? accepted(known.files, stored) : await taking(known.files, stored, found)
  const { files, refusal, faults } = taken
  const reason = refusal ?? refusalOf(files, stored, faults)
  const problem = reason === undefined ? null : { reason, since: sinceOf(known.problem, reason) }
  const next = { files, stored, revision, mark, refusal, problem, faults }
  setActiveRules(taken.rules)
  tell(known, next)
  return next
}

type FileRules = ReadonlyMap<string, PlacedRule>
type StoredRules = ReadonlyMap<string, StoredValue>

interface Taken extends JudgedRules {
  readonly files: FileRules
  readonly refusal: string | undefined
}

function accepted(files: FileRules, stored: StoredRules): Taken {
  return { files, refusal: undefined, ...judgeRules(overridesOf(files, stored), judgeOptions()) }
}

/** The files that lie there now, or the former ones and why. */
async function taking(former: FileRules, stored: StoredRules, found: Found): Promise<Taken> {
  const files = await filesOf(found)
  if (typeof files === 'string') return { ...accepted(former, stored), refusal: files }
  const taken = accepted(files, stored)
  const refusal = refusalOf(files, stored, taken.faults)
  return refusal === undefined ? taken : { ...accepted(former, stored), refusal }
}

function sinceOf(former: PolicyProblem | null, reason: string): number {
  return former?.reason === reason ? former.since : now().getTime()
}

async function rulesOf(revision: number): Promise<StoredRules> {
  return (await findRevision(db(), revision))?.rules ?? new Map()
}

/** Files, or why they cannot be looked at. */
type Found = Awaited<ReturnType<typeof findPolicyFiles>> | string

async function filesOf(found: Found): Promise<FileRules | string> {
  if (typeof found === 'string') return found
  return await readPolicyFiles(found).catch((error: unknown) => reasonOf(error))
}

function reasonOf(error: unknown): string {
  if (isApiError(error) && error.code === 'policy_invalid') return error.message
  throw error
}

/** What is set in place of defaults: what administrators set counts more than files. */
export function overridesOf(
  files: ReadonlyMap<string, PlacedRule>,
  stored: ReadonlyMap<string, RuleValue>,
): ReadonlyMap<string, RuleValue> {
  return new Map([...[...files].map(([name, { value }]) => [name, value] as const), ...stored])
}

/** As the settings have them. */
export function judgeOptions(): JudgeOptions {
  const { acceptUnsafe, enforceNewDefaults, remoteHosts, remoteTimeoutSeconds, remoteContentType } = config().policy
  if (remoteHosts.length === 0) return { acceptUnsafe, enforceNewDefaults }
  const timeoutMs = remoteTimeoutSeconds * 1000
  const remote = processSingleton('remote-check', () => {
    return remoteChecker({ hosts: remoteHosts, timeoutMs, contentType: remoteContentType })
  })
  return { acceptUnsafe, enforceNewDefaults, remote, remoteHosts }
}

/** Every fatal fault with its place; undefined when there is none. */
function refusalOf(files: FileRules, stored: StoredRules, faults: readonly RuleFault[]): string | undefined {
  const fatal = faults.filter(({ isFatal }) => isFatal).map((fault) => placed(fault, files, stored))
  return fatal.length === 0 ? undefined : fatal.join('; ')
}

function placed({ rule, reason }: RuleFault, files: FileRules, stored: StoredRules): string {
  const place = stored.has(rule) ? undefined : files.get(rule)
  return place === undefined ? `${rule} ${reason}` : `${place.file}: line ${place.line}: ${rule} ${reason}`
}

function tell(former: Known, next: Known): void {
  metrics().policyRevision.set(next.revision)
  metrics().policyRefused.set(next.problem === null ? 0 : 1)
  const log = logger()
  if (next.problem !== null && next.problem.reason !== former.problem?.reason) {
    log.error({ reason: next.problem.reason }, 'policy rules are refused')
  }
  if (next.problem === null && former.problem !== null) log.info('no policy rules are refused any more')
  if (next.files !== former.files || next.stored !== former.stored) {
    const warnings = next.faults.map((fault) => placed(fault, next.files, next.stored))
    log.info({ revision: next.revision, rules: next.files.size + next.stored.size }, 'policy rules loaded')
    for (const warning of warnings) log.warn({ warning }, 'a policy rule may not mean what it seems to')
  }
}

export interface PolicyState {
  readonly revision: number
  readonly files: FileRules
  readonly stored: StoredRules
  readonly problem: PolicyProblem | null
  readonly faults: readonly RuleFault[]
}

/** What this node goes by, after {@link refreshPolicy}. */
export function policyState(): PolicyState {
  return source().known
}
