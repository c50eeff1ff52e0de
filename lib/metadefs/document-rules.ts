import { apiError } from '@/lib/errors/api-error'
import { violation } from '@/lib/images/validate-document'

export const NAME_LENGTH_MAX = 80

/** The 400 of a document that is not as it must be; `kind` is the schema's name. */
export function mismatch(kind: string, reason: string) {
  return apiError('bad_request', { public: `Provided object does not match schema '${kind}': ${reason}` })
}

/** The value if it is a JSON object. Throws `bad_request`. */
export function requireObject(kind: string, value: unknown): Readonly<Record<string, unknown>> {
  const reason = violation({ type: 'object' }, value)
  if (reason !== undefined) throw mismatch(kind, reason)
  return value as Readonly<Record<string, unknown>>
}

/** Text of at most so many characters. Throws `bad_request`. */
export function checkText(kind: string, value: unknown, lengthMax?: number): string {
  const reason = violation({ type: 'string', ...(lengthMax !== undefined && { maxLength: lengthMax }) }, value)
  if (reason !== undefined) throw mismatch(kind, reason)
  return value as string
}

/**
 * A name that a URL can carry: of any script, but not empty and without a slash, which would name another path.
 * Throws `bad_request`.
 */
export function checkName(kind: string, value: unknown): string {
  const name = checkText(kind, value, NAME_LENGTH_MAX)
  if (name === '') throw mismatch(kind, "'' is too short")
  if (name.includes('/')) throw mismatch(kind, `'${name}' holds a slash`)
  return name
}

/** Throws `attribute_read_only` when a document has a key that only the service sets. */
export function refuseReadOnly(
  document: Readonly<Record<string, unknown>> | readonly unknown[],
  keys: readonly string[],
) {
  const key = Array.isArray(document)
    ? keys.find((name) => document.includes(name))
    : keys.find((name) => Object.hasOwn(document, name))
  if (key !== undefined) throw apiError('attribute_read_only', { public: `Attribute '${key}' is read-only.` })
}

/** Throws the 400 of half characters and NUL, which no database keeps, and of numbers beyond what JSON can say. */
export function refuseUnstorable(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('\0') || /\p{Surrogate}/u.test(value)) {
      throw apiError('bad_request', { public: 'The document holds what is no character.' })
    }
    return
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw apiError('bad_request', { public: 'The document holds a number that is too large.' })
  }
  if (typeof value !== 'object' || value === null) return
  for (const [name, item] of Object.entries(value)) {
    refuseUnstorable(name)
    refuseUnstorable(item)
  }
}
