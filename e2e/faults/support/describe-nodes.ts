import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { WireResponse } from '../../support/http-client'
import { Client, imageBytes } from './client'
import { FaultServer, type Plan, until } from './fault-server'
import { inWords, type KillPoint, listKillPoints, sample } from './kill-points'
import { active, direct, diskOf, queued, type Scenario, type Subject, served, staged, stagedArchive } from './scenarios'
import { untilClean } from './state'

const MiB = 1024 * 1024
const isLong = process.env.GLIMPSE_TEST_LONG === '1'
/** Points of each of the three kinds of disturbance. */
const COUNT = Number(process.env.GLIMPSE_TEST_NODE_POINTS ?? (isLong ? 70 : 1))
const settings = {
  GLIMPSE__UPLOADS__LEASE_SECONDS: '3',
  GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
  GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
  GLIMPSE__IMPORTS__PLUGINS: 'image_decompression,image_conversion',
}

/** Something that a client does at one node, while another looks on. */
interface Work extends Pick<Scenario, 'name' | 'prepare' | 'run'> {
  /** whether the other node can bring it to its end without the first one */
  readonly isPortable: boolean
  /** what its image takes when it has nothing; bytes of any kind when absent */
  anew?(): Buffer
}

const works: readonly Work[] = [
  {
    name: 'an upload',
    isPortable: false,
    prepare: queued,
    run: (client, { id, bytes }) => client.put(id, bytes),
  },
  {
    name: 'staging',
    isPortable: false,
    prepare: queued,
    run: (client, { id, bytes }) => client.stage(id, bytes),
  },
  {
    name: 'an import of staged bytes',
    isPortable: false,
    prepare: staged,
    run: (client, { id }) => client.import(id, direct).then(() => client.imported(id)),
  },
  {
    name: 'an import that decompresses and converts',
    isPortable: false,
    prepare: stagedArchive,
    run: (client, { id }) => client.import(id, direct).then(() => client.imported(id)),
    anew: () => diskOf(Buffer.alloc(MiB, 'anew')),
  },
  {
    name: 'an import from the web',
    isPortable: true,
    prepare: queued,
    async run(client, { id, bytes }) {
      await client.import(id, { name: 'web-download', uri: await served(bytes) })
      return await client.imported(id)
    },
  },
  {
    name: 'a copy to another store',
    isPortable: true,
    prepare: active,
    async run(client, { id }) {
      await client.import(id, { name: 'copy-image' }, { stores: ['copies'] })
      return await client.imported(id)
    },
  },
]

