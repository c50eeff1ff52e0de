import type { RequestContext } from '@/lib/context/request-context'
import type { EventRow } from '@/lib/events/event-repo'
import { readableProperties } from '@/lib/policy/property-protection'

type Json = Readonly<Record<string, unknown>>

/** What the reader is shown of an event, without the properties that are protected from the reader too. */
export function auditRecord(ctx: RequestContext, row: EventRow) {
  const { position: _position, createdAt, before, payload, ...rest } = row
  const after = readable(ctx, payload)
  return { ...rest, before: before && readable(ctx, before), after, at: new Date(createdAt).toISOString() }
}

function readable(ctx: RequestContext, told: Json): Json {
  const { properties } = told
  if (typeof properties !== 'object' || properties === null) return told
  const texts = Object.entries(properties).map(([name, value]) => [name, String(value)] as const)
  return { ...told, properties: readableProperties(ctx, Object.fromEntries(texts)) }
}
