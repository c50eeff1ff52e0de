import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFormatFiles } from '../../contract/support/format-files'
import { Client } from '../../faults/support/client'
import { FaultServer, type Flavour } from '../../faults/support/fault-server'
import { untilClean } from '../../faults/support/state'
import { send } from '../../support/http-client'
import { IdentityAdmin, signIn } from '../../support/identity-client'
import { damagedImages } from './image-bytes'
import { Pool, type Send } from './pool'
import { fuzzRequests } from './requests'
import { runFuzz } from './run-fuzz'

const requests = Number(process.env.GLIMPSE_FUZZ_REQUESTS ?? 100_000)
const seed = Number(process.env.GLIMPSE_FUZZ_SEED ?? 20_261_125)
const MiB = 1024 * 1024
const minute = 60_000
/** Of memory, over nine tenths of the run; what a request may leave behind is far below what one holds. */
const GROWTH_MAX = 128 * MiB

/** The whole run against a server of its own, which must be as it was before when all images are removed. */
export function describeFuzz(flavour: Flavour): void {
  describe(`${requests} malformed requests on ${flavour}, seed ${seed}`, () => {
    let server: FaultServer
    beforeAll(async () => {
      const settings = { GLIMPSE__LOG__LEVEL: 'warn', GLIMPSE__UPLOADS__LEASE_SECONDS: '5' }
      server = await FaultServer.start({ flavour, settings })
    })
    afterAll(() => server.close())

    it('get no 5xx and no malformed answer, and leave nothing behind', { timeout: 90 * minute }, async () => {
      const callers = await signedIn(server)
      const pool = new Pool(callers.member, callers.admin)
      // Threads and connections are made at their first use.
      let warm: { readonly residentBytes: number; readonly openFiles: number } | undefined
      const flaws = await runFuzz({
        seed,
        requests,
        arbitrary: fuzzRequests(damagedImages([...(await makeFormatFiles()).values()]), { withIdentity: true }),
        callers,
        pool,
        onProgress: async (sent) => {
          if (warm === undefined && sent >= requests / 10) {
            warm = { openFiles: await settledFiles(server), residentBytes: server.residentBytes() }
          }
          if (sent % 10_000 === 0) console.log(`${sent} sent, ${Math.round(server.residentBytes() / MiB)} MiB`)
        },
      })
      if (warm === undefined) throw new Error('too few requests to compare anything')
      const grown = server.residentBytes() - warm.residentBytes
      await pool.clear()
      expect(flaws).toEqual([])
      expect(await pool.left()).toEqual([])
      await expect.poll(() => unfinishedTasks(callers.admin), { timeout: minute }).toEqual([])
      await untilClean(server)
      expect(await settledFiles(server)).toBeLessThanOrEqual(warm.openFiles + 5)
      expect(grown).toBeLessThan(GROWTH_MAX)
      expect(server.log(100_000)).not.toMatch(/"level":50|unhandled|failed unexpectedly/i)
    })
  })
}

async function signedIn(server: FaultServer) {
  const { token } = await Client.signIn(server)
  const identity = new IdentityAdmin(server.authUrl, token)
  const [projectId, password, memberRole] = [
    await identity.createProject('fuzz'),
    randomUUID(),
    await identity.findRole('member'),
  ]
  await identity.grant(projectId, await identity.createUser('fuzz', password), memberRole ?? '')
  const member = await signIn(server.authUrl, { username: 'fuzz', password, projectId })
  const as =
    (headers: Readonly<Record<string, string>>): Send =>
    (request) =>
      send(server.url, { ...request, headers: { ...headers, ...request.headers } })
  return { admin: as({ 'X-Auth-Token': token }), member: as({ 'X-Auth-Token': member.token }), anonymous: as({}) }
}

/** How many files the process has open once idle connections are closed. */
async function settledFiles(server: FaultServer): Promise<number> {
  let last = server.openFiles()
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    const now = server.openFiles()
    if (now >= last) return now
    last = now
  }
}

async function unfinishedTasks(admin: Send): Promise<string[]> {
  const found = ['pending', 'processing'].map(async (status) => {
    const { text } = await admin({ method: 'GET', path: `/v2/tasks?status=${status}&limit=100` })
    return text.includes('"tasks":[]') ? [] : [text]
  })
  return (await Promise.all(found)).flat()
}
