import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client'
import { FaultServer, until } from './fault-server'
import { untilClean } from './state'

const MiB = 1024 * 1024
const LIMIT_MIB = 20
const settings = {
  GLIMPSE__UPLOADS__LEASE_SECONDS: '3',
  GLIMPSE__LIMITS__ENABLED: 'true',
  GLIMPSE__LIMITS__IMAGE_SIZE_TOTAL: `${LIMIT_MIB}`,
}

/** Two nodes on one database, which must not both give away the last room that a project has. */
export function describeQuota(): void {
  describe('two nodes and one quota', () => {
    let first: FaultServer
    let second: FaultServer
    let client: Client
    let elsewhere: Client

    beforeAll(async () => {
      first = await FaultServer.start({ flavour: 'postgresql', settings })
      second = await FaultServer.start({ flavour: 'postgresql', settings, beside: first })
      client = await Client.signIn(first)
      elsewhere = client.at(second)
    })
    afterAll(async () => {
      await second.close()
      await first.close()
    })

    const used = async () => (await elsewhere.usage()).image_size_total?.usage
    const created = (count: number) => Promise.all(Array.from({ length: count }, () => client.created()))

    it.each([
      ['announced', false],
      ['unknown', true],
    ])('never let 50 uploads of %s size pass it together', async (_kind, chunked) => {
      const filler = await client.stored(Buffer.alloc(LIMIT_MIB * 0.9 * MiB, 1))
      const bytes = Buffer.alloc(150_000, 1)
      const ids = await created(50)
      let most = 0
      let isRunning = true
      const watching = (async () => {
        while (isRunning) most = Math.max(most, (await used()) ?? 0)
      })()
      const answers = await Promise.all(
        ids.map((id, index) => (index % 2 === 0 ? client : elsewhere).put(id, bytes, { chunked })),
      )
      isRunning = false
      await watching
      const stored = answers.filter(({ status }) => status === 204).length
      expect(answers.filter(({ status }) => status === 413)).toHaveLength(50 - stored)
      expect(stored * bytes.length).toBeLessThanOrEqual(2 * MiB)
      if (!chunked) expect(stored).toBe(Math.floor((2 * MiB) / bytes.length))
      expect(stored).toBeGreaterThan(0)
      expect(most).toBeLessThanOrEqual(LIMIT_MIB)
      await untilClean(second, 20_000)
      await elsewhere.verifyUsage()
      for (const id of [filler, ...ids]) await client.delete(id)
      await elsewhere.verifyUsage()
    })

    it('gives back what a node had reserved when it died', async () => {
      const ids = await created(3)
      const bytes = Buffer.alloc(6 * MiB, 1)
      for (const id of ids) {
        const upload = client.openUpload(id, { 'x-openstack-image-size': `${bytes.length}` })
        await upload.write(bytes.subarray(0, MiB))
        await until('the upload began', async () => (await client.statusOf(id)) === 'saving')
      }
      expect(await used()).toBe(18)
      const id = await client.created()
      expect(await elsewhere.put(id, bytes)).toMatchObject({ status: 413 })
      await first.kill()
      await until('the room is free', async () => (await used()) === 0, 60_000)
      await elsewhere.verifyUsage()
      expect(await elsewhere.put(id, bytes)).toMatchObject({ status: 204 })
      await untilClean(second)
      await elsewhere.verifyUsage()
    })
  })
}
