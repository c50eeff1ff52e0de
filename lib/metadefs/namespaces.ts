import type { RequestContext } from '@/lib/context/request-context'
import { db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { lockProject } from '@/lib/quota/usage-repo'
import { enforceOnProject, namespaceFor, namespaceUnknown } from './access'
import { findContent, findTags, type KeptContent } from './content-repo'
import { type Document, type NamespaceDocument, readNamespace, refuseTwice } from './documents'
import { checkContentLimit, checkNamespaceLimit, limitsNamespaces } from './limits'
import { rememberNamespaces, rememberTags } from './marker-repo'
import type { Namespace, NamespaceContent } from './metadef'
import { namespaceNote, noteChange } from './metadef-events'
import { countOwned, holdNamespace, insertNamespace, updateNamespaceFields } from './namespace-repo'
import { inUniqueTransaction } from './unique'

export interface CreatedNamespace extends NamespaceDocument {
  readonly namespace: Namespace
}

/**
 * Creates a namespace with everything that the document nests in it, or nothing. Throws `attribute_read_only` and
 * `bad_request` for the document, `not_found` or `policy_denied`, `conflict` for a name in use or a repeated one,
 * `quota_exceeded`. Source: metadefs.md 4.
 */
export async function createNamespace(ctx: RequestContext, body: Document): Promise<CreatedNamespace> {
  const document = readNamespace(body)
  const { fields, content } = document
  enforceOnProject(ctx, 'createNamespace')
  if (content.associations.length > 0) enforceOnProject(ctx, 'nestAssociations')
  if (content.objects.length > 0) enforceOnProject(ctx, 'nestObjects')
  if (content.properties.length > 0) enforceOnProject(ctx, 'nestProperties')
  if (content.tags.length > 0) enforceOnProject(ctx, 'nestTags')
  const owned = { ...fields, ownerId: fields.ownerId ?? ctx.principal.projectId ?? '' }
  refuseRepeats(fields.name, content)
  checkContent(content)
  const namespace = await inUniqueTransaction(duplicateNamespace(fields.name), async (tx) => {
    await refuseOverLimit(tx, owned.ownerId)
    const made = await insertNamespace(tx, owned, content)
    await noteChange(tx, 'metadef_namespace.create', actorOf(ctx), {
      namespace: made,
      what: { ...namespaceNote(made), ...countsOf(content) },
    })
    return made
  })
  return { ...document, namespace }
}

export interface ShownNamespace extends KeptContent {
  readonly namespace: Namespace
}

/** A namespace with everything in it. Throws `not_found` and `policy_denied`. */
export async function showNamespace(ctx: RequestContext, name: string): Promise<ShownNamespace> {
  const namespace = await namespaceFor(ctx, name, 'showNamespace', namespaceUnknown)
  return { namespace, ...(await findContent(namespace.id)) }
}

/**
 * Replaces a namespace's own fields, also its name; what is nested in the document is judged and left alone. Throws as
 * {@link createNamespace}.
 */
export async function updateNamespace(ctx: RequestContext, name: string, body: Document): Promise<Namespace> {
  const { fields } = readNamespace(body)
  const found = await namespaceFor(ctx, name, 'updateNamespace')
  const owned = { ...fields, ownerId: fields.ownerId ?? ctx.principal.projectId ?? '' }
  return await inUniqueTransaction(duplicateNamespace(fields.name), async (tx) => {
    if (owned.ownerId !== found.ownerId) await refuseOverLimit(tx, owned.ownerId)
    const was = await holdNamespace(tx, found)
    // Whoever does not find it by this name any more goes on with a list from where it stood.
    if (was.name !== owned.name || was.visibility !== owned.visibility || was.ownerId !== owned.ownerId) {
      await rememberNamespaces(tx, [was])
    }
    const namespace = await updateNamespaceFields(tx, was.id, owned)
    const note = { namespace, what: namespaceNote(namespace), was: namespaceNote(was) }
    await noteChange(tx, 'metadef_namespace.update', actorOf(ctx), note)
    return namespace
  })
}

/** Removes a namespace and what is in it; resource types stay. Throws `not_found`, `policy_denied`, and `forbidden`. */
export async function deleteNamespace(ctx: RequestContext, name: string): Promise<void> {
  const found = await namespaceFor(ctx, name, 'deleteNamespace')
  await inTransaction(db(), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    refuseProtected(namespace, `namespace ${namespace.name}`)
    await rememberNamespaces(tx, [namespace])
    await tx.metadefNamespace.delete({ where: { id: namespace.id } })
    await noteChange(tx, 'metadef_namespace.delete', actorOf(ctx), { namespace, what: namespaceNote(namespace) })
  })
}

