import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Client, imageBytes } from './client'
import { FaultServer, type Flavour, type Plan } from './fault-server'
import { inWords, listKillPoints, plansOf, sample } from './kill-points'
import { beginUpload, boundlessLimits, type Subject, scenarios } from './scenarios'
import { untilClean } from './state'

const isLong = process.env.GLIMPSE_TEST_LONG === '1'
/** With the recoveries 40 points over both databases in the short run; the long one has more than 60 on each. */
const SHORT_COUNT = Number(process.env.GLIMPSE_TEST_KILL_POINTS ?? 14)
const RECOVERY_COUNT = 6
/** A race that went another way past its point is killed after this time, wherever it is. */
const RACE_MS = 2_000
/** The promise for defaults is 60 s; short leases make each of many restarts quick. */
const shortLease = {
  GLIMPSE__UPLOADS__LEASE_SECONDS: '3',
  ...boundlessLimits,
  GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
  GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
  GLIMPSE__IMPORTS__PLUGINS: 'image_decompression,image_conversion',
}

/** Kills the server at many points, starts it again, and looks whether anything is stuck, lost or left. */
export async function describeCrash(flavour: Flavour, phase: number): Promise<void> {
  const server = await FaultServer.start({ flavour, settings: shortLease })
  const all = await listKillPoints(server, scenarios)
  const chosen = isLong ? all : sample(all, SHORT_COUNT, phase)
  const recoveries = await listRecoveries(server, phase)
  let slowestMs = 0
  let killed = 0

  afterAll(async () => {
    await server.close()
    console.log(
      `${flavour}: killed at ${killed} points of ${all.length}; all clean at most ${slowestMs} ms after the restart began`,
    )
  })

  async function restart(): Promise<void> {
    const startedAt = Date.now()
    await server.start()
    await untilClean(server, 60_000 - (Date.now() - startedAt))
    slowestMs = Math.max(slowestMs, Date.now() - startedAt)
  }

  describe(`a server on ${flavour} that is killed`, () => {
    const rows = chosen.map(({ scenario, plan }) => ({ scenario, plan, title: `${scenario.name}, ${inWords(plan)}` }))

    it.each(rows)('during $title', async ({ scenario, plan }) => {
      if (!server.isRunning) await server.start()
      const client = await Client.signIn(server)
      const subject = await scenario.prepare(client)
      const bystander = { id: await client.created(), bytes: imageBytes() }
      await beginUpload(client, bystander)
      await server.arm(plan)
      const heard = await scenario.run(client, subject).catch(() => undefined)
      const wasReached = await server.died(scenario.isRace ? RACE_MS : undefined)
      if (scenario.isRace && !wasReached) await server.kill()
      else expect(wasReached, 'the point was reached').toBe(true)
      killed += 1
      await restart()
      await client.verifyUsage()
      await scenario.check(client, subject, heard)
      await uploadAndRemove(client, bystander)
      await removeIfThere(client, subject)
    })

    it.each(recoveries)('again while it puts right a $title', async ({ first, plan }) => {
      if (!server.isRunning) await server.start()
      const client = await Client.signIn(server)
      const subject = await first.run(server, client)
      expect(await server.startToDie(plan), 'the point was reached').toBe(true)
      killed += 1
      await restart()
      await client.verifyUsage()
      if (!first.isDeletion) await uploadAndRemove(client, subject)
      expect(await client.statusOf(subject.id)).toBe('absent')
    })
  })
}

/** A death that leaves something for the next start to put right. */
interface FirstDeath {
  readonly name: string
  readonly isDeletion: boolean
  run(server: FaultServer, client: Client): Promise<Subject>
}

async function dieAt(server: FaultServer, plan: Plan, run: () => Promise<unknown>): Promise<void> {
  await server.arm(plan)
  await run().catch(() => undefined)
  if (!(await server.died())) throw new Error(`${inWords(plan)} was not reached`)
}

const firstDeaths: readonly FirstDeath[] = [
  {
    name: 'half upload',
    isDeletion: false,
    async run(server, client) {
      const subject = { id: await client.created(), bytes: imageBytes() }
      const plan = { point: 'write partial', nth: 2, moment: 'middle' } as const
      await dieAt(server, plan, () => client.put(subject.id, subject.bytes))
      return subject
    },
  },
  {
    name: 'finished upload that is not recorded',
    isDeletion: false,
    async run(server, client) {
      const subject = { id: await client.created(), bytes: imageBytes() }
      const plan = { point: 'link blob', nth: 1, moment: 'after' } as const
      await dieAt(server, plan, () => client.put(subject.id, subject.bytes))
      return subject
    },
  },
  {
    name: 'deletion whose bytes are left',
    isDeletion: true,
    async run(server, client) {
      const bytes = imageBytes()
      const subject = { id: await client.stored(bytes), bytes }
      await dieAt(server, { point: 'unlink blob', nth: 1, moment: 'before' }, () => client.delete(subject.id))
      return subject
    },
  },
]

async function listRecoveries(server: FaultServer, phase: number) {
  const found = []
  for (const first of firstDeaths) {
    const client = await Client.signIn(server)
    const subject = await first.run(server, client)
    await server.start({ isRecording: true })
    await untilClean(server)
    const names = await server.recorded()
    await server.disarm()
    for (const plan of plansOf(names, server.flavour))
      found.push({ first, plan, title: `${first.name}, ${inWords(plan)}` })
    await removeIfThere(client, subject)
  }
  return isLong ? found : sample(found, RECOVERY_COUNT, phase)
}

/** What the defaults promise, also where nobody can tell that the dead server's leases are its own. */
export function describeDefaults(flavour: Flavour): void {
  it(`everything is clean within 60 s with the default settings on ${flavour}`, async () => {
    const server = await FaultServer.start({ flavour })
    try {
      const client = await Client.signIn(server)
      const stored = { id: await client.created(), bytes: imageBytes() }
      // Recorded, but the name that tied the bytes to the upload is left.
      await dieAt(server, { point: 'unlink partial', nth: 1, moment: 'before' }, () =>
        client.put(stored.id, stored.bytes),
      )
      await server.start()
      const half = { id: await client.created(), bytes: imageBytes() }
      await beginUpload(client, half)
      await server.kill()
      // As on another machine: the leases of the dead one have to run out.
      rmSync(join(server.dataFolder, 'node.json'))
      const startedAt = Date.now()
      await server.start()
      expect(await client.statusOf(half.id)).toBe('saving')
      await untilClean(server, 60_000 - (Date.now() - startedAt))
      console.log(`${flavour}: with the defaults all clean ${Date.now() - startedAt} ms after the restart began`)
      await client.verify(stored.id, stored.bytes)
      await uploadAndRemove(client, half)
    } finally {
      await server.close()
    }
  })
}

async function uploadAndRemove(client: Client, { id, bytes }: Subject): Promise<void> {
  expect(await client.put(id, bytes)).toMatchObject({ status: 204 })
  await client.verify(id, bytes)
  expect(await client.delete(id)).toMatchObject({ status: 204 })
}

async function removeIfThere(client: Client, { id }: Subject): Promise<void> {
  expect([204, 404]).toContain((await client.delete(id)).status)
}