/** Two nodes on one PostgreSQL and the same stores: one dies or stands still, the other puts right what it did. */
export async function describeNodes(): Promise<void> {
  const shared = mkdtempSync(join(tmpdir(), 'glimpse-nodes-'))
  const [imagesFolder, copiesFolder] = [join(shared, 'images'), join(shared, 'copies')]
  const first = await FaultServer.start({ flavour: 'postgresql', settings, imagesFolder, copiesFolder })
  const points = await listKillPoints(first, works)
  const other = await FaultServer.start({ flavour: 'postgresql', settings, beside: first, copiesFolder })
  let slowestMs = 0

  afterAll(async () => {
    await other.close()
    await first.close()
    rmSync(shared, { recursive: true, force: true })
    console.log(`two nodes: ${points.length} points; the other one had put all right after at most ${slowestMs} ms`)
  })

  const rowsOf = (phase: number) =>
    sample(points, COUNT, phase).map((point) => ({
      ...point,
      title: `${point.scenario.name}, ${inWords(point.plan)}`,
    }))

  /** Does the work at the first node, which stops at the planned point; the other node may snatch a task from it. */
  async function stopped({ scenario, plan }: KillPoint<Work>, isStopped: () => Promise<boolean>) {
    for (let tries = 0; tries < 3; tries++) {
      if (!first.isRunning) await first.start()
      const client = await Client.signIn(first)
      const subject = await scenario.prepare(client)
      await first.arm(plan)
      const answer: Promise<WireResponse | undefined> = scenario.run(client, subject).catch(() => undefined)
      if (await isStopped()) return { client, subject, answer }
      await answer
      await first.disarm()
      await client.delete(subject.id)
    }
    throw new Error(`${inWords(plan)} was not reached`)
  }

  const stands = async (plan: Plan): Promise<boolean> => {
    try {
      await until(inWords(plan), () => first.isFrozen(), 10_000)
      return true
    } catch {
      return false
    }
  }

  async function putRight(): Promise<void> {
    slowestMs = Math.max(slowestMs, await untilClean([other]))
  }

  describe('another node', () => {
    it('takes the import and the deletion of what is staged at one, which does them', async () => {
      const client = await Client.signIn(first)
      const elsewhere = client.at(other)
      const imported = await staged(client)
      expect(await elsewhere.import(imported.id, direct)).toMatchObject({ status: 202 })
      await elsewhere.imported(imported.id)
      await elsewhere.verify(imported.id, imported.bytes)
      expect(await elsewhere.delete(imported.id)).toMatchObject({ status: 204 })
      const deleted = await staged(client)
      expect(await elsewhere.delete(deleted.id)).toMatchObject({ status: 204 })
      await untilClean([first, other])
    })

    it('says that the one with the staged bytes is gone, and keeps them for its return', async () => {
      const client = await Client.signIn(first)
      const elsewhere = client.at(other)
      const { id, bytes } = await staged(client)
      await first.kill()
      // The other one must have missed it for a while; asked before, it takes the import and fails it then.
      await new Promise((resolve) => setTimeout(resolve, 8_000))
      const answer = await elsewhere.import(id, direct)
      expect(answer).toMatchObject({ status: 504, text: expect.stringContaining('Stage host is unavailable') })
      await first.start()
      const isBack = async () => (await elsewhere.import(id, direct)).status === 202
      await until('the node is known to be back', isBack)
      await elsewhere.imported(id)
      await elsewhere.verify(id, bytes)
      expect(await elsewhere.delete(id)).toMatchObject({ status: 204 })
      await untilClean([first, other])
    })

    it.each(rowsOf(0.2))('goes on or clears up when one is killed during $title', async (point) => {
      const { client, subject } = await stopped(point, () => first.died())
      const elsewhere = client.at(other)
      await putRight()
      await usable(elsewhere, subject, point.scenario)
      expect(await elsewhere.delete(subject.id)).toMatchObject({ status: 204 })
      await first.start()
      await untilClean([first, other])
    })

    it.each(rowsOf(0.5))('deletes the image while one is at $title', async (point) => {
      const plan = { ...point.plan, freeze: true }
      const { client, subject, answer } = await stopped({ ...point, plan }, () => stands(plan))
      try {
        expect(await client.at(other).delete(subject.id)).toMatchObject({ status: 204 })
        expect(await client.at(other).statusOf(subject.id)).toBe('absent')
      } finally {
        first.thaw()
      }
      await answer
      await first.disarm()
      expect(await client.statusOf(subject.id)).toBe('absent')
      await untilClean([first, other])
    })

    it.each(rowsOf(0.8))('is not disturbed by one that stood still during $title', async (point) => {
      const plan = { ...point.plan, freeze: true }
      const { client, subject, answer } = await stopped({ ...point, plan }, () => stands(plan))
      const elsewhere = client.at(other)
      let bytes: Buffer | undefined
      try {
        await putRight()
        bytes = await usable(elsewhere, subject, point.scenario)
      } finally {
        first.thaw()
      }
      await answer
      await first.disarm()
      await untilClean([first, other])
      if (bytes !== undefined) {
        await elsewhere.verify(subject.id, bytes)
        await client.verify(subject.id, bytes)
      }
      expect(await client.delete(subject.id)).toMatchObject({ status: 204 })
      await untilClean([first, other])
    })
  })
}

const tasksSchema = z.object({ tasks: z.array(z.object({ status: z.string(), message: z.string().nullable() })) })

/**
 * The image is whole or takes new bytes, which are returned; undefined when bytes still wait for their import at the
 * first node. What the other node can bring to its end it has.
 */
async function usable(elsewhere: Client, { id, bytes }: Subject, work: Work): Promise<Buffer | undefined> {
  const status = await elsewhere.statusOf(id)
  const { tasks } = tasksSchema.parse(JSON.parse((await elsewhere.imported(id)).text))
  if (status === 'active') {
    if (tasks.length > 0) expect(tasks).toMatchObject([{ status: 'success' }])
    await elsewhere.verify(id, bytes)
    return bytes
  }
  if (tasks.length === 0 && status === 'uploading') return undefined
  expect(status).toBe('queued')
  if (tasks.length > 0) {
    expect(tasks).toMatchObject([{ status: 'failure', message: expect.stringMatching(/stage it again/) }])
    expect(work.isPortable, 'the other node could have done it').toBe(false)
  }
  const anew = work.anew?.() ?? imageBytes()
  expect(await elsewhere.put(id, anew)).toMatchObject({ status: 204 })
  await elsewhere.verify(id, anew)
  return anew
}
