import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Client, imageBytes } from './client'
import { FaultServer, type Flavour, until } from './fault-server'
import { boundlessLimits, direct, queued, type Subject, served } from './scenarios'
import { type Fault, FaultyShare, missingForShares } from './share'
import { untilClean } from './state'
import { isReadOnly, isWell, shareSettings, shown, storedIn } from './stores'

const isLong = process.env.GLIMPSE_TEST_LONG === '1'
const MiB = 1024 * 1024
/** More than is written before a fault strikes, all imports together. */
const SIZE_BYTES = 6 * MiB
/** So long each write waits: all imports are asked for before the first of them has met the fault. */
const SLOW_US = '100000'
/** What no answer may take while a store fails; this machine may be busy. */
const ANSWER_MS = 10_000
const settings = {
  // On a busy machine a call that does come back may take a while.
  GLIMPSE__STORES__SHARE__CALL_TIMEOUT_SECONDS: '4',
  GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
  GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
  ...boundlessLimits,
}
const tasksSchema = z.object({ tasks: z.array(z.object({ status: z.string(), message: z.string().nullable() })) })
const imageSchema = z.looseObject({ os_glance_failed_import: z.string(), os_glance_importing_to_stores: z.string() })

interface Row {
  readonly fault: Fault
  readonly args?: readonly string[]
  /** It can only be told at once, and so when data is on its way. */
  readonly isAtOnce?: boolean
  /** what the task says */
  readonly reason: RegExp
  /** It says so itself: the store takes no data until it is well. A full one is well. */
  readonly isLost: boolean
}

const rows: readonly Row[] = [
  {
    fault: 'vanish',
    isAtOnce: true,
    reason: /Store share is unavailable: its file system is not mounted/,
    isLost: true,
  },
  { fault: 'readonly', reason: /Insufficient permissions on image storage media: share is read-only/, isLost: true },
  { fault: 'hang', reason: /Store share is unavailable: its file system does not answer/, isLost: true },
  { fault: 'full', reason: /Image storage media is full: no space left in share/, isLost: false },
  ...(isLong
    ? ([
        { fault: 'stale', reason: /Store share is unavailable: stale file handle/, isLost: true },
        { fault: 'eio', reason: /Store share is unavailable: EIO/, isLost: true },
        { fault: 'late', reason: /Store share is unavailable: EIO/, isLost: true },
        {
          fault: 'soft',
          args: ['1'],
          reason: /Store share is unavailable: (EIO|its file system does not)/,
          isLost: true,
        },
        {
          fault: 'fill',
          // Less than one image needs.
          args: ['4096'],
          reason: /Image storage media is full: no space left in share/,
          isLost: false,
        },
      ] as const)
    : []),
]

interface Work {
  readonly name: string
  prepare(client: Client): Promise<Subject>
  ask(client: Client, subject: Subject): Promise<unknown>
  /** where the image is when the share failed; nowhere when it is queued */
  readonly left: readonly string[]
  /** where it is when the same was asked for again */
  readonly finally: readonly string[]
  readonly endsWell: boolean
}

interface Pair {
  readonly work: Work
  readonly subject: Subject
}

const bytes = () => Buffer.concat([imageBytes().subarray(0, MiB), Buffer.alloc(SIZE_BYTES - MiB, 'glimpse')])
const fresh = async (client: Client): Promise<Subject> => ({ ...(await queued(client)), bytes: bytes() })
const stagedToo = async (client: Client): Promise<Subject> => {
  const subject = await fresh(client)
  expect(await client.stage(subject.id, subject.bytes)).toMatchObject({ status: 204 })
  return subject
}
const both = (mustSucceed: boolean) => ({ stores: ['share', 'file'], all_stores_must_succeed: mustSucceed })

