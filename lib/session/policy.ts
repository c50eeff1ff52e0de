import { z } from 'zod'
import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { apiError } from '@/lib/errors/api-error'
import { jsonResponse, readJson, type WireHandler, type WireRequest, type WireResponse } from '@/lib/http/wire'
import { activeRules } from '@/lib/policy/active-rules'
import { definitionOf, isRuleName, ruleNames } from '@/lib/policy/defaults'
import { policyFormats, writePolicyDocument } from '@/lib/policy/formats'
import { overridesOf, policyState } from '@/lib/policy/policy-source'
import { presetNames, presetState } from '@/lib/policy/presets'
import { findRevisions, type PolicyRevision } from '@/lib/policy/revision-repo'
import { defaultCheckOf } from '@/lib/policy/rule-set'
import { callerOf, explainQuestion, matrixDifference, policyMatrix } from '@/lib/policy/simulate'
import {
  importRules,
  judgeStored,
  replaceRules,
  requirePolicyAdmin,
  rollBack,
  switchPreset,
} from '@/lib/policy-admin/change-policy'
import { dataContext, dataFault } from './image-data'

type Body = Awaited<ReturnType<typeof readJson>>

/** For administrators with a session: what the answer is made of, or the fault in words. */
export function adminHandler(work: (ctx: RequestContext, request: WireRequest) => Promise<unknown>): WireHandler {
  return adminResponder(async (ctx, request) => {
    const answer = await work(ctx, request)
    if (typeof answer === 'string') {
      const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
      return { status: 200, headers, body: answer }
    }
    return jsonResponse(200, answer, { 'cache-control': 'no-store' })
  })
}

/** The same for whoever makes the whole answer. */
export function adminResponder(
  work: (ctx: RequestContext, request: WireRequest) => Promise<WireResponse>,
): WireHandler {
  return async (request): Promise<WireResponse> => {
    try {
      const ctx = await dataContext(request)
      requirePolicyAdmin(ctx)
      return await work(ctx, request)
    } catch (error) {
      return dataFault(error, request, undefined)
    }
  }
}

export function checked<T>(schema: z.ZodType<T>, value: Body | Readonly<Record<string, string>>): T {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw apiError('bad_request', { public: z.prettifyError(parsed.error) })
  return parsed.data
}

const queryOf = (request: WireRequest) => Object.fromEntries(new URLSearchParams(request.query))

const note = { reason: z.string(), after: z.int().min(0).optional() }
export const ruleMap = z.record(z.string(), z.unknown())

/** GET /api/ui/policy: every rule, what it is now and whence, the preset in force and what is wrong. */
export const policyRequest = adminHandler(async () => {
  const { revision, files, stored, problem, faults } = policyState()
  const { enforceNewDefaults } = config().policy
  const overrides = overridesNow()
  const names = [...new Set([...ruleNames, ...overrides.keys()])]
  return {
    revision,
    enforceNewDefaults,
    preset: presetState(overrides, enforceNewDefaults),
    problem: problem && { reason: problem.reason, since: new Date(problem.since).toISOString() },
    faults,
    rules: names.map((name) => {
      const place = files.get(name)
      const known = isRuleName(name) ? definitionOf(name) : undefined
      return {
        name,
        description: known?.description ?? null,
        operations: known?.operations ?? [],
        default: known?.check ?? null,
        value: overrides.has(name) ? overrides.get(name) : defaultCheckOf(name, enforceNewDefaults),
        origin: stored.has(name) ? 'stored' : place === undefined ? 'default' : 'file',
        ...(place !== undefined && { file: place.file, line: place.line, inFile: place.value }),
      }
    }),
  }
})

/** PUT /api/ui/policy: other rules in the place of those that administrators set. */
export const replacePolicyRequest = adminHandler(async (ctx, request) => {
  const { rules, ...change } = checked(z.strictObject({ rules: ruleMap, ...note }), await readJson(request))
  return told(await replaceRules(ctx, new Map(Object.entries(rules)), change))
})

