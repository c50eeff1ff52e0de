import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'

/** The body's `key` object by a schema; other members are ignored. Throws `bad_request` that names the field. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown, key: string): T {
  const parsed = z.object({ [key]: schema }).safeParse(body)
  const value = parsed.data?.[key]
  if (value !== undefined) return value
  throw refusal(parsed.error)
}

/** The whole body by a schema. */
export function parseWholeBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw refusal(parsed.error)
  return parsed.data
}

function refusal(error: z.ZodError | undefined) {
  const issue = error?.issues[0]
  const field = issue?.path.join('/') ?? ''
  return apiError('bad_request', { public: `Invalid input for field '${field}': ${issue?.message ?? 'missing'}` })
}

export const nameField = z.string().trim().min(1).max(255)
/** Absent and null both mean empty. */
export const descriptionField = z.string().max(65_535).nullish()
export const flagField = z.boolean().optional()
/** An id that a client may name; Keystone's are 32 hex digits, but older and foreign ones are any short text. */
export const idField = z.string().min(1).max(64)
