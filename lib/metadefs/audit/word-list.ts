import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { type DbOrTx, db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { actorOf, changedOf } from '@/lib/events/event'
import { insertEvents } from '@/lib/events/event-repo'
import { now } from '@/lib/runtime/clock'
import { defaultWords } from './known-words'

/** What an audit looks for beside names that the identity service knows, and what it leaves alone. */
export interface WordList {
  /** customers, code names, … */
  readonly words: readonly string[]
  /** names and words that are no secret here */
  readonly ignored: readonly string[]
}

const SETTING = 'policy-audit-words'
const words = z
  .array(
    z
      .string()
      .trim()
      .min(1)
      .max(255)
      .regex(/^[^\0\ud800-\udfff]*$/u),
  )
  .max(10_000)
export const wordListSchema = z.strictObject({ words, ignored: words.default([]) })

export const defaultWordList: WordList = { words: defaultWords, ignored: [] }

/** The list as an administrator left it; the default one until then. */
export async function readWordList(client: DbOrTx = db()): Promise<WordList> {
  const row = await client.setting.findUnique({ where: { name: SETTING } })
  return row === null ? defaultWordList : wordListSchema.parse(JSON.parse(row.value))
}

/** Puts another list in its place; undefined is the default one. Throws `bad_request`. */
export async function writeWordList(ctx: RequestContext, list: unknown): Promise<WordList> {
  const parsed = wordListSchema.optional().safeParse(list)
  if (!parsed.success) throw apiError('bad_request', { public: z.prettifyError(parsed.error) })
  return await inTransaction(db(), async (tx) => {
    const where = { name: SETTING }
    const former = await readWordList(tx)
    const next = parsed.data ?? defaultWordList
    const value = JSON.stringify(next)
    const updatedAt = now()
    if (parsed.data === undefined) await tx.setting.deleteMany({ where })
    else await tx.setting.upsert({ where, create: { ...where, value, updatedAt }, update: { value, updatedAt } })
    const payload = { audit_words: next.words, audit_ignored: next.ignored }
    const before = changedOf({ audit_words: former.words, audit_ignored: former.ignored }, payload)
    await insertEvents(tx, [{ type: 'policy.update', by: actorOf(ctx), payload, before }])
    return next
  })
}
