import { type RawReader, rawReader } from '@/lib/db/raw-query'
import type { NamespaceFields } from '../metadef'
import type { PropertySchema } from '../property-schema'

/** A stored namespace with everything in it. */
export interface StoredNamespace extends NamespaceFields {
  readonly id: number
  /** came from a definition file */
  readonly isSeeded: boolean
  /** somebody changed it since it was made or loaded */
  readonly isChanged: boolean
  readonly associations: readonly { name: string; prefix: string | null; propertiesTarget: string | null }[]
  readonly objects: readonly {
    name: string
    description: string | null
    properties: Readonly<Record<string, PropertySchema>>
  }[]
  readonly properties: readonly { name: string; schema: PropertySchema }[]
  readonly tags: readonly string[]
}

/** Small enough that other requests wait for no page longer than for a list. */
const PAGE = 50

type Text = string | null
type Flag = boolean | number

/** Every namespace in the order in which they were made, read in pages; only one page is held. */
export async function* storedNamespaces(): AsyncGenerator<readonly StoredNamespace[]> {
  const reader = rawReader()
  let last = 0
  for (;;) {
    const rows = await reader.tuples<[number, string, Text, Text, string, Flag, string, Flag, unknown]>(
      `SELECT "id", "name", "displayName", "description", "visibility", "isProtected", "ownerId", "isSeeded", "updatedAt"
       FROM "MetadefNamespace" WHERE "id" > ${holder(reader, 1)} ORDER BY "id" LIMIT ${PAGE}`,
      [last],
    )
    const end = rows.at(-1)?.[0]
    if (end === undefined) return
    const content = await contentBetween(reader, last, end)
    yield rows.map(([id, name, displayName, description, visibility, isProtected, ownerId, isSeeded, updatedAt]) => ({
      ...{ id, name, displayName, description, ownerId },
      visibility: visibility === 'public' ? 'public' : 'private',
      isProtected: Boolean(isProtected),
      isSeeded: Boolean(isSeeded),
      isChanged: updatedAt !== null,
      associations: content.associations.get(id) ?? [],
      objects: content.objects.get(id) ?? [],
      properties: content.properties.get(id) ?? [],
      tags: content.tags.get(id) ?? [],
    }))
    last = end
  }
}

const holder = ({ flavour }: RawReader, position: number) => (flavour === 'sqlite' ? `@p${position}` : `$${position}`)

async function contentBetween(reader: RawReader, after: number, last: number) {
  const range = (column: string) => `${column} > ${holder(reader, 1)} AND ${column} <= ${holder(reader, 2)}`
  const read = <Row extends readonly [number, ...unknown[]]>(sql: string) => reader.tuples<Row>(sql, [after, last])
  const properties = await read<[number, string, string]>(
    `SELECT "namespaceId", "name", "schema" FROM "MetadefProperty" WHERE ${range('"namespaceId"')} ORDER BY "namespaceId", "name"`,
  )
  const objects = await read<[number, string, Text, string]>(
    `SELECT "namespaceId", "name", "description", "properties" FROM "MetadefObject" WHERE ${range('"namespaceId"')} ORDER BY "namespaceId", "name"`,
  )
  const tags = await read<[number, string]>(
    `SELECT "namespaceId", "name" FROM "MetadefTag" WHERE ${range('"namespaceId"')} ORDER BY "namespaceId", "name"`,
  )
  const associations = await read<[number, string, Text, Text]>(
    `SELECT a."namespaceId", t."name", a."prefix", a."propertiesTarget" FROM "MetadefAssociation" a
     JOIN "MetadefResourceType" t ON t."id" = a."resourceTypeId" WHERE ${range('a."namespaceId"')}
     ORDER BY a."namespaceId", a."resourceTypeId"`,
  )
  return {
    properties: grouped(properties, ([, name, schema]) => ({ name, schema: JSON.parse(schema) as PropertySchema })),
    objects: grouped(objects, ([, name, description, map]) => {
      return { name, description, properties: JSON.parse(map) as Readonly<Record<string, PropertySchema>> }
    }),
    tags: grouped(tags, ([, name]) => name),
    associations: grouped(associations, ([, name, prefix, propertiesTarget]) => ({ name, prefix, propertiesTarget })),
  }
}

function grouped<Row extends readonly [number, ...unknown[]], Item>(rows: readonly Row[], itemOf: (row: Row) => Item) {
  const found = new Map<number, Item[]>()
  for (const row of rows) {
    const list = found.get(row[0])
    if (list === undefined) found.set(row[0], [itemOf(row)])
    else list.push(itemOf(row))
  }
  return found
}

export interface StoredType {
  readonly id: number
  readonly name: string
  readonly isProtected: boolean
  /** how many namespaces name it */
  readonly namespaces: number
}

/** Every resource type, in pages. */
export async function* storedTypes(): AsyncGenerator<readonly StoredType[]> {
  const reader = rawReader()
  let last = 0
  for (;;) {
    const rows = await reader.tuples<[number, string, Flag, number]>(
      `SELECT "id", "name", "isProtected",
         (SELECT COUNT(*) FROM "MetadefAssociation" a WHERE a."resourceTypeId" = "MetadefResourceType"."id")
       FROM "MetadefResourceType" WHERE "id" > ${holder(reader, 1)} ORDER BY "id" LIMIT ${PAGE}`,
      [last],
    )
    const end = rows.at(-1)?.[0]
    if (end === undefined) return
    yield rows.map(([id, name, isProtected, namespaces]) => {
      return { id, name, isProtected: Boolean(isProtected), namespaces: Number(namespaces) }
    })
    last = end
  }
}

/** The owners of namespaces that name a resource type. */
export async function ownersOfType(id: number): Promise<string[]> {
  const reader = rawReader()
  const rows = await reader.tuples<[string]>(
    `SELECT DISTINCT n."ownerId" FROM "MetadefAssociation" a JOIN "MetadefNamespace" n ON n."id" = a."namespaceId"
     WHERE a."resourceTypeId" = ${holder(reader, 1)} ORDER BY n."ownerId"`,
    [id],
  )
  return rows.map(([ownerId]) => ownerId)
}

/** How many namespaces the project with most of them owns. */
export async function mostOwned(): Promise<number> {
  const sql = `SELECT COUNT(*) AS "n" FROM "MetadefNamespace" GROUP BY "ownerId" ORDER BY "n" DESC LIMIT 1`
  const [row] = await rawReader().tuples<[number]>(sql, [])
  return Number(row?.[0] ?? 0)
}
