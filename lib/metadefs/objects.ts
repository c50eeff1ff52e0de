import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { nowToTheSecond } from '@/lib/runtime/clock'
import { namespaceFor, namespaceUnknown, showsRows } from './access'
import { findObject, findObjects } from './content-repo'
import { type Document, type ObjectParts, readObject } from './documents'
import { checkContentLimit } from './limits'
import { type MetadefObject, wireObjectFields } from './metadef'
import { noteChange } from './metadef-events'
import { holdNamespace, insertContent, objectData } from './namespace-repo'
import { duplicateObject, refuseProtected } from './namespaces'
import { inUniqueTransaction } from './unique'

export interface ChangedObject {
  readonly object: MetadefObject
  readonly parts: ObjectParts
}

/** The objects of a namespace that the caller may read. Throws `not_found` and `policy_denied`. Source: metadefs.md 6. */
export async function listObjects(ctx: RequestContext, namespaceName: string): Promise<MetadefObject[]> {
  const namespace = await namespaceFor(ctx, namespaceName, 'listObjects', namespaceUnknown)
  return showsRows(ctx, 'listObjects', namespace) ? await findObjects(namespace.id) : []
}

/** One object. Throws `not_found` and `policy_denied`. */
export async function getObject(ctx: RequestContext, namespaceName: string, name: string): Promise<MetadefObject> {
  const namespace = await namespaceFor(ctx, namespaceName, 'getObject', namespaceUnknown)
  return (await findObject(db(), namespace.id, name)) ?? objectAbsent(name)
}

/** Adds an object. Throws also `bad_request`, `attribute_read_only`, `conflict` and `quota_exceeded`. */
export async function createObject(ctx: RequestContext, namespaceName: string, body: Document): Promise<ChangedObject> {
  const { fields, parts } = readObject(body)
  const found = await namespaceFor(ctx, namespaceName, 'createObject', namespaceUnknown)
  const object = await inUniqueTransaction(duplicateObject(fields.name, found.name), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const where = { namespaceId: namespace.id }
    checkContentLimit('objects', (await tx.metadefObject.count({ where })) + 1)
    checkContentLimit('properties', Object.keys(fields.properties).length)
    await insertContent(tx, namespace.id, { objects: [fields] })
    const made = await findObject(tx, namespace.id, fields.name)
    await noteChange(tx, 'metadef_object.create', actorOf(ctx), { namespace, what: wireObjectFields(fields) })
    return made ?? objectAbsent(fields.name)
  })
  return { object, parts }
}

/** Replaces an object, also its name. Throws as {@link createObject}. */
export async function updateObject(
  ctx: RequestContext,
  namespaceName: string,
  name: string,
  body: Document,
): Promise<ChangedObject> {
  const { fields, parts } = readObject(body)
  const found = await namespaceFor(ctx, namespaceName, 'updateObject', namespaceUnknown)
  const object = await inUniqueTransaction(duplicateObject(fields.name, found.name), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const was = (await findObject(tx, namespace.id, name)) ?? objectAbsent(name)
    checkContentLimit('properties', Object.keys(fields.properties).length)
    const updatedAt = nowToTheSecond()
    const where = { namespaceId_name: { namespaceId: namespace.id, name } }
    await tx.metadefObject.update({ where, data: { ...objectData(fields), updatedAt } })
    const note = { namespace, what: wireObjectFields(fields), was: wireObjectFields(was) }
    await noteChange(tx, 'metadef_object.update', actorOf(ctx), note)
    return { ...fields, createdAt: was.createdAt, updatedAt: updatedAt.getTime() }
  })
  return { object, parts }
}

/** Removes an object. Throws `not_found`, `policy_denied`, and `forbidden` in a protected namespace. */
export async function deleteObject(ctx: RequestContext, namespaceName: string, name: string): Promise<void> {
  const found = await namespaceFor(ctx, namespaceName, 'deleteObject', namespaceUnknown)
  await inTransaction(db(), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const object = (await findObject(tx, namespace.id, name)) ?? objectAbsent(name)
    refuseProtected(namespace, `object ${name}`)
    await tx.metadefObject.delete({ where: { namespaceId_name: { namespaceId: namespace.id, name } } })
    await noteChange(tx, 'metadef_object.delete', actorOf(ctx), { namespace, what: wireObjectFields(object) })
  })
}

function objectAbsent(name: string): never {
  throw apiError('not_found', { public: `Could not find metadata object ${name}` })
}
