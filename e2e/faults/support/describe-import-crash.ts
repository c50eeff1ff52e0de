import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { WireResponse } from '../../support/http-client'
import { IdentityAdmin } from '../../support/identity-client'
import { Client } from './client'
import { FaultServer, type Plan } from './fault-server'
import { importWorks, pluginSettings, REMOTE_REGION, startRemote } from './import-works'
import { inWords, listKillPoints } from './kill-points'
import { active, boundlessLimits, type Scenario, type Subject } from './scenarios'
import { type Nodes, untilClean } from './state'

const COUNT = Number(process.env.GLIMPSE_TEST_KILL_POINTS ?? 200)
const SEED = Number(process.env.GLIMPSE_TEST_KILL_SEED ?? Date.now() % 1_000_000)
/** A point that others passed in its place, or that the other node reached, is given so long. */
const POINT_MS = 3_000
/** Works that go on at the same time, so that one kill hits several phases. */
const TOGETHER = 3

const settings = {
  GLIMPSE__UPLOADS__LEASE_SECONDS: '5',
  GLIMPSE__SESSION__SECRET: 'the same on all nodes, for the tokens of tasks',
  GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: 'glance-direct,web-download,copy-image,glance-download',
  GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
  GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
  ...pluginSettings,
  ...boundlessLimits,
}

type Victim = 'the one that was asked' | 'the other one' | 'both'

/** When what is killed. */
interface Kill {
  readonly works: readonly Scenario[]
  readonly victim: Victim
  /** a named step, or so much of the time that the first work takes */
  readonly at: Plan | number
  readonly title: string
}

/**
 * Kills one of one or two nodes on PostgreSQL with SIGKILL, at named steps and at any time, while clients upload, stage,
 * import in every way, copy and delete; within 60 s all must be as it should be, without the dead one where another lives.
 */