const works: readonly Work[] = [
  {
    name: 'glance-direct',
    prepare: stagedToo,
    ask: (client, { id }) => client.import(id, direct, { stores: ['share'] }),
    left: [],
    finally: ['share'],
    endsWell: false,
  },
  {
    name: 'web-download to a store that may fail',
    prepare: fresh,
    ask: async (client, subject) =>
      client.import(
        subject.id,
        { name: 'web-download', uri: await served(subject.bytes) },
        { stores: ['share'], all_stores_must_succeed: false },
      ),
    left: [],
    finally: ['share'],
    endsWell: false,
  },
  {
    name: 'copy-image',
    prepare: async (client) => {
      const content = bytes()
      return { id: await client.stored(content), bytes: content }
    },
    ask: (client, { id }) => client.import(id, { name: 'copy-image' }, { stores: ['share'] }),
    left: ['file'],
    finally: ['file', 'share'],
    endsWell: false,
  },
  {
    name: 'glance-direct to two stores that both must have it',
    prepare: stagedToo,
    ask: (client, { id }) => client.import(id, direct, both(true)),
    left: [],
    finally: ['file', 'share'],
    endsWell: false,
  },
  {
    name: 'glance-direct to whichever of two stores',
    prepare: stagedToo,
    ask: (client, { id }) => client.import(id, direct, both(false)),
    left: ['file'],
    finally: ['file', 'share'],
    endsWell: true,
  },
]

/** The sample has each fault on one of the databases. */
const rowsFor = (flavour: Flavour) =>
  isLong ? rows : rows.filter(({ fault }) => ['vanish', 'hang'].includes(fault) === (flavour === 'sqlite'))

