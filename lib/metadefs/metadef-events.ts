import type { Tx } from '@/lib/db/client'
import { type Actor, changedOf, type EventType } from '@/lib/events/event'
import { insertEvents } from '@/lib/events/event-repo'
import { type Namespace, wireNamespaceFields, wireTimes } from './metadef'

type Json = Readonly<Record<string, unknown>>

export type MetadefEventType = Extract<EventType, `metadef_${string}`>

/** Tells, in its own transaction, of a change to something in a namespace; `was` is the same before the change. */
export async function noteChange(
  tx: Tx,
  type: MetadefEventType,
  by: Actor,
  { namespace, what, was }: { readonly namespace: Namespace; readonly what: Json; readonly was?: Json },
): Promise<void> {
  const place = { namespace: namespace.name, owner: namespace.ownerId }
  const payload = { ...place, ...what }
  await insertEvents(tx, [{ type, by, payload, ...(was !== undefined && { before: changedOf(was, payload) }) }])
}

/** What events tell of a namespace, without links. */
export function namespaceNote(namespace: Namespace): Json {
  return { ...wireNamespaceFields(namespace), ...wireTimes(namespace) }
}
