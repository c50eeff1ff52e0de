import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { type Db, db } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { enforceOnProject, namespaceFor, showsRows, viewerOf } from './access'
import { type Document, readAssociation } from './documents'
import { checkContentLimit } from './limits'
import { type Association, type ResourceType, wireAssociation } from './metadef'
import { noteChange } from './metadef-events'
import { associationsOf, holdNamespace, insertContent, timesOf, type Viewer, visibleTo } from './namespace-repo'
import { duplicateAssociation, refuseProtected } from './namespaces'
import { inUniqueTransaction } from './unique'

/**
 * Resource types that the caller may know of: those of definition files and of namespaces that it can find; all of them
 * where the settings say so. Throws `not_found` and `policy_denied`. Source: metadefs.md 5, policy.md 8.
 */
export async function listResourceTypes(ctx: RequestContext): Promise<ResourceType[]> {
  enforceOnProject(ctx, 'listResourceTypes')
  const rows = await db().metadefResourceType.findMany({ where: typesVisibleTo(viewerOf(ctx)), orderBy: { id: 'asc' } })
  return rows.map(({ name, ...row }) => ({ name, ...timesOf(row) }))
}

type TypeWhere = NonNullable<NonNullable<Parameters<Db['metadefResourceType']['findMany']>[0]>['where']>

/** The resource types that the viewer finds, before any rule is asked. */
export function typesVisibleTo(viewer: Viewer): TypeWhere {
  if (viewer.isAdmin || config().metadefs.showAllResourceTypes) return {}
  return { OR: [{ isProtected: true }, { associations: { some: { namespace: visibleTo(viewer) } } }] }
}

/** The resource types of a namespace, with their prefixes. Throws `not_found` and `policy_denied`. */
export async function listAssociations(ctx: RequestContext, namespaceName: string): Promise<readonly Association[]> {
  const namespace = await namespaceFor(ctx, namespaceName, 'listAssociations')
  return showsRows(ctx, 'listAssociations', namespace) ? await associationsOf(namespace.id) : []
}

/**
 * Associates a resource type, which appears by that when nobody named it before. Throws `not_found`, `policy_denied`,
 * `bad_request`, `attribute_read_only`, `conflict` and `quota_exceeded`.
 */
export async function createAssociation(
  ctx: RequestContext,
  namespaceName: string,
  body: Document,
): Promise<Association> {
  const fields = readAssociation(body)
  const found = await namespaceFor(ctx, namespaceName, 'createAssociation')
  return await inUniqueTransaction(duplicateAssociation(fields.name, found.name), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const where = { namespaceId: namespace.id }
    checkContentLimit('resource types', (await tx.metadefAssociation.count({ where })) + 1)
    await insertContent(tx, namespace.id, { associations: [fields] })
    await noteChange(tx, 'metadef_resource_type.create', actorOf(ctx), { namespace, what: wireAssociation(fields) })
    const made = (await associationsOf(namespace.id, tx)).find(({ name }) => name === fields.name)
    return made ?? associationAbsent(fields.name)
  })
}

/** Takes a resource type off a namespace; the type stays. Throws `not_found`, `policy_denied` and `forbidden`. */
export async function deleteAssociation(ctx: RequestContext, namespaceName: string, name: string): Promise<void> {
  const found = await namespaceFor(ctx, namespaceName, 'deleteAssociation')
  await inTransaction(db(), async (tx) => {
    const namespace = await holdNamespace(tx, found)
    const association = (await associationsOf(namespace.id, tx)).find((known) => known.name === name)
    if (association === undefined) associationAbsent(name)
    refuseProtected(namespace, `resource-type-association ${name}`)
    await tx.metadefAssociation.deleteMany({ where: { namespaceId: namespace.id, resourceType: { name } } })
    const what = wireAssociation(association)
    await noteChange(tx, 'metadef_resource_type.delete', actorOf(ctx), { namespace, what })
  })
}

function associationAbsent(name: string): never {
  throw apiError('not_found', { public: `Failed to find resource type ${name} to delete` })
}
