import { Client } from './client'
import type { FaultServer, Flavour, Plan } from './fault-server'
import type { Scenario } from './scenarios'
import { untilClean } from './state'

export interface KillPoint<Step> {
  readonly scenario: Step
  readonly plan: Plan
}

/** Goes through every scenario once and names each point that it passes: there the server can be killed. */
export async function listKillPoints<Step extends Pick<Scenario, 'prepare' | 'run'>>(
  server: FaultServer,
  scenarios: readonly Step[],
): Promise<KillPoint<Step>[]> {
  const client = await Client.signIn(server)
  const points: KillPoint<Step>[] = []
  for (const scenario of scenarios) {
    const subject = await scenario.prepare(client)
    await server.record()
    await scenario.run(client, subject)
    const names = await server.recorded()
    await server.disarm()
    // Leases and claims are renewed, and old tasks forgotten, whenever their time comes: no steps of what a client does.
    const steps = names.filter((name) => !['UPDATE Lease', 'UPDATE Task', 'DELETE Task'].includes(name))
    points.push(...plansOf(steps, server.flavour).map((plan) => ({ scenario, plan })))
    if ((await client.statusOf(subject.id)) !== 'absent') await client.delete(subject.id)
    await untilClean(server)
  }
  return points
}

/** The plans that together kill before, in the middle of and after every step. */
export function plansOf(names: readonly string[], flavour: Flavour): Plan[] {
  const counts = new Map<string, number>()
  return names.flatMap((point) => {
    const nth = (counts.get(point) ?? 0) + 1
    counts.set(point, nth)
    // SQLite's statements run within the call, so there is no middle of them.
    const isDivisible = point.startsWith('write ') || (flavour === 'postgresql' && point.startsWith('COMMIT '))
    const moments = isDivisible ? (['before', 'middle', 'after'] as const) : (['before', 'after'] as const)
    return moments.map((moment) => ({ point, nth, moment }))
  })
}

/** `count` items from all over the list, the same ones each time; `phase` from 0 to 1 moves the choice. */
export function sample<T>(items: readonly T[], count: number, phase: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, index) => {
    const item = items[Math.floor(((index + phase) * items.length) / count)]
    if (item === undefined) throw new Error('the sample is out of range')
    return item
  })
}

export function inWords({ moment, point, nth }: Plan): string {
  const when = moment === 'middle' ? 'in the middle of' : moment
  return `${when} ${point}${nth > 1 ? ` no. ${nth}` : ''}`
}
