import { type Db, db, type Tx } from '@/lib/db/client'
import { now } from '@/lib/runtime/clock'
import type { MetadefTag, Namespace } from './metadef'
import { type Viewer, visibleTo } from './namespace-repo'

/** How long a list may rest between two pages. */
const KEPT_MS = 24 * 3600 * 1000

export type Position = Readonly<Record<string, string | number | boolean | null>>

/** Where a namespace stands in lists. */
export function namespacePosition({ id, name, displayName, visibility, isProtected, ownerId, ...times }: Namespace) {
  return { id, name, displayName, visibility, isProtected, ownerId, ...times } satisfies Position
}

/** Notes where namespaces stood that go, or that others will not find by this name. */
export async function rememberNamespaces(tx: Tx, namespaces: readonly Namespace[]): Promise<void> {
  const data = namespaces.map((namespace) => ({
    name: namespace.name,
    position: JSON.stringify(namespacePosition(namespace)),
    visibility: namespace.visibility,
    ownerId: namespace.ownerId,
    goneAt: now(),
  }))
  await remember(tx, data)
}

/** The same for tags of a namespace. */
export async function rememberTags(
  tx: Tx,
  namespaceId: number,
  tags: readonly (MetadefTag & { readonly id: number })[],
): Promise<void> {
  const data = tags.map(({ id, name, createdAt, updatedAt }) => ({
    parentId: namespaceId,
    name,
    position: JSON.stringify({ id, name, createdAt, updatedAt }),
    visibility: '',
    ownerId: '',
    goneAt: now(),
  }))
  await remember(tx, data)
}

type NewMarkers = Extract<NonNullable<Parameters<Db['metadefMarker']['createMany']>[0]>['data'], readonly unknown[]>

async function remember(tx: Tx, data: NewMarkers): Promise<void> {
  await tx.metadefMarker.deleteMany({ where: { goneAt: { lt: new Date(now().getTime() - KEPT_MS) } } })
  await tx.metadefMarker.createMany({ data })
}

/** Where a namespace stood that the viewer could find once; undefined when there was none. */
export async function formerNamespacePosition(viewer: Viewer, name: string): Promise<Position | undefined> {
  const visible = viewer.isAdmin ? {} : (visibleTo(viewer) as { OR: { visibility?: string; ownerId?: string }[] })
  return await newest({ parentId: null, name, ...visible })
}

export async function formerTagPosition(namespaceId: number, name: string): Promise<Position | undefined> {
  return await newest({ parentId: namespaceId, name })
}

type MarkerWhere = NonNullable<NonNullable<Parameters<Db['metadefMarker']['findFirst']>[0]>['where']>

async function newest(where: MarkerWhere): Promise<Position | undefined> {
  const row = await db().metadefMarker.findFirst({ where, orderBy: { id: 'desc' } })
  return row === null ? undefined : JSON.parse(row.position)
}
