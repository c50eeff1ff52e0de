import type { RequestContext } from '@/lib/context/request-context'
import { db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { actorOf, changedOf, type IdentityOperation, type IdentityThing } from '@/lib/events/event'
import { insertEvents } from '@/lib/events/event-repo'

type Json = Readonly<Record<string, unknown>>

/** What the API shows of something, which never holds a secret; undefined when nothing was there to be changed. */
export interface Changed<T> {
  readonly result: T
  readonly was?: Json
  readonly is: Json
}

/**
 * Makes a change and tells of it in the same transaction, under Keystone's name of it: who asked, what the thing was and
 * is. When `change` gives nothing back there was nothing to change, and nothing is told.
 */
export async function noted<T>(
  ctx: RequestContext,
  [thing, operation]: readonly [IdentityThing, IdentityOperation],
  change: (tx: Tx) => Promise<readonly Changed<T>[]>,
): Promise<T[]> {
  return await inTransaction(db(), async (tx) => {
    const changes = await change(tx)
    const type = `identity.${thing}.${operation}` as const
    const events = changes.map(({ was, is }) => ({
      type,
      by: actorOf(ctx),
      payload: is,
      ...(was !== undefined && { before: changedOf(was, is) }),
    }))
    if (events.length > 0) await insertEvents(tx, events)
    return changes.map(({ result }) => result)
  })
}

/** As {@link noted}, for one thing that is made. */
export async function notedCreation<T>(
  ctx: RequestContext,
  thing: IdentityThing,
  wire: (made: T) => Json,
  create: (tx: Tx) => Promise<T>,
): Promise<T> {
  const [made] = await noted(ctx, [thing, 'created'], async (tx) => {
    const result = await create(tx)
    return [{ result, is: wire(result) }]
  })
  return made as T
}

/** As {@link noted}, for one thing that is changed; `more` tells what its wire form cannot, as that a password changed. */
export async function notedChange<T>(
  ctx: RequestContext,
  thing: IdentityThing,
  { was, wire, more }: { readonly was: Json; readonly wire: (changed: T) => Json; readonly more?: Json },
  change: (tx: Tx) => Promise<T>,
): Promise<T> {
  const [changed] = await noted(ctx, [thing, 'updated'], async (tx) => {
    const result = await change(tx)
    return [{ result, was, is: { ...wire(result), ...more } }]
  })
  return changed as T
}

/** As {@link noted}, for one thing that goes; false when it was gone already. */
export async function notedRemoval(
  ctx: RequestContext,
  thing: IdentityThing,
  was: Json,
  remove: (tx: Tx) => Promise<boolean>,
): Promise<boolean> {
  const removed = await noted(ctx, [thing, 'deleted'], async (tx) => {
    if (!(await remove(tx))) return []
    return [{ result: true, was: { ...was, deleted: false }, is: { ...was, deleted: true } }]
  })
  return removed.length > 0
}