export async function describeImportCrash(nodeCount: 1 | 2): Promise<void> {
  const shared = mkdtempSync(join(tmpdir(), 'glimpse-import-crash-'))
  const folders = { imagesFolder: join(shared, 'images'), copiesFolder: join(shared, 'copies') }
  const first = await FaultServer.start({ flavour: 'postgresql', settings, ...folders })
  const remote = await startRemote()
  const { token } = await Client.signIn(first)
  await new IdentityAdmin(first.authUrl, token).addImageService(REMOTE_REGION, remote.url)
  const durations = new Map<string, number>()
  const works = importWorks(remote)
  const points = await listKillPoints(
    first,
    works.map((work) => timed(work, durations)),
  )
  const other =
    nodeCount === 1
      ? undefined
      : await FaultServer.start({ flavour: 'postgresql', settings, beside: first, ...folders })
  const all: Nodes = other === undefined ? [first] : [first, other]
  const random = randomOf(SEED)
  const kills = Array.from({ length: COUNT }, (_, index) => chosen(index))
  const client = await Client.signIn(first)
  const kept = await active(client)
  const counts = { kills: 0, works: 0, named: 0 }
  let slowestMs = 0

  /** Every work comes up as often as every other, named steps as often as any time. */
  function chosen(index: number): Kill {
    const pick = <T>(items: readonly T[]): T => {
      const item = items[Math.floor(random() * items.length)]
      if (item === undefined) throw new Error('there is nothing to choose from')
      return item
    }
    const victim = pick<Victim>(
      nodeCount === 1 ? ['the one that was asked'] : ['the one that was asked', 'the other one', 'both'],
    )
    const main = works[index % works.length] ?? pick(works)
    const own = points.filter(({ scenario }) => scenario.name === main.name)
    const isNamed = Math.floor(index / works.length) % 2 === 0 && victim !== 'the other one'
    const at = isNamed ? pick(own).plan : random() * 1.1
    const going = isNamed ? [main] : [main, ...Array.from({ length: TOGETHER - 1 }, () => pick(works))]
    const when = typeof at === 'number' ? `at ${Math.round(at * 100)} % of its time` : inWords(at)
    return { works: going, victim, at, title: `${index + 1}: ${victim} during ${main.name}, ${when}` }
  }

  afterAll(async () => {
    for (const server of [...all].reverse()) await server.close()
    rmSync(shared, { recursive: true, force: true })
    console.log(
      `${nodeCount} node(s), seed ${SEED}: killed ${counts.kills} times, at ${counts.named} named steps, with ${counts.works} works going on; ${points.length} steps are known; all clean at most ${slowestMs} ms later`,
    )
  })

  const victimsOf = (victim: Victim): readonly FaultServer[] =>
    victim === 'both' ? all : victim === 'the other one' ? all.slice(1) : [first]

  /** Waits for the moment and kills; true when it was at the named step. */
  async function strike({ at, victim, works: [main] }: Kill): Promise<boolean> {
    const victims = victimsOf(victim)
    let isAtStep = false
    if (typeof at === 'number') await delay(at * (durations.get(main?.name ?? '') ?? 1_000))
    else isAtStep = await oneDied(POINT_MS)
    for (const server of victims) if (server.isRunning) await server.kill()
    return isAtStep
  }

  /** Whichever node reaches the step dies of it. */
  async function oneDied(timeoutMs: number): Promise<boolean> {
    for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await delay(10)) {
      if (all.some((server) => !server.isRunning)) return true
    }
    return false
  }

  /** Where another node lives it puts all right; else the dead one does when it is back. Throws after 60 s. */
  async function putRight(startedAt: number): Promise<void> {
    const [living] = all.filter((server) => server.isRunning)
    if (living !== undefined) await untilClean([living], 60_000 - (Date.now() - startedAt))
    else {
      await Promise.all(all.map(started))
      await untilClean(all, 60_000 - (Date.now() - startedAt))
    }
    slowestMs = Math.max(slowestMs, Date.now() - startedAt)
  }

  const rows = kills.map((kill) => ({ kill, title: kill.title }))
  describe(`seed ${SEED}: ${nodeCount} node(s) and the death of`, () => {
    it.each(rows)('$title', { timeout: 300_000 }, async ({ kill }) => {
      for (const server of all) if (!server.isRunning) await started(server)
      const subjects = await Promise.all(kill.works.map((work) => work.prepare(client)))
      if (typeof kill.at !== 'number') for (const server of all) await server.arm(kill.at)
      const answers: Promise<WireResponse | undefined>[] = kill.works.map((work, index) =>
        work.run(client, subjects[index] as Subject).catch(() => undefined),
      )
      if (await strike(kill)) counts.named += 1
      counts.kills += 1
      counts.works += kill.works.length
      const startedAt = Date.now()
      for (const server of all) if (server.isRunning) await server.disarm()
      // What a living node was asked it goes on with.
      const heard = await Promise.all(answers)
      await putRight(startedAt)
      const survivor = client.at(all.find((server) => server.isRunning) ?? first)
      await survivor.verifyUsage()
      await survivor.verify(kept.id, kept.bytes)
      await Promise.all(all.map((server) => (server.isRunning ? undefined : started(server))))
      await untilClean(all)
      for (const [index, work] of kill.works.entries()) {
        const subject = subjects[index] as Subject
        await work.check(survivor, subject, heard[index])
        expect([204, 404]).toContain((await survivor.delete(subject.id)).status)
      }
      await untilClean(all)
      await survivor.verifyUsage()
    })
  })
}

/** One that does not start in time is not left for the next point, which would only find that it is not there. */
async function started(server: FaultServer): Promise<void> {
  try {
    await server.start()
  } catch (error) {
    if (server.isRunning) await server.kill()
    throw error
  }
}

function timed(work: Scenario, durations: Map<string, number>): Scenario {
  return {
    ...work,
    async run(client, subject) {
      const startedAt = performance.now()
      try {
        return await work.run(client, subject)
      } finally {
        durations.set(work.name, performance.now() - startedAt)
      }
    },
  }
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
