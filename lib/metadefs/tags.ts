import type { RequestContext } from '@/lib/context/request-context'
import { type Db, db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { nowToTheSecond } from '@/lib/runtime/clock'
import { namespaceFor, visibleNamespace } from './access'
import { findTag, findTags, tagOfRow } from './content-repo'
import { type Document, readTag, readTags, refuseTwice } from './documents'
import { behind, type ColumnKind, orderOf } from './keyset'
import { checkContentLimit } from './limits'
import { formerTagPosition, rememberTags } from './marker-repo'
import type { MetadefTag } from './metadef'
import { noteChange } from './metadef-events'
import { holdNamespace, insertContent } from './namespace-repo'
import { duplicateTag, refuseProtected } from './namespaces'
import type { TagQuery } from './parse-queries'
import { inUniqueTransaction } from './unique'

type TagWhere = NonNullable<NonNullable<Parameters<Db['metadefTag']['findMany']>[0]>['where']>

export const tagColumns: Readonly<Record<string, ColumnKind>> = {
  name: 'text',
  createdAt: 'time',
  updatedAt: 'nullable time',
  id: 'id',
}

/** A page of the tags of a namespace. Throws `not_found`, also for a marker that never was a tag, and `policy_denied`. */
export async function listTags(ctx: RequestContext, namespaceName: string, query: TagQuery): Promise<MetadefTag[]> {
  const namespace = await namespaceFor(ctx, namespaceName, 'listTags')
  const columns = [...new Set([query.sortColumn, 'createdAt', 'id'])]
  const where: TagWhere[] = [{ namespaceId: namespace.id }]
  if (query.marker !== undefined) {
    const tag = await findTag(db(), namespace.id, query.marker)
    const position = tag === undefined ? await formerTagPosition(namespace.id, query.marker) : { ...tag }
    if (position === undefined) throw tagAbsent(query.marker)
    where.push(behind(position, columns, tagColumns, query.direction) as TagWhere)
  }
  if (query.limit === 0) return []
  const rows = await db().metadefTag.findMany({
    where: { AND: where },
    orderBy: orderOf(columns, tagColumns, query.direction) as never,
    ...(query.limit !== undefined && { take: query.limit }),
  })
  return rows.map(tagOfRow)
}

/** One tag. Throws `not_found` and `policy_denied`. */
export async function getTag(ctx: RequestContext, namespaceName: string, name: string): Promise<MetadefTag> {
  const namespace = await namespaceFor(ctx, namespaceName, 'getTag')
  const tag = await findTag(db(), namespace.id, name)
  if (tag === undefined) throw tagAbsent(name)
  return tag
}

/** Adds a tag. Throws also `bad_request`, `conflict` and `quota_exceeded`. The namespace is looked for first. */
export async function createTag(ctx: RequestContext, namespaceName: string, name: string): Promise<MetadefTag> {
  await visibleNamespace(ctx, namespaceName)
  readTag({ name })
  const found = await namespaceFor(ctx, namespaceName, 'createTag')
  return await inUniqueTransaction(duplicateTag(name, found.name), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    checkContentLimit('tags', (await tx.metadefTag.count({ where: { namespaceId: namespace.id } })) + 1)
    await insertContent(tx, namespace.id, { tags: [name] })
    await noteChange(tx, 'metadef_tag.create', actorOf(ctx), { namespace, what: { name } })
    const tag = await findTag(tx, namespace.id, name)
    if (tag === undefined) throw tagAbsent(name)
    return tag
  })
}

/**
 * Adds tags, or puts them in the place of all that are there; none at all changes nothing. Names as they were sent.
 * Throws as {@link createTag}.
 */
export async function createTags(
  ctx: RequestContext,
  namespaceName: string,
  body: Document,
  { isAppending }: { readonly isAppending: boolean },
): Promise<readonly string[]> {
  const names = readTags(body)
  const found = await namespaceFor(ctx, namespaceName, 'createTags')
  if (names.length === 0) return names
  refuseTwice(names, (name) => duplicateTag(name, found.name))
  await inTransaction(db(), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const there = await findTags(namespace.id, tx)
    if (isAppending) {
      const known = new Set(there.map(({ name }) => name))
      const twice = names.find((name) => known.has(name))
      if (twice !== undefined) throw apiError('conflict', { public: duplicateTag(twice, namespace.name) })
    } else {
      await rememberTags(tx, namespace.id, there)
      await tx.metadefTag.deleteMany({ where: { namespaceId: namespace.id } })
    }
    checkContentLimit('tags', names.length + (isAppending ? there.length : 0))
    await insertContent(tx, namespace.id, { tags: names })
    const former = isAppending ? {} : { was: { replaced: there.map(({ name }) => name) } }
    await noteChange(tx, 'metadef_tag.create', actorOf(ctx), { namespace, what: { tags: names }, ...former })
  })
  return names
}

/** Gives a tag another name. Throws as {@link createTag}, and `attribute_read_only`. */
export async function renameTag(
  ctx: RequestContext,
  namespaceName: string,
  name: string,
  body: Document,
): Promise<MetadefTag> {
  const newName = readTag(body)
  const found = await namespaceFor(ctx, namespaceName, 'renameTag')
  return await inUniqueTransaction(duplicateTag(newName, found.name), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const was = await findTag(tx, namespace.id, name)
    if (was === undefined) throw tagAbsent(name)
    if (newName !== name) await rememberTags(tx, namespace.id, [was])
    const data = { name: newName, updatedAt: nowToTheSecond() }
    const tag = tagOfRow(await tx.metadefTag.update({ where: { id: was.id }, data }))
    await noteChange(tx, 'metadef_tag.update', actorOf(ctx), { namespace, what: { name: newName }, was: { name } })
    return tag
  })
}

/** Removes a tag. Throws `not_found`, `policy_denied`, and `forbidden` in a protected namespace. */
export async function deleteTag(ctx: RequestContext, namespaceName: string, name: string): Promise<void> {
  const found = await namespaceFor(ctx, namespaceName, 'deleteTag')
  await inTransaction(db(), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const tag = await findTag(tx, namespace.id, name)
    if (tag === undefined) throw tagAbsent(name)
    refuseProtected(namespace, `tag ${name}`)
    await rememberTags(tx, namespace.id, [tag])
    await tx.metadefTag.delete({ where: { id: tag.id } })
    await noteChange(tx, 'metadef_tag.delete', actorOf(ctx), { namespace, what: { name } })
  })
}

function tagAbsent(name: string) {
  return apiError('not_found', { public: `Could not find metadata tag ${name}` })
}
