import { apiError } from '@/lib/errors/api-error'
import { imageSchema, type JsonSchema } from './image-schema'

/**
 * Checks values against the image schema. Throws `bad_request` as Glance words it. Only known attributes have types;
 * any other key is a custom property and must be a string. Required properties are asked for only of a `isWhole` image.
 * Source: images.md 3.2.
 */
export function validateImageValues(values: Readonly<Record<string, unknown>>, { isWhole = false } = {}): void {
  const { properties: known, required } = imageSchema()
  const missing = isWhole ? required.find((name) => !Object.hasOwn(values, name)) : undefined
  if (missing !== undefined) throw mismatch(`'${missing}' is a required property`)
  for (const [name, value] of Object.entries(values)) {
    const schema = Object.hasOwn(known, name) ? known[name] : undefined
    const reason = violation(schema ?? { type: 'string' }, value)
    if (reason !== undefined) throw mismatch(reason)
  }
}

function mismatch(reason: string) {
  return apiError('bad_request', { public: `Provided object does not match schema 'image': ${reason}` })
}

/** Why a value does not fit a schema, or undefined when it does. */
export function violation(schema: JsonSchema, value: unknown): string | undefined {
  if (schema.type !== undefined) {
    const types = typeof schema.type === 'string' ? [schema.type] : schema.type
    if (!types.some((type) => isOfType(type, value))) {
      return `${represent(value)} is not of type ${types.map((type) => `'${type}'`).join(', ')}`
    }
  }
  if (schema.enum !== undefined && !schema.enum.some((item) => item === value)) {
    return `${represent(value)} is not one of [${schema.enum.map(represent).join(', ')}]`
  }
  if (typeof value === 'string') return textViolation(schema, value)
  if (Array.isArray(value)) return firstViolation(value.map((item) => violation(schema.items ?? {}, item)))
  if (typeof value === 'object' && value !== null) return objectViolation(schema, { ...value })
  return undefined
}

function textViolation(schema: JsonSchema, value: string): string | undefined {
  const { maxLength, minLength, pattern } = schema
  if (maxLength !== undefined && codePoints(value) > maxLength) return `${represent(value)} is too long`
  if (minLength !== undefined && codePoints(value) < minLength) return `${represent(value)} is too short`
  if (pattern !== undefined && !new RegExp(pattern).test(value))
    return `${represent(value)} does not match '${pattern}'`
  return undefined
}

function objectViolation(schema: JsonSchema, value: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) return `'${name}' is a required property`
  }
  const properties = schema.properties ?? {}
  for (const [name, item] of Object.entries(value)) {
    const inner = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (inner === undefined && schema.additionalProperties === false) {
      return `Additional properties are not allowed ('${name}' was unexpected)`
    }
    const reason = inner === undefined ? undefined : violation(inner, item)
    if (reason !== undefined) return reason
  }
  return undefined
}

function firstViolation(reasons: readonly (string | undefined)[]): string | undefined {
  return reasons.find((reason) => reason !== undefined)
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    default:
      // The remaining names, string and boolean, are JavaScript's own.
      return typeof value === type
  }
}

function codePoints(text: string): number {
  return text.length <= 255 ? text.length : [...text].length
}

/** A value as the reason quotes it; long ones are cut, so that an answer stays small. */
function represent(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return `'${value.length > 300 ? `${value.slice(0, 300)}…` : value}'`
  const text = JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

/** Characters outside the Basic Multilingual Plane, which Glance's databases cannot hold. */
export function hasFourByteCharacters(text: string): boolean {
  return /[\ud800-\udfff]/.test(text)
}
