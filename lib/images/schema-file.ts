import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import type { JsonSchema } from './image-schema'

/** The keywords that are enforced; one that is not must not look as if it were. */
const propertySchema = z.strictObject({
  type: z.union([z.literal('string'), z.array(z.enum(['string', 'null'])).min(1)]),
  description: z.string().exactOptional(),
  enum: z.array(z.string().nullable()).min(1).exactOptional(),
  pattern: z.string().refine(isExpression, 'is no regular expression').exactOptional(),
  minLength: z.int().min(0).exactOptional(),
  maxLength: z.int().min(0).exactOptional(),
})
const propertiesSchema = z.record(z.string().min(1).max(255), propertySchema)
const fileSchema = z.strictObject({ properties: propertiesSchema, required: z.array(z.string()).optional() })

/**
 * Reads a file of custom properties in either of Glance's forms: the properties alone, or beside a list of those that
 * are required. Throws `config_invalid`, also for a keyword that nothing here would enforce.
 */
export function readSchemaFile(path: string): {
  readonly properties: Readonly<Record<string, JsonSchema>>
  readonly required: readonly string[]
} {
  const value = contentOf(path)
  const isWhole = typeof value === 'object' && value !== null && 'properties' in value
  const parsed = fileSchema.safeParse(isWhole ? value : { properties: value })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw schemaInvalid(`${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'is no schema'}`)
  }
  const { properties, required = [] } = parsed.data
  const described = Object.entries(properties).map(([name, schema]) => [name, { ...schema, is_base: false }] as const)
  return { properties: Object.fromEntries(described), required: [...new Set(required)] }
}

export function schemaInvalid(reason: string) {
  return apiError('config_invalid', { public: `GLIMPSE__IMAGES__SCHEMA_FILE: ${reason}` })
}

function contentOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw schemaInvalid(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isExpression(text: string): boolean {
  try {
    return Boolean(new RegExp(text))
  } catch {
    return false
  }
}
