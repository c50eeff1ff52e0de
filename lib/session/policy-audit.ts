import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import { jsonResponse, readJson, type WireResponse } from '@/lib/http/wire'
import { collectReport, type ReportFormat, writeReport } from '@/lib/metadefs/audit/report'
import { readWordList, wordListSchema, writeWordList } from '@/lib/metadefs/audit/word-list'
import { activeRules } from '@/lib/policy/active-rules'
import { presetNames } from '@/lib/policy/presets'
import { judgeProposal, type Proposal } from '@/lib/policy-admin/change-policy'
import { adminHandler, adminResponder, checked, ruleMap } from './policy'

const auditSchema = z.strictObject({
  preset: z.enum(presetNames).optional(),
  rules: ruleMap.optional(),
  text: z
    .string()
    .max(1024 * 1024)
    .optional(),
  mode: z.enum(['replace', 'add']).default('replace'),
  words: wordListSchema.optional(),
  limit: z.int().min(0).max(1000).default(200),
  format: z.enum(['short', 'json', 'csv']).default('short'),
})
type AuditRequest = z.infer<typeof auditSchema>

/**
 * POST /api/ui/policy/audit: what a preset, other rules or a document of them would open to whom, and what is sensitive;
 * without a proposal how things are. Counts and the `limit` most urgent findings, or everything as a file.
 */
export const auditRequest = adminResponder(async (ctx, request) => {
  const body = checked(auditSchema, await readJson(request))
  const proposal = proposalOf(body)
  const before = activeRules()
  const { rules: after, faults } = proposal === undefined ? { rules: before, faults: [] } : judgeProposal(proposal)
  const options = { before, after, words: body.words, signal: ctx.signal }
  if (body.format !== 'short') return streamed(body.format, options)
  return jsonResponse(200, { ...(await collectReport(options, body.limit)), faults }, { 'cache-control': 'no-store' })
})

function proposalOf({ preset, rules, text, mode }: AuditRequest): Proposal | undefined {
  if ([preset, rules, text].filter((each) => each !== undefined).length > 1) {
    throw apiError('bad_request', { public: 'A preset, rules or a text: one of them.' })
  }
  if (preset !== undefined) return { preset }
  if (rules !== undefined) return { rules: new Map(Object.entries(rules)) }
  return text === undefined ? undefined : { text, mode }
}

function streamed(format: Exclude<ReportFormat, 'table'>, options: Parameters<typeof writeReport>[0]): WireResponse {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  const encoder = new TextEncoder()
  // What goes wrong on the way breaks the answer off, which its reader sees.
  writeReport(options, format, (text) => writer.write(encoder.encode(text))).then(
    () => writer.close(),
    (error: unknown) => writer.abort(error).catch(() => {}),
  )
  const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json'
  const headers = {
    'content-type': type,
    'content-disposition': `attachment; filename="exposure-audit.${format}"`,
    'cache-control': 'no-store',
  }
  return { status: 200, headers, body: readable }
}

/** GET /api/ui/policy/audit/words: what is looked for beside the names that identity knows. */
export const auditWordsRequest = adminHandler(async () => await readWordList())

/** PUT /api/ui/policy/audit/words: another list in its place; `{"default": true}` is the one that we ship. */
export const replaceAuditWordsRequest = adminHandler(async (ctx, request) => {
  const body = await readJson(request)
  return await writeWordList(
    ctx,
    z.strictObject({ default: z.literal(true) }).safeParse(body).success ? undefined : body,
  )
})
