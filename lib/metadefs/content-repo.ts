import { z } from 'zod'
import { type Db, type DbOrTx, db } from '@/lib/db/client'
import type { Association, MetadefObject, MetadefTag, PropertyFields } from './metadef'
import { associationsOf, timesOf } from './namespace-repo'

export interface KeptTag extends MetadefTag {
  readonly id: number
}

export interface KeptContent {
  readonly associations: readonly Association[]
  readonly properties: readonly PropertyFields[]
  readonly objects: readonly MetadefObject[]
  readonly tags: readonly KeptTag[]
}

/** Everything in a namespace. */
export async function findContent(namespaceId: number): Promise<KeptContent> {
  const [associations, properties, objects, tags] = await Promise.all([
    associationsOf(namespaceId),
    findProperties(namespaceId),
    findObjects(namespaceId),
    findTags(namespaceId),
  ])
  return { associations, properties, objects, tags }
}

/** Objects of a namespace by name. */
export async function findObjects(namespaceId: number): Promise<MetadefObject[]> {
  const rows = await db().metadefObject.findMany({ where: { namespaceId }, orderBy: { name: 'asc' } })
  return rows.map(objectOfRow)
}

export async function findObject(
  client: DbOrTx,
  namespaceId: number,
  name: string,
): Promise<MetadefObject | undefined> {
  const row = await client.metadefObject.findUnique({ where: { namespaceId_name: { namespaceId, name } } })
  return row === null ? undefined : objectOfRow(row)
}

/** Properties of a namespace by name. */
export async function findProperties(namespaceId: number): Promise<PropertyFields[]> {
  const rows = await db().metadefProperty.findMany({ where: { namespaceId }, orderBy: { name: 'asc' } })
  return rows.map(propertyOfRow)
}

export async function findProperty(
  client: DbOrTx,
  namespaceId: number,
  name: string,
): Promise<PropertyFields | undefined> {
  const row = await client.metadefProperty.findUnique({ where: { namespaceId_name: { namespaceId, name } } })
  return row === null ? undefined : propertyOfRow(row)
}

/** Tags of a namespace, newest first. */
export async function findTags(namespaceId: number, client: DbOrTx = db()): Promise<KeptTag[]> {
  const orderBy = [{ createdAt: 'desc' }, { id: 'desc' }] as const
  const rows = await client.metadefTag.findMany({ where: { namespaceId }, orderBy: [...orderBy] })
  return rows.map(tagOfRow)
}

export async function findTag(client: DbOrTx, namespaceId: number, name: string): Promise<KeptTag | undefined> {
  const row = await client.metadefTag.findUnique({ where: { namespaceId_name: { namespaceId, name } } })
  return row === null ? undefined : tagOfRow(row)
}

type Row<Model extends 'metadefObject' | 'metadefProperty' | 'metadefTag'> = NonNullable<
  Awaited<ReturnType<Db[Model]['findFirst']>>
>

const names = z.array(z.string())

function objectOfRow({ name, description, required, properties, ...row }: Row<'metadefObject'>): MetadefObject {
  const map: MetadefObject['properties'] = JSON.parse(properties)
  return { name, description, required: names.parse(JSON.parse(required)), properties: map, ...timesOf(row) }
}

function propertyOfRow({ name, schema }: Row<'metadefProperty'>): PropertyFields {
  return { name, schema: JSON.parse(schema) }
}

export function tagOfRow({ id, name, ...row }: Row<'metadefTag'>): KeptTag {
  return { id, name, ...timesOf(row) }
}
