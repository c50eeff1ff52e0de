import { config } from '@/lib/config/load'
import type { Db } from '@/lib/db/client'
import { self } from '@/lib/images/self'
import { now } from '@/lib/runtime/clock'
import { processSingleton, setProcessSingleton } from '@/lib/runtime/process-singleton'

const FORGET_MS = 24 * 3_600_000

/** How long this node has heard of the others without a gap. */
interface Listening {
  readonly since: Date
  readonly last: Date
}

const listening = () => processSingleton<Listening | null>('listening', () => null)

/** Says that this node lives; owed three times in the life of a lease. */
export async function noteAlive(client: Db): Promise<void> {
  const { nodeId } = self()
  const at = now()
  await client.node.upsert({ where: { id: nodeId }, create: { id: nodeId, seenAt: at }, update: { seenAt: at } })
  const before = listening()
  const isGap = before === null || at.getTime() - before.last.getTime() > absenceMs()
  setProcessSingleton<Listening>('listening', { since: isGap ? at : before.since, last: at })
}

/**
 * The nodes that live, this one included. Undefined while this node cannot tell: it was started lately, or stood still,
 * or the database was away, and the others may not have had the time to be heard since.
 */
export async function presentNodes(client: Db): Promise<string[] | undefined> {
  const heard = listening()
  const at = now().getTime()
  const isDeaf = heard === null || at - heard.last.getTime() > absenceMs() || at - heard.since.getTime() < absenceMs()
  if (isDeaf) return undefined
  const rows = await client.node.findMany({
    where: { seenAt: { gte: new Date(at - absenceMs()) } },
    select: { id: true },
  })
  return [...new Set([self().nodeId, ...rows.map(({ id }) => id)])]
}

/** Forgets nodes that were not heard of for a day. */
export async function forgetNodes(client: Db): Promise<void> {
  await client.node.deleteMany({ where: { seenAt: { lt: new Date(now().getTime() - FORGET_MS) } } })
}

/** Long enough for a node to be started again, short enough to leave time within a minute for what follows. */
function absenceMs(): number {
  return config().uploads.leaseSeconds * 1500
}
