import { type Db, type DbOrTx, db, type Tx } from '@/lib/db/client'
import { apiError } from '@/lib/errors/api-error'
import { nowToTheSecond } from '@/lib/runtime/clock'
import type { Association, Namespace, NamespaceContent, NamespaceFields, ObjectFields } from './metadef'

export interface Viewer {
  readonly isAdmin: boolean
  readonly projectId: string | null
}

export type NamespaceWhere = NonNullable<NonNullable<Parameters<Db['metadefNamespace']['findMany']>[0]>['where']>

type Findable = Pick<NamespaceFields, 'visibility' | 'ownerId'>

/** Administrators find all (undefined); everybody else what is public and what its own project owns. */
function waysToFind({ isAdmin, projectId }: Viewer): readonly Partial<Findable>[] | undefined {
  if (isAdmin) return undefined
  return [{ visibility: 'public' }, ...(projectId === null ? [] : [{ ownerId: projectId }])]
}

/** What the viewer finds. */
export function visibleTo(viewer: Viewer): NamespaceWhere {
  const ways = waysToFind(viewer)
  return ways === undefined ? {} : { OR: [...ways] }
}

/** Whether the viewer finds this one: what {@link visibleTo} asks the database. */
export function finds(viewer: Viewer, { visibility, ownerId }: Findable): boolean {
  return (
    waysToFind(viewer)?.some((way) => {
      return (way.visibility ?? visibility) === visibility && (way.ownerId ?? ownerId) === ownerId
    }) ?? true
  )
}

export async function findNamespace(
  viewer: Viewer,
  name: string,
  client: DbOrTx = db(),
): Promise<Namespace | undefined> {
  const row = await client.metadefNamespace.findFirst({ where: { name, ...visibleTo(viewer) } })
  return row === null ? undefined : namespaceOfRow(row)
}

/**
 * The namespace as it is now, which stays so until the transaction ends: whatever changes a namespace or something in
 * it begins with this. Throws `not_found` when it went meanwhile.
 */
export async function holdNamespace(tx: Tx, { id, name }: Namespace): Promise<Namespace> {
  const held = await tx.$executeRaw`UPDATE "MetadefNamespace" SET "id" = "id" WHERE "id" = ${id}`
  const row = held === 0 ? null : await tx.metadefNamespace.findUnique({ where: { id } })
  if (row === null) throw apiError('not_found', { public: `Namespace ${name} not found` })
  return namespaceOfRow(row)
}

export interface NewRowOptions {
  /** from definition files: nobody changed it, and its resource types are the system's */
  readonly isSeeded?: boolean
}

/** Writes a namespace with everything in it. Fails with Prisma's P2002 when the name is in use. */
export async function insertNamespace(
  tx: Tx,
  fields: NamespaceFields,
  content: NamespaceContent,
  { isSeeded = false }: NewRowOptions = {},
): Promise<Namespace> {
  const createdAt = nowToTheSecond()
  const times = { createdAt, updatedAt: isSeeded ? null : createdAt }
  const row = await tx.metadefNamespace.create({ data: { ...fields, isSeeded, ...times } })
  await insertContent(tx, row.id, content, { isSeeded })
  return namespaceOfRow(row)
}

/** Adds to a namespace. Fails with Prisma's P2002 when something of a name is there already. */
export async function insertContent(
  tx: Tx,
  namespaceId: number,
  { associations = [], objects = [], tags = [], properties = [] }: Partial<NamespaceContent>,
  { isSeeded = false }: NewRowOptions = {},
): Promise<void> {
  const createdAt = nowToTheSecond()
  const times = { createdAt, updatedAt: isSeeded ? null : createdAt }
  const typeIds = await resourceTypeIds(
    tx,
    associations.map(({ name }) => name),
    { isSeeded },
  )
  await tx.metadefAssociation.createMany({
    data: associations.map(({ name, prefix, propertiesTarget }) => ({
      namespaceId,
      resourceTypeId: typeIds.get(name) ?? 0,
      prefix,
      propertiesTarget,
      ...times,
    })),
  })
  await tx.metadefObject.createMany({
    data: objects.map((object) => ({ namespaceId, ...objectData(object), ...times })),
  })
  await tx.metadefTag.createMany({ data: tags.map((name) => ({ namespaceId, name, ...times })) })
  await tx.metadefProperty.createMany({
    data: properties.map(({ name, schema }) => ({ namespaceId, name, schema: JSON.stringify(schema), ...times })),
  })
}

/** An object as its row holds it. */
export function objectData({ name, description, required, properties }: ObjectFields) {
  return { name, description, required: JSON.stringify(required), properties: JSON.stringify(properties) }
}

/** Ids of resource types by name; a type appears when it is first named. In one order, so that nobody waits in a ring. */
async function resourceTypeIds(
  tx: Tx,
  names: readonly string[],
  { isSeeded }: { readonly isSeeded: boolean },
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>()
  const createdAt = nowToTheSecond()
  for (const name of [...new Set(names)].sort()) {
    const known = await tx.metadefResourceType.findUnique({ where: { name }, select: { id: true } })
    const create = { name, isProtected: isSeeded, createdAt, updatedAt: isSeeded ? null : createdAt }
    const row = known ?? (await tx.metadefResourceType.upsert({ where: { name }, create, update: { name } }))
    ids.set(name, row.id)
  }
  return ids
}

export async function updateNamespaceFields(tx: Tx, id: number, fields: NamespaceFields): Promise<Namespace> {
  return namespaceOfRow(
    await tx.metadefNamespace.update({ where: { id }, data: { ...fields, updatedAt: nowToTheSecond() } }),
  )
}

export async function countOwned(tx: Tx, ownerId: string): Promise<number> {
  return await tx.metadefNamespace.count({ where: { ownerId } })
}

/** Associations of these namespaces by the namespace's id, each namespace's by type. */
export async function findAssociations(
  client: DbOrTx,
  namespaceIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Association[]>> {
  const rows = await client.metadefAssociation.findMany({
    where: { namespaceId: { in: [...namespaceIds] } },
    include: { resourceType: { select: { name: true } } },
    orderBy: [{ createdAt: 'asc' }, { resourceTypeId: 'asc' }],
  })
  const found = new Map<number, Association[]>()
  for (const { namespaceId, resourceType, prefix, propertiesTarget, ...times } of rows) {
    const list = found.get(namespaceId) ?? []
    list.push({ name: resourceType.name, prefix, propertiesTarget, ...timesOf(times) })
    found.set(namespaceId, list)
  }
  return found
}

export async function associationsOf(namespaceId: number, client: DbOrTx = db()): Promise<readonly Association[]> {
  return (await findAssociations(client, [namespaceId])).get(namespaceId) ?? []
}

type NamespaceRow = NonNullable<Awaited<ReturnType<Db['metadefNamespace']['findFirst']>>>

export function namespaceOfRow({ id, name, displayName, description, isProtected, ownerId, ...row }: NamespaceRow) {
  const visibility = row.visibility === 'public' ? 'public' : 'private'
  return { id, name, displayName, description, visibility, isProtected, ownerId, ...timesOf(row) } satisfies Namespace
}

export function timesOf({ createdAt, updatedAt }: { readonly createdAt: Date; readonly updatedAt: Date | null }) {
  return { createdAt: createdAt.getTime(), updatedAt: updatedAt?.getTime() ?? null }
}