const deleteCalls = { objects: 'deleteObjects', properties: 'deleteProperties', tags: 'deleteTags' } as const

/** Removes all of one kind in a namespace. Throws as {@link deleteNamespace}. */
export async function deleteContent(
  ctx: RequestContext,
  name: string,
  kind: 'objects' | 'properties' | 'tags',
): Promise<void> {
  const found = await namespaceFor(ctx, name, deleteCalls[kind])
  await inTransaction(db(), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    refuseProtected(namespace, `namespace ${namespace.name}`)
    const names = await removeAll(tx, namespace.id, kind)
    await noteChange(tx, `metadef_namespace.delete_${kind}`, actorOf(ctx), { namespace, what: { [kind]: names } })
  })
}

async function removeAll(tx: Tx, namespaceId: number, kind: 'objects' | 'properties' | 'tags'): Promise<string[]> {
  const where = { namespaceId }
  const select = { name: true }
  if (kind === 'objects') {
    const rows = await tx.metadefObject.findMany({ where, select })
    await tx.metadefObject.deleteMany({ where })
    return rows.map(({ name }) => name)
  }
  if (kind === 'properties') {
    const rows = await tx.metadefProperty.findMany({ where, select })
    await tx.metadefProperty.deleteMany({ where })
    return rows.map(({ name }) => name)
  }
  const tags = await findTags(namespaceId, tx)
  await rememberTags(tx, namespaceId, tags)
  await tx.metadefTag.deleteMany({ where })
  return tags.map(({ name }) => name)
}

/** Throws the 403 of what lies in a protected namespace; `what` is the thing that stays. */
export function refuseProtected(namespace: Namespace, what: string): void {
  if (!namespace.isProtected) return
  throw apiError('forbidden', { public: `Metadata definition ${what} is protected and cannot be deleted.` })
}

async function refuseOverLimit(tx: Tx, ownerId: string): Promise<void> {
  if (!limitsNamespaces()) return
  await lockProject(tx, ownerId)
  checkNamespaceLimit((await countOwned(tx, ownerId)) + 1)
}

function checkContent({ objects, properties, tags, associations }: NamespaceContent): void {
  checkContentLimit('objects', objects.length)
  checkContentLimit('properties', properties.length)
  checkContentLimit('tags', tags.length)
  checkContentLimit('resource types', associations.length)
}

export function countsOf({ objects, properties, tags, associations }: NamespaceContent) {
  return {
    objects: objects.length,
    properties: properties.length,
    tags: tags.length,
    resource_type_associations: associations.length,
  }
}

const duplicateNamespace = (name: string) => `The metadata definition namespace=${name} already exists.`
export const duplicateObject = (name: string, namespace: string) =>
  `A metadata definition object with name=${name} already exists in namespace=${namespace}.`
export const duplicateProperty = (name: string, namespace: string) =>
  `A metadata definition property with name=${name} already exists in namespace=${namespace}.`
export const duplicateTag = (name: string, namespace: string) =>
  `A metadata tag with name=${name} already exists in namespace=${namespace}. (Please note that metadata tag names are case insensitive).`
export const duplicateAssociation = (name: string, namespace: string) =>
  `The metadata definition resource-type association of resource-type=${name} to namespace=${namespace} already exists.`

/** Throws the 409 of a document that names something twice. */
export function refuseRepeats(namespace: string, { associations, objects, tags }: NamespaceContent): void {
  const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name)
  refuseTwice(names(associations), (name) => duplicateAssociation(name, namespace))
  refuseTwice(names(objects), (name) => duplicateObject(name, namespace))
  refuseTwice(tags, (name) => duplicateTag(name, namespace))
}
