import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { enforceOnProject, namespaceUnknown, showsRows, viewerOf } from './access'
import { behind, type ColumnKind, orderOf } from './keyset'
import { formerNamespacePosition, namespacePosition, type Position } from './marker-repo'
import type { Association, Namespace } from './metadef'
import { findAssociations, findNamespace, type NamespaceWhere, namespaceOfRow, visibleTo } from './namespace-repo'
import type { NamespaceQuery } from './parse-queries'

const columnKinds: Readonly<Record<string, ColumnKind>> = {
  name: 'text',
  displayName: 'nullable',
  visibility: 'text',
  isProtected: 'flag',
  ownerId: 'text',
  createdAt: 'time',
  updatedAt: 'nullable time',
  id: 'id',
}

export interface NamespacePage {
  readonly rows: readonly { readonly namespace: Namespace; readonly associations: readonly Association[] }[]
  /** the marker of the next page; undefined when this is the last one */
  readonly next: string | undefined
}

/**
 * A page of namespaces. Rules may hide rows of it; whether there is a next one they do not decide. Throws `not_found`,
 * also for a marker that the caller never could find, and `policy_denied`. Source: metadefs.md 4.
 */
export async function listNamespaces(ctx: RequestContext, query: NamespaceQuery): Promise<NamespacePage> {
  enforceOnProject(ctx, 'listNamespaces')
  const viewer = viewerOf(ctx)
  const columns = [...new Set([query.sortColumn, 'createdAt', 'id'])]
  const conditions: NamespaceWhere[] = [visibleTo(viewer)]
  if (query.visibility !== undefined) conditions.push({ visibility: query.visibility })
  if (query.resourceTypes !== undefined) {
    conditions.push({ associations: { some: { resourceType: { name: { in: [...query.resourceTypes] } } } } })
  }
  if (query.marker !== undefined) {
    const position = await positionOf(ctx, query.marker)
    conditions.push(behind(position, columns, columnKinds, query.direction) as NamespaceWhere)
  }
  if (query.limit === 0) return { rows: [], next: undefined }
  const found = await db().metadefNamespace.findMany({
    where: { AND: conditions },
    orderBy: orderOf(columns, columnKinds, query.direction) as never,
    take: query.limit,
  })
  const namespaces = found.map(namespaceOfRow)
  const shown = namespaces.filter((namespace) => showsRows(ctx, 'listNamespaces', namespace))
  const associations = await findAssociations(
    db(),
    shown.map(({ id }) => id),
  )
  return {
    rows: shown.map((namespace) => ({ namespace, associations: associations.get(namespace.id) ?? [] })),
    next: namespaces.length === query.limit ? namespaces.at(-1)?.name : undefined,
  }
}

/** Where the page before ended, also when that namespace went or got another name since. */
async function positionOf(ctx: RequestContext, marker: string): Promise<Position> {
  const viewer = viewerOf(ctx)
  const namespace = await findNamespace(viewer, marker)
  const position =
    namespace === undefined ? await formerNamespacePosition(viewer, marker) : namespacePosition(namespace)
  if (position === undefined) throw namespaceUnknown(marker)
  return position
}
