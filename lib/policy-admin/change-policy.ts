import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { isUniqueViolation } from '@/lib/db/errors'
import { inTransaction } from '@/lib/db/transaction'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { insertEvents } from '@/lib/events/event-repo'
import { admits } from '@/lib/policy/enforce'
import type { Rules } from '@/lib/policy/evaluate'
import { readPolicyDocument } from '@/lib/policy/formats'
import type { RuleValue } from '@/lib/policy/parse'
import { judgeOptions, overridesOf, policyState, reloadPolicy } from '@/lib/policy/policy-source'
import { metadefRules, type PresetName, presetRules, presetState } from '@/lib/policy/presets'
import {
  findNewestRevision,
  findRevision,
  insertRevision,
  type PolicyAction,
  type PolicyRevision,
  type StoredValue,
} from '@/lib/policy/revision-repo'
import { judgeRules, type RuleFault } from '@/lib/policy/rule-faults'
import { now } from '@/lib/runtime/clock'

/** Why, and upon which state. */
export interface ChangeNote {
  /** for the history; must not be empty */
  readonly reason: string
  /** the revision that the caller looked at; a newer one is a conflict */
  readonly after?: number | undefined
}

type StoredRules = ReadonlyMap<string, StoredValue>

const REASON_MAX = 1000
const RULES_MAX = 500
const NAME_MAX = 255

/** Throws `forbidden` unless the caller is an administrator by the rules in force. */
export function requirePolicyAdmin(ctx: RequestContext): void {
  if (admits(ctx, 'context_is_admin')) return
  throw apiError('forbidden', { public: 'Only administrators may see and change who may do what.' })
}

/**
 * Sets all rules of metadata definitions at once; other rules stay. Throws `forbidden`, `bad_request` without a reason,
 * `conflict` when somebody else was faster, `policy_invalid` when the rules would be unsafe.
 */
export async function switchPreset(ctx: RequestContext, preset: PresetName, note: ChangeNote): Promise<PolicyRevision> {
  return await append(ctx, { action: 'preset', detail: preset, note }, (stored) => withPreset(stored, preset))
}

function withPreset(stored: StoredRules, preset: PresetName): StoredRules {
  const others = [...stored].filter(([name]) => !(metadefRules as readonly string[]).includes(name))
  return new Map([...others, ...presetRules(preset)])
}

/** Puts these in the place of all rules that administrators set. Throws as {@link switchPreset}. */
export async function replaceRules(
  ctx: RequestContext,
  rules: ReadonlyMap<string, RuleValue>,
  note: ChangeNote,
): Promise<PolicyRevision> {
  return await append(ctx, { action: 'edit', detail: null, note }, () => storable(rules))
}

/**
 * Takes over a policy file or RHOSP's map of policies: in the place of all rules that administrators set, or beside
 * those that it does not name. Throws as {@link switchPreset}.
 */
export async function importRules(
  ctx: RequestContext,
  document: RuleDocument,
  note: ChangeNote,
): Promise<PolicyRevision> {
  requirePolicyAdmin(ctx)
  const { format, after } = readDocument(document)
  return await append(ctx, { action: 'import', detail: format, note }, after)
}

interface RuleDocument {
  readonly text: string
  readonly mode: 'replace' | 'add'
}

function readDocument({ text, mode }: RuleDocument) {
  const { format, rules } = readPolicyDocument(text, 'the document')
  const values = storable(new Map([...rules].map(([name, { value }]) => [name, value])))
  const after = (stored: StoredRules): StoredRules => (mode === 'replace' ? values : new Map([...stored, ...values]))
  return { format, after }
}

/** A change that somebody thinks of: a preset, other rules in the place of those that are set, or a document of them. */
export type Proposal =
  | { readonly preset: PresetName }
  | { readonly rules: ReadonlyMap<string, RuleValue> }
  | RuleDocument

/** The rules as they would be in force after a change, and what is wrong with them. Throws `policy_invalid`. */
export function judgeProposal(proposal: Proposal): { readonly rules: Rules; readonly faults: readonly RuleFault[] } {
  const { stored } = policyState()
  if ('preset' in proposal) return judgeOverFiles(withPreset(stored, proposal.preset))
  return judgeOverFiles('rules' in proposal ? proposal.rules : readDocument(proposal).after(stored))
}

/** Goes back to an earlier revision, 0 for none at all, as a new one. Throws `not_found` too. */
export async function rollBack(ctx: RequestContext, number: number, note: ChangeNote): Promise<PolicyRevision> {
  requirePolicyAdmin(ctx)
  const revision = number === 0 ? undefined : await findRevision(db(), number)
  if (number !== 0 && revision === undefined) {
    throw apiError('not_found', { public: `There is no policy revision ${number}.` })
  }
  const rules: StoredRules = revision?.rules ?? new Map()
  return await append(ctx, { action: 'rollback', detail: String(number), note }, () => rules)
}

