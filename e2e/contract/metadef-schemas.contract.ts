import { describe, expect } from 'vitest'
import { member, roleless } from './support/api'
import { expectFault, notFoundText } from './support/fault'
import { documentOf } from './support/metadefs'
import { row } from './support/row'

const path = (kind: string) => `/v2/schemas/metadefs/${kind}`
const keysOf = (value: unknown) => Object.keys(value as object).sort()
const links = [
  { rel: 'first', href: '{first}' },
  { rel: 'next', href: '{next}' },
  { rel: 'describedby', href: '{schema}' },
]

/** A document without its words for people. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, part]) => key !== 'description' || typeof part !== 'string')
  return Object.fromEntries(entries.map(([key, part]) => [key, bare(part)]))
}

const singles: readonly [string, string, readonly string[], readonly string[]][] = [
  [
    'namespace',
    'namespace',
    ['namespace'],
    [
      'namespace',
      'display_name',
      'description',
      'visibility',
      'protected',
      'owner',
      'created_at',
      'updated_at',
      'schema',
      'self',
      'resource_type_associations',
      'properties',
      'objects',
      'tags',
    ],
  ],
  [
    'resource_type',
    'resource_type_association',
    ['name'],
    ['name', 'prefix', 'properties_target', 'created_at', 'updated_at'],
  ],
  [
    'property',
    'property',
    ['type', 'title', 'name'],
    [
      'name',
      'title',
      'description',
      'operators',
      'type',
      'required',
      'minimum',
      'maximum',
      'maxLength',
      'minLength',
      'pattern',
      'enum',
      'readonly',
      'default',
      'items',
      'maxItems',
      'minItems',
      'uniqueItems',
      'additionalItems',
    ],
  ],
  [
    'object',
    'object',
    ['name'],
    ['name', 'description', 'required', 'properties', 'schema', 'self', 'created_at', 'updated_at'],
  ],
  ['tag', 'tag', ['name'], ['name', 'created_at', 'updated_at']],
]

const collections: readonly [string, string, string][] = [
  ['namespaces', 'namespaces', 'namespace'],
  ['resource_types', 'resource_type_associations', 'resource_type'],
  ['objects', 'objects', 'object'],
  ['tags', 'tags', 'tag'],
]

describe('metadefs 9 schema documents', () => {
  for (const [kind, name, required, keys] of singles)
    row(`m9 ${kind}`, async () => {
      const document = documentOf(await member.get(path(kind)))
      expect(document).toMatchObject({ name, additionalProperties: false })
      expect([...(document.required as string[])].sort()).toEqual([...required].sort())
      expect(keysOf(document.properties)).toEqual([...keys].sort())
    })

  for (const [kind, list, single] of collections)
    row(`m9 ${kind}`, async () => {
      const { definitions, ...item } = documentOf(await member.get(path(single)))
      const text = { type: 'string' }
      const properties = { [list]: { type: 'array', items: item }, first: text, next: text, schema: text }
      expect(documentOf(await member.get(path(kind)))).toEqual({
        name: list,
        properties,
        links,
        ...(definitions !== undefined && { definitions }),
      })
    })

  row('m9 properties is a map, whose items name themselves by their key', async () => {
    const { definitions, required, ...item } = documentOf(await member.get(path('property')))
    const document = documentOf(await member.get(path('properties')))
    expect(document).toMatchObject({ name: 'properties', links, definitions })
    const { properties } = document.properties as Record<string, Record<string, Record<string, unknown>>>
    expect(properties).toEqual({
      type: 'object',
      additionalProperties: { ...item, required: (required as string[]).filter((name) => name !== 'name') },
    })
  })

  row('m9 limits and definitions', async () => {
    const namespace = bare(documentOf(await member.get(path('namespace')))) as Record<string, Record<string, unknown>>
    const short = { type: 'string', maxLength: 80 }
    expect(namespace.properties).toMatchObject({
      namespace: short,
      display_name: short,
      description: { type: 'string', maxLength: 500 },
      visibility: { type: 'string', enum: ['public', 'private'] },
      protected: { type: 'boolean' },
      owner: { type: 'string', maxLength: 255 },
      created_at: { type: 'string', readOnly: true, format: 'date-time' },
      self: { type: 'string', readOnly: true },
      properties: { $ref: '#/definitions/property' },
    })
    expect(namespace.definitions).toMatchObject({
      positiveInteger: { type: 'integer', minimum: 0 },
      positiveIntegerDefault0: { allOf: [{ $ref: '#/definitions/positiveInteger' }, { default: 0 }] },
      stringArray: { type: 'array', items: { type: 'string' }, uniqueItems: true },
      property: { type: 'object', additionalProperties: { type: 'object', required: expect.any(Array) } },
    })
    const property = bare(documentOf(await member.get(path('property')))) as Record<string, Record<string, unknown>>
    expect(property.definitions?.stringArray).toMatchObject({ minItems: 1 })
  })

  row('m9 without a role: 200', async () => {
    expect((await roleless.get(path('tag'))).status).toBe(200)
  })

  row('m9 another kind: 404; with a body: 400', async () => {
    expectFault(await member.get(path('none')), 404, notFoundText)
    expect((await member.get(path('tag'), { body: '{}' })).status).toBe(400)
  })
})
