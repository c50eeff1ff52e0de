import type { RequestContext } from '@/lib/context/request-context'
import { db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { actorOf, changedOf } from '@/lib/events/event'
import { insertEvents } from '@/lib/events/event-repo'
import { allowed, enforce } from '@/lib/policy/enforce'
import { ownNewImageTarget, projectTarget } from '@/lib/policy/targets'
import { now } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { isCatalogAdmin } from './visibility'

/** A list's address under a name, in the project in which it was saved. */
export interface SavedView {
  readonly id: string
  readonly name: string
  /** the query with its `?`; empty for the list as it is by default */
  readonly search: string
  /** whether the whole project finds it */
  readonly isShared: boolean
  readonly isOwn: boolean
  readonly canRemove: boolean
}

export interface NewView {
  readonly name: string
  readonly search: string
  readonly isShared: boolean
}

export const viewNameMax = 80
const SEARCH_MAX = 8192
/** What one person may keep in one project. */
export const viewsMax = 100

/** Whether the caller may offer views to the project: who may add images to it may add to what its people find. */
export function mayShareViews(ctx: RequestContext): boolean {
  return ctx.principal.projectId !== null && allowed(ctx, 'add_image', ownNewImageTarget(ctx))
}

/** The caller's own views in this project and those that its people share, by name. */
export async function listSavedViews(ctx: RequestContext): Promise<SavedView[]> {
  const { projectId, userId } = ctx.principal
  if (projectId === null) return []
  const rows = await db().savedView.findMany({
    where: { projectId, OR: [{ userId }, { isShared: true }] },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  return rows.map(({ id, name, search, isShared, userId: ownerId }) => {
    const isOwn = ownerId === userId
    return { id, name, search, isShared, isOwn, canRemove: isOwn || isCatalogAdmin(ctx) }
  })
}

/**
 * Keeps a view; an own one of the same name in this project is replaced. Throws `policy_denied` for who may list no images,
 * or share none, and `bad_request` for a name or query that is too long, and when there are {@link viewsMax}.
 */
export async function saveView(ctx: RequestContext, view: NewView): Promise<void> {
  const { projectId, userId } = ctx.principal
  enforce(ctx, 'get_images', projectTarget(ctx))
  if (view.isShared) enforce(ctx, 'add_image', ownNewImageTarget(ctx))
  const { name, search, isShared } = { ...view, name: view.name.trim() }
  if (projectId === null) throw apiError('bad_request', { public: 'A view is saved in a project.' })
  if (name === '' || [...name].length > viewNameMax) {
    throw apiError('bad_request', { public: `A view needs a name of at most ${viewNameMax} characters.` })
  }
  if (search.length > SEARCH_MAX) throw apiError('bad_request', { public: 'This view is too long to be saved.' })
  const key = { projectId, userId, name }
  await inTransaction(db(), async (tx) => {
    // Writes before it reads, so that SQLite cannot refuse the write later because somebody else wrote meanwhile.
    await tx.savedView.updateMany({ where: { projectId, userId }, data: { projectId } })
    const known = await tx.savedView.findUnique({ where: { projectId_userId_name: key } })
    if (known === null) {
      if ((await tx.savedView.count({ where: { projectId, userId } })) >= viewsMax) {
        throw apiError('bad_request', { public: `There are ${viewsMax} views already; remove one first.` })
      }
      await tx.savedView.create({ data: { id: newId(), ...key, search, isShared, createdAt: now() } })
      await note(tx, ctx, 'saved_view.create', { name, search, isShared })
      return
    }
    await tx.savedView.update({ where: { id: known.id }, data: { search, isShared } })
    await note(tx, ctx, 'saved_view.update', { name, search, isShared }, known)
  })
}

/** Removes an own view, or as administrator one that the project shares. Throws `not_found`, also for others' views. */
export async function removeView(ctx: RequestContext, id: string): Promise<void> {
  const { projectId, userId } = ctx.principal
  await inTransaction(db(), async (tx) => {
    const view = await tx.savedView.findUnique({ where: { id } })
    const isOwn = view?.projectId === projectId && view?.userId === userId
    const isOfProject = view?.projectId === projectId && view?.isShared === true
    if (view === null || !(isOwn || isOfProject)) throw apiError('not_found')
    if (!isOwn && !isCatalogAdmin(ctx)) {
      throw apiError('forbidden', { public: 'Only who saved this view and administrators may remove it.' })
    }
    await tx.savedView.deleteMany({ where: { id } })
    await note(tx, ctx, 'saved_view.delete', view)
  })
}

type ViewEvent = 'saved_view.create' | 'saved_view.update' | 'saved_view.delete'

async function note(tx: Tx, ctx: RequestContext, type: ViewEvent, view: NewView, was?: NewView): Promise<void> {
  const told = ({ name, search, isShared }: NewView) => ({ name, search, is_shared: isShared })
  const payload = told(view)
  const before = was === undefined ? {} : { before: changedOf(told(was), payload) }
  await insertEvents(tx, [{ type, by: actorOf(ctx), payload, ...before }])
}
