import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { nowToTheSecond } from '@/lib/runtime/clock'
import { namespaceFor } from './access'
import { findProperties, findProperty } from './content-repo'
import { type Document, readProperty } from './documents'
import { checkContentLimit } from './limits'
import type { PropertyFields } from './metadef'
import { noteChange } from './metadef-events'
import { associationsOf, holdNamespace, insertContent } from './namespace-repo'
import { duplicateProperty, refuseProtected } from './namespaces'
import { inUniqueTransaction } from './unique'

/** The properties of a namespace by name. Throws `not_found` and `policy_denied`. Source: metadefs.md 7. */
export async function listProperties(ctx: RequestContext, namespaceName: string): Promise<PropertyFields[]> {
  return await findProperties((await namespaceFor(ctx, namespaceName, 'listProperties')).id)
}

/**
 * One property. With a resource type its name comes with the prefix that the type has in this namespace. Throws
 * `not_found` and `policy_denied`.
 */
export async function getProperty(
  ctx: RequestContext,
  namespaceName: string,
  name: string,
  resourceType: string,
): Promise<PropertyFields> {
  const namespace = await namespaceFor(ctx, namespaceName, resourceType === '' ? 'getProperty' : 'getPropertyOfType')
  const bare = resourceType === '' ? name : await withoutPrefix(namespace, name, resourceType)
  return (await findProperty(db(), namespace.id, bare)) ?? propertyAbsent(bare)
}

async function withoutPrefix(
  namespace: { readonly id: number; readonly name: string },
  name: string,
  resourceType: string,
): Promise<string> {
  const association = (await associationsOf(namespace.id)).find((known) => known.name === resourceType)
  if (association === undefined) {
    const text = `The metadata definition resource-type association of resource-type=${resourceType} to namespace=${namespace.name}, was not found.`
    throw apiError('not_found', { public: text })
  }
  const { prefix } = association
  if (prefix !== null && prefix !== '' && name.startsWith(prefix)) return name.slice(prefix.length)
  const text = `Property ${name} does not start with the expected resource type association prefix of '${prefix ?? 'None'}'.`
  throw apiError('not_found', { public: text })
}

/** Adds a property. Throws also `bad_request`, `attribute_read_only`, `conflict` and `quota_exceeded`. */
export async function createProperty(
  ctx: RequestContext,
  namespaceName: string,
  body: Document,
): Promise<PropertyFields> {
  const property = readProperty(body)
  const found = await namespaceFor(ctx, namespaceName, 'createProperty')
  return await inUniqueTransaction(duplicateProperty(property.name, found.name), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const where = { namespaceId: namespace.id }
    checkContentLimit('properties', (await tx.metadefProperty.count({ where })) + 1)
    await insertContent(tx, namespace.id, { properties: [property] })
    await noteChange(tx, 'metadef_property.create', actorOf(ctx), { namespace, what: noteOf(property) })
    return property
  })
}

/** Replaces a property, also its name. Throws as {@link createProperty}. */
export async function updateProperty(
  ctx: RequestContext,
  namespaceName: string,
  name: string,
  body: Document,
): Promise<PropertyFields> {
  const property = readProperty(body)
  const found = await namespaceFor(ctx, namespaceName, 'updateProperty')
  return await inUniqueTransaction(duplicateProperty(property.name, found.name), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const was = (await findProperty(tx, namespace.id, name)) ?? propertyAbsent(name)
    const data = { name: property.name, schema: JSON.stringify(property.schema), updatedAt: nowToTheSecond() }
    await tx.metadefProperty.update({ where: { namespaceId_name: { namespaceId: namespace.id, name } }, data })
    const note = { namespace, what: noteOf(property), was: noteOf(was) }
    await noteChange(tx, 'metadef_property.update', actorOf(ctx), note)
    return property
  })
}

/** Removes a property. Throws `not_found`, `policy_denied`, and `forbidden` in a protected namespace. */
export async function deleteProperty(ctx: RequestContext, namespaceName: string, name: string): Promise<void> {
  const found = await namespaceFor(ctx, namespaceName, 'deleteProperty')
  await inTransaction(db(), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const property = (await findProperty(tx, namespace.id, name)) ?? propertyAbsent(name)
    refuseProtected(namespace, `property ${name}`)
    await tx.metadefProperty.delete({ where: { namespaceId_name: { namespaceId: namespace.id, name } } })
    await noteChange(tx, 'metadef_property.delete', actorOf(ctx), { namespace, what: noteOf(property) })
  })
}

const noteOf = ({ name, schema }: PropertyFields) => ({ name, schema })

function propertyAbsent(name: string): never {
  throw apiError('not_found', { public: `Could not find property ${name}` })
}
