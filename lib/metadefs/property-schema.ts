import type { JsonSchema } from '@/lib/images/image-schema'
import { violation } from '@/lib/images/validate-document'
import { checkName, mismatch, requireObject } from './document-rules'

/** What a property may be, as it was sent: its keys in the order of the wire. */
export type PropertySchema = Readonly<Record<string, unknown>>

export const propertyTypes = ['array', 'boolean', 'integer', 'number', 'object', 'string'] as const

const text: JsonSchema = { type: 'string' }
const flag: JsonSchema = { type: 'boolean' }
const texts: JsonSchema = { type: 'array', items: text }

type Read = (name: string, value: unknown, kind: string) => unknown

const as =
  (schema: JsonSchema): Read =>
  (_name, value, kind) => {
    const reason = violation(schema, value)
    if (reason !== undefined) throw mismatch(kind, reason)
    return value
  }

/** In the order of the wire. Source: metadefs.md 7. */
const readers: Readonly<Record<string, Read>> = {
  name: (_name, value, kind) => checkName(kind, value),
  type: as({ type: 'string', enum: propertyTypes }),
  title: as(text),
  description: as(text),
  operators: as(texts),
  default: (_name, value) => value,
  readonly: as(flag),
  minimum: readNumber,
  maximum: readNumber,
  enum: readEnum,
  pattern: as(text),
  minLength: readCount,
  maxLength: readCount,
  items: readItems,
  uniqueItems: as(flag),
  minItems: readCount,
  maxItems: readCount,
  additionalItems: as(flag),
  required: readNames,
}

/**
 * Reads a property's schema out of a request or a file. `kind` is the document that complaints name. Throws
 * `bad_request`.
 */
export function readPropertySchema(kind: string, value: unknown, { isNamed }: { readonly isNamed: boolean }) {
  const document = requireObject(kind, value)
  const unknown = Object.keys(document).find((name) => !Object.hasOwn(readers, name))
  if (unknown !== undefined) throw unexpected(kind, unknown)
  for (const name of isNamed ? ['type', 'title', 'name'] : ['type', 'title']) {
    if (!Object.hasOwn(document, name)) throw mismatch(kind, `'${name}' is a required property`)
  }
  const schema: Record<string, unknown> = {}
  for (const [name, read] of Object.entries(readers)) {
    if (Object.hasOwn(document, name)) schema[name] = read(name, document[name], kind)
  }
  return schema
}

/** A map of names to properties, as objects have them. */
export function readPropertyMap(kind: string, value: unknown): Record<string, PropertySchema> {
  const entries = Object.entries(requireObject(kind, value))
  return Object.fromEntries(entries.map(([name, item]) => [name, readPropertySchema(kind, item, { isNamed: false })]))
}

/** Names, none of them twice. */
export function readNames(_name: string, value: unknown, kind: string): readonly string[] {
  const names = as(texts)(_name, value, kind) as readonly string[]
  if (new Set(names).size < names.length) throw mismatch(kind, `${JSON.stringify(names)} has non-unique elements`)
  return names
}

export function unexpected(kind: string, name: string) {
  return mismatch(kind, `Additional properties are not allowed ('${name}' was unexpected)`)
}

/** A schema as the API shows it: `default` and what may be chosen are text, which Glance makes of them. */
export function wireSchema(schema: PropertySchema): PropertySchema {
  const { default: chosen, enum: choices, items } = schema
  return {
    ...schema,
    ...(Object.hasOwn(schema, 'default') && { default: scalarText(chosen) }),
    ...(Array.isArray(choices) && { enum: choices.map(scalarText) }),
    ...(isObject(items) && Array.isArray(items.enum) && { items: { ...items, enum: items.enum.map(scalarText) } }),
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** A scalar as text, in Python's spelling; anything else is none. */
function scalarText(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}

function readEnum(name: string, value: unknown, kind: string): readonly unknown[] {
  as({ type: 'array' })(name, value, kind)
  const items = value as readonly unknown[]
  const odd = items.findIndex((item) => scalarText(item) === null)
  if (odd >= 0) throw mismatch(kind, `${JSON.stringify(items[odd])} is not of type 'string'`)
  return items
}

function readNumber(_name: string, value: unknown, kind: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw mismatch(kind, `${JSON.stringify(value)} is not of type 'number'`)
  }
  return value
}

function readCount(name: string, value: unknown, kind: string): number {
  as({ type: 'integer' })(name, value, kind)
  const count = readNumber(name, value, kind)
  if (count < 0) throw mismatch(kind, `${count} is less than the minimum of 0`)
  return count
}

function readItems(name: string, value: unknown, kind: string) {
  const document = requireObject(kind, value)
  const unknown = Object.keys(document).find((key) => key !== 'type' && key !== 'enum')
  if (unknown !== undefined) throw unexpected(kind, unknown)
  if (!Object.hasOwn(document, 'type')) throw mismatch(kind, "'type' is a required property")
  return {
    type: as({ type: 'string', enum: propertyTypes })(name, document.type, kind),
    ...(Object.hasOwn(document, 'enum') && { enum: readEnum(name, document.enum, kind) }),
  }
}