/** What is wrong with rules that are still to be set, and whether the caller would be shut out. */
export function judgeStored(
  ctx: RequestContext,
  stored: ReadonlyMap<string, RuleValue>,
): { readonly rules: Rules; readonly faults: readonly RuleFault[]; readonly shutsOut: boolean } {
  const { rules, faults } = judgeOverFiles(stored)
  return { rules, faults, shutsOut: !isAdmin(ctx, rules) }
}

function judgeOverFiles(stored: ReadonlyMap<string, RuleValue>) {
  const { rules, faults } = judgeRules(overridesOf(policyState().files, stored), {
    ...judgeOptions(),
    acceptUnsafe: false,
  })
  // What files have wrong is their matter, and known already where the settings accept it.
  const own = faults.filter(({ rule, isFatal }) => stored.has(rule) || (isFatal && !config().policy.acceptUnsafe))
  return { rules, faults: own }
}

function isAdmin(ctx: RequestContext, rules: Rules): boolean {
  try {
    return admits(ctx, 'context_is_admin', rules)
  } catch (error) {
    if (isApiError(error)) return false
    throw error
  }
}

async function append(
  ctx: RequestContext,
  change: { readonly action: PolicyAction; readonly detail: string | null; readonly note: ChangeNote },
  rulesAfter: (stored: StoredRules) => StoredRules,
): Promise<PolicyRevision> {
  requirePolicyAdmin(ctx)
  const { action, detail, note } = change
  const reason = note.reason.trim()
  if (reason === '') throw apiError('bad_request', { public: 'A change of policy needs a reason.' })
  if (reason.length > REASON_MAX) {
    throw apiError('bad_request', { public: `The reason is longer than ${REASON_MAX} characters.` })
  }
  const revision = await unlessConflict(
    inTransaction(db(), async (tx) => {
      const former = await findNewestRevision(tx)
      const number = (former?.number ?? 0) + 1
      if (note.after !== undefined && note.after !== number - 1) throw conflict()
      const before: StoredRules = former?.rules ?? new Map()
      const rules = rulesAfter(before)
      refuseUnsafe(ctx, rules)
      const { userId, userName } = ctx.principal
      const made = { number, action, detail, rules, reason, userId, userName, createdAt: now().getTime() }
      await insertRevision(tx, made)
      await insertEvents(tx, [{ type: 'policy.update', by: actorOf(ctx), ...changeOf(before, made) }])
      return made
    }),
  )
  await reloadPolicy()
  ctx.log.info({ revision: revision.number, action, detail, reason }, 'policy changed')
  return revision
}

/** Numbers are keys, so of two changes upon one state the second fails. */
async function unlessConflict<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw isUniqueViolation(error) ? conflict() : error
  }
}

function conflict() {
  return apiError('conflict', { public: 'Somebody else changed the policy in the meantime. Look at it again.' })
}

function refuseUnsafe(ctx: RequestContext, rules: StoredRules): void {
  const { faults, shutsOut } = judgeStored(ctx, rules)
  const fatal = faults.filter(({ isFatal }) => isFatal)
  if (fatal.length > 0) {
    throw apiError('policy_invalid', { public: fatal.map(({ rule, reason }) => `${rule} ${reason}`).join('; ') })
  }
  if (shutsOut) {
    throw apiError('policy_invalid', {
      public: 'context_is_admin would no longer admit you, so that you could not take this back.',
    })
  }
}

/** For the audit: the rules that changed, as they were and as they are; null is what files or defaults say. */
function changeOf(before: StoredRules, { number, action, detail, reason, rules }: PolicyRevision) {
  const names = [...new Set([...before.keys(), ...rules.keys()])].filter((name) => {
    return JSON.stringify(before.get(name)) !== JSON.stringify(rules.get(name))
  })
  const pick = (from: StoredRules) => Object.fromEntries(names.map((name) => [name, from.get(name) ?? null]))
  return {
    before: { revision: number - 1, rules: pick(before) },
    payload: {
      revision: number,
      action,
      detail,
      reason,
      preset: presetState(rules, config().policy.enforceNewDefaults).name,
      rules: pick(rules),
    },
  }
}

/** Throws `policy_invalid` for what can be no rule, whatever its safety. */
function storable(rules: ReadonlyMap<string, RuleValue>): StoredRules {
  if (rules.size > RULES_MAX) throw apiError('policy_invalid', { public: `There are more than ${RULES_MAX} rules.` })
  return new Map([...rules].map(([name, value]) => [name, storableValue(name, value)]))
}

function storableValue(name: string, value: RuleValue): StoredValue {
  if (name === '' || name.length > NAME_MAX || /[\0\ud800-\udfff]/u.test(name)) {
    throw apiError('policy_invalid', { public: `${JSON.stringify(name)} is no name for a rule.` })
  }
  const isCheck = (each: unknown): each is string => typeof each === 'string' && !/[\0\ud800-\udfff]/u.test(each)
  if (isCheck(value)) return value
  if (Array.isArray(value) && value.every((item) => isCheck(item) || (Array.isArray(item) && item.every(isCheck)))) {
    return value
  }
  throw apiError('policy_invalid', {
    public: `${name} has the value ${JSON.stringify(value)}; a rule is text or a list.`,
  })
}