/** POST /api/ui/policy/preset */
export const presetRequest = adminHandler(async (ctx, request) => {
  const body = checked(z.strictObject({ preset: z.enum(presetNames), ...note }), await readJson(request))
  return told(await switchPreset(ctx, body.preset, body))
})

/** POST /api/ui/policy/rollback: an earlier revision again, 0 for none. */
export const rollbackRequest = adminHandler(async (ctx, request) => {
  const body = checked(z.strictObject({ number: z.int().min(0), ...note }), await readJson(request))
  return told(await rollBack(ctx, body.number, body))
})

/** POST /api/ui/policy/import: a policy file or RHOSP's map as text. */
export const importRequest = adminHandler(async (ctx, request) => {
  const schema = z.strictObject({ text: z.string().max(1024 * 1024), mode: z.enum(['replace', 'add']), ...note })
  const body = checked(schema, await readJson(request))
  return told(await importRules(ctx, body, body))
})

/** GET /api/ui/policy/export: what is set in place of defaults, by files too unless `what` is `stored`. */
export const exportRequest = adminHandler(async (_ctx, request) => {
  const schema = z.strictObject({
    format: z.enum(policyFormats).default('oslo-yaml'),
    what: z.enum(['overrides', 'stored']).default('overrides'),
  })
  const { format, what } = checked(schema, queryOf(request))
  return writePolicyDocument(what === 'stored' ? policyState().stored : overridesNow(), format)
})

/** GET /api/ui/policy/history: revisions, newest first; `before` is the last number of the page before. */
export const historyRequest = adminHandler(async (_ctx, request) => {
  const schema = z.strictObject({
    before: z.coerce.number().int().min(1).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  })
  const { before, limit } = checked(schema, queryOf(request))
  return { revisions: (await findRevisions(db(), { limit, before })).map(told) }
})

const caller = z.strictObject({
  roles: z.array(z.string()).max(100),
  projectId: z.string().nullable(),
  userId: z.string().optional(),
  domainId: z.string().nullable().default(null),
  systemScope: z.literal('all').nullable().default(null),
})
const target = z.strictObject({
  ownerId: z.string().nullable(),
  visibility: z.string(),
  memberId: z.string().nullable().default(null),
  more: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
})

/** POST /api/ui/policy/simulate: what a caller would be answered and why, by the rules in force or by others. */
export const simulateRequest = adminHandler(async (ctx, request) => {
  const schema = z.strictObject({ rule: z.string(), caller, target, rules: ruleMap.optional() })
  const body = checked(schema, await readJson(request))
  if (!isRuleName(body.rule)) throw apiError('bad_request', { public: `There is no rule ${body.rule}.` })
  const { userId, ...who } = body.caller
  const principal = callerOf({ ...who, ...(userId !== undefined && { userId }) })
  const { rules, faults } = rulesToTry(ctx, body.rules)
  return { ...explainQuestion(rules, { rule: body.rule, principal, target: body.target }), faults }
})

/** POST /api/ui/policy/matrix: every rule for every persona and target, and what other rules would change in that. */
export const matrixRequest = adminHandler(async (ctx, request) => {
  const body = checked(z.strictObject({ rules: ruleMap.optional() }), await readJson(request))
  const { rules, faults } = rulesToTry(ctx, body.rules)
  return { cells: policyMatrix(rules), changes: matrixDifference(activeRules(), rules), faults }
})

/** Rules that somebody thinks of setting, above the files; the rules in force without any. */
function rulesToTry(ctx: RequestContext, rules: Readonly<Record<string, unknown>> | undefined) {
  if (rules === undefined) return { rules: activeRules(), faults: [] }
  return judgeStored(ctx, new Map(Object.entries(rules)))
}

function overridesNow(): ReadonlyMap<string, unknown> {
  const { files, stored } = policyState()
  return overridesOf(files, stored)
}

function told({ rules, createdAt, ...revision }: PolicyRevision) {
  return { ...revision, rules: Object.fromEntries(rules), at: new Date(createdAt).toISOString() }
}