/** Imports to a share that fails while they write to it: they end and say why, and nothing else is disturbed. */
export function describeShareImports(flavour: Flavour): void {
  const missing = missingForShares()
  const title = `imports to a share, on ${flavour}`
  describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title} (${missing})`, () => {
    let share: FaultyShare
    let server: FaultServer
    let client: Client
    const kept = imageBytes()
    let keptId = ''

    beforeAll(async () => {
      share = FaultyShare.open()
      server = await FaultServer.start({ flavour, settings: { ...shareSettings(share.mountPoint), ...settings } })
      client = await Client.signIn(server)
      keptId = await storedIn(client, 'share', kept)
    })
    let watch: ReturnType<typeof watching> | undefined
    // One that failed must not spoil the next.
    afterEach(async () => {
      await watch?.end().catch(() => {})
      share.heal()
    })
    afterAll(async () => {
      await server.close()
      share.close()
    })

    it.each(rowsFor(flavour))('end in time, and say why, when it turns $fault', async (row) => {
      const { fault, args = [], isAtOnce = false } = row
      const pairs = await prepared()
      if (fault === 'fill') share.tell(fault, ...args)
      else if (!isAtOnce) share.after(4 * MiB, fault, ...args)
      await begun(pairs)
      const startedAt = performance.now()
      if (isAtOnce) await until('data is on its way', () => share.partialBytes() > MiB)
      if (isAtOnce) share.tell(fault, ...args)
      watch = watching(client)
      await Promise.all(pairs.map(({ subject }) => client.imported(subject.id)))
      expect(performance.now() - startedAt).toBeLessThan(30_000)
      for (const { work, subject } of pairs) await ended(row, work, subject)
      if (row.isLost) await until('the store is read-only and all say so', () => isTold('read-only'))
      else expect(await isReadOnly(client, 'share')).toBe(false)
      expect(await watch.end()).toBeLessThan(ANSWER_MS)
      await client.verifyUsage()
      if (fault === 'vanish') expect(readdirSync(share.mountPoint)).toEqual([])

      await wellAgain(pairs)
      expect(performance.now() - startedAt).toBeLessThan(60_000)
    })

    it.runIf(isLong).each(['stop', 'kill'] as const)(
      'end after the next start when it hangs and a %s comes',
      async (how) => {
        const pairs = await prepared()
        await begun(pairs)
        await until('data is on its way', () => share.partialBytes() > MiB)
        share.tell('hang')
        await server[how]()
        await server.start()
        watch = watching(client)
        await Promise.all(pairs.map(({ subject }) => client.imported(subject.id)))
        for (const { work, subject } of pairs) await ended({ reason: /Store share is unavailable/ }, work, subject)
        expect(await watch.end()).toBeLessThan(ANSWER_MS)
        await client.verifyUsage()
        await wellAgain(pairs)
      },
    )

    /** Images for all works; from here on the share is slow. */
    async function prepared(): Promise<Pair[]> {
      const pairs: Pair[] = []
      for (const work of works) pairs.push({ work, subject: await work.prepare(client) })
      share.tell('slow', SLOW_US)
      return pairs
    }

    async function begun(pairs: readonly Pair[]): Promise<void> {
      const answers = await Promise.all(pairs.map(({ work, subject }) => work.ask(client, subject)))
      for (const answer of answers) expect(answer).toMatchObject({ status: 202 })
    }

    /** All can be asked for again, and nothing is left of either time. */
    async function wellAgain(pairs: readonly Pair[]): Promise<void> {
      share.heal()
      await recovered()
      await Promise.all(pairs.map(({ work, subject }) => doneAgain(work, subject)))
      await client.verifyUsage()
      await Promise.all(pairs.map(({ subject }) => client.delete(subject.id)))
      await recovered()
    }

    /** Clients are shown it, the metrics have it, and so does the log as the last that happened to the store. */
    async function isTold(state: 'read-only' | 'writable'): Promise<boolean> {
      const { text } = await client.read('/metrics')
      const lines = server.log(Number.POSITIVE_INFINITY).split('\n')
      const last = lines.findLast((line) => /"event":"store\.(read-only|writable)","storeId":"share"/.test(line))
      // What takes data from the start is no news.
      const isNews = state === 'read-only' || last !== undefined
      return (
        (await isReadOnly(client, 'share')) === (state === 'read-only') &&
        text.includes(`glimpse_store_up{store="share"} ${state === 'writable' ? 1 : 0}`) &&
        (!isNews || text.includes(`glimpse_store_changes_total{store="share",to="${state}"}`)) &&
        (!isNews || last?.includes(`"event":"store.${state}"`) === true)
      )
    }

    /** The task says why, and the image is as if the share had never been meant. */
    async function ended({ reason }: Pick<Row, 'reason'>, work: Work, { id, bytes: content }: Subject): Promise<void> {
      const isKept = work.left.length > 0
      expect(await lastTask(client, id), work.name).toMatchObject({
        status: work.endsWell ? 'success' : 'failure',
        message: expect.stringMatching(reason),
      })
      expect((await client.storesOf(id)).sort(), work.name).toEqual(work.left)
      expect(await client.statusOf(id), work.name).toBe(isKept ? 'active' : 'queued')
      if (isKept) await client.verify(id, content)
      expect(imageSchema.parse(JSON.parse((await client.show(id)).text)), work.name).toMatchObject({
        os_glance_failed_import: isKept ? 'share' : expect.stringContaining('share'),
        os_glance_importing_to_stores: '',
      })
    }

    /** The store is taken up again by itself, and nothing of what failed is left anywhere. */
    async function recovered(): Promise<void> {
      await until('the store takes data and all say so', () => isTold('writable'))
      await until('nothing is left on the share', () => share.files().join() === keptId)
      await untilClean(server, 20_000)
      await client.verify(keptId, kept)
    }

    /** The same image takes the same import, from where the failed one has left it. */
    async function doneAgain(work: Work, { id, bytes: content }: Subject): Promise<void> {
      const status = await client.statusOf(id)
      if (status === 'queued') {
        expect(await client.stage(id, content)).toMatchObject({ status: 204 })
        await client.import(id, direct, { stores: work.finally })
      } else {
        await client.import(id, { name: 'copy-image' }, { stores: ['share'] })
      }
      expect(await lastTask(client, id), work.name).toEqual({ status: 'success', message: '' })
      await client.verify(id, content)
      expect((await client.storesOf(id)).sort(), work.name).toEqual(work.finally)
    }
  })
}

async function lastTask(client: Client, id: string) {
  return tasksSchema.parse(JSON.parse((await client.imported(id)).text)).tasks.at(-1)
}

/** Uses the API and another store all the time; how long the slowest of it took. */
function watching(client: Client): { end(): Promise<number> } {
  let isOver = false
  const uses = [
    async () => expect(await client.read('/v2/images?limit=1')).toMatchObject({ status: 200 }),
    () => shown(client, 'share'),
    () => isWell(client, 'file'),
  ]
  const rounds = (async () => {
    let slowestMs = 0
    for (let index = 0; !isOver; index++) {
      const startedAt = performance.now()
      await uses[index % uses.length]?.()
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      await delay(100)
    }
    return slowestMs
  })()
  rounds.catch(() => {})
  return {
    end: () => {
      isOver = true
      return rounds
    },
  }
}
