import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { WireResponse } from '../../support/http-client'
import { IdentityAdmin } from '../../support/identity-client'
import { Client, imageBytes } from './client'
import { FaultServer, type Plan, until } from './fault-server'
import { importWorks, pluginSettings, REMOTE_REGION, startRemote, verifyInjected } from './import-works'
import { inWords, type KillPoint, listKillPoints, sample } from './kill-points'
import { direct, diskOf, type Scenario, type Subject, staged } from './scenarios'
import { untilClean } from './state'

const MiB = 1024 * 1024
const isLong = process.env.GLIMPSE_TEST_LONG === '1'
/** Names the works to be done, when not all are. */
const ONLY = new RegExp(process.env.GLIMPSE_TEST_NODE_WORKS ?? '')
/** The other node may take the task, so that a point is tried for three times. */
const options = { timeout: 300_000 }
/** Points of each of the three kinds of disturbance. */
const COUNT = Number(process.env.GLIMPSE_TEST_NODE_POINTS ?? (isLong ? 70 : 1))
const settings = {
  GLIMPSE__UPLOADS__LEASE_SECONDS: '3',
  GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
  GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
  GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: 'glance-direct,web-download,copy-image,glance-download',
  GLIMPSE__SESSION__SECRET: 'the same on all nodes, for the tokens of tasks',
  ...pluginSettings,
}

/** Something that a client does at one node, while another looks on. */
interface Work extends Pick<Scenario, 'name' | 'prepare' | 'run'> {
  /** whether the other node can bring it to its end without the first one */
  readonly isPortable: boolean
  /** what its image takes when it has nothing; bytes of any kind when absent */
  anew?(): Buffer
}

/** Those of one plugin alone, of all together, and those that begin with what any node can fetch. */
function worksOf(remote: Parameters<typeof importWorks>[0]): readonly Work[] {
  const all = importWorks(remote)
  const named = (name: string, isPortable: boolean, anew?: () => Buffer): Work => {
    const found = all.find((work) => work.name === name)
    if (found === undefined) throw new Error(`there is no work ${name}`)
    return { ...found, isPortable, ...(anew && { anew }) }
  }
  const anewDisk = () => diskOf(Buffer.alloc(MiB, 'anew'))
  return [
    named('upload', false),
    named('stage', false),
    named('glance-direct', false),
    named('inject_image_metadata', false),
    named('image_decompression', false),
    named('image_conversion', false, anewDisk),
    named('image_decompression and image_conversion', false, anewDisk),
    named('web-download', true),
    named('web-download with plugins', true, anewDisk),
    named('glance-download', true),
    named('copy-image', true),
  ]
}

/** Two nodes on one PostgreSQL and the same stores: one dies or stands still, the other puts right what it did. */
export async function describeNodes(): Promise<void> {
  const shared = mkdtempSync(join(tmpdir(), 'glimpse-nodes-'))
  const [imagesFolder, copiesFolder] = [join(shared, 'images'), join(shared, 'copies')]
  const first = await FaultServer.start({ flavour: 'postgresql', settings, imagesFolder, copiesFolder })
  const remote = await startRemote()
  const { token } = await Client.signIn(first)
  await new IdentityAdmin(first.authUrl, token).addImageService(REMOTE_REGION, remote.url)
  const points = await listKillPoints(
    first,
    worksOf(remote).filter(({ name }) => ONLY.test(name)),
  )
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

    it.each(rowsOf(0.2))('goes on or clears up when one is killed during $title', options, async (point) => {
      const { client, subject } = await stopped(point, () => first.died())
      const elsewhere = client.at(other)
      await putRight()
      await usable(elsewhere, subject, point.scenario)
      expect(await elsewhere.delete(subject.id)).toMatchObject({ status: 204 })
      await first.start()
      await untilClean([first, other])
    })

    it.each(rowsOf(0.5))('deletes the image while one is at $title', options, async (point) => {
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

    it.each(rowsOf(0.8))('is not disturbed by one that stood still during $title', options, async (point) => {
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
    if (tasks.length > 0) {
      expect(tasks).toMatchObject([{ status: 'success' }])
      if (work.name !== 'copy-image') await verifyInjected(elsewhere, id)
    }
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
