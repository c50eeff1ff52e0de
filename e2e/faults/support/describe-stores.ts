import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client, imageBytes } from './client'
import { FaultServer, type Flavour, until } from './fault-server'
import { type Fault, FaultyShare, missingForShares } from './share'
import { untilClean } from './state'
import { into, isReadOnly, isWell, shareSettings, shown } from './stores'

const isLong = process.env.GLIMPSE_TEST_LONG === '1'
const MiB = 1024 * 1024

/** Stores that cannot be opened keep neither the API nor the other stores down. */
export function describeStores(flavour: Flavour): void {
  describe(`stores that do not open, on ${flavour}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'glimpse-stores-'))
    const obstacle = join(folder, 'obstacle')
    let server: FaultServer
    let client: Client

    beforeAll(async () => {
      writeFileSync(obstacle, 'a file where a folder should be')
      server = await FaultServer.start({
        flavour,
        settings: {
          ...shareSettings(folder),
          GLIMPSE__STORES__BROKEN__TYPE: 'filesystem',
          GLIMPSE__STORES__BROKEN__PATH: join(obstacle, 'images'),
        },
      })
      client = await Client.signIn(server)
    })
    afterAll(async () => {
      await server.close()
      rmSync(folder, { recursive: true })
    })

    it('are shown as read-only, with the reason for administrators', async () => {
      expect(await shown(client, 'broken')).toEqual({ isReadOnly: true, reason: expect.stringMatching(/ENOTDIR/) })
      expect(await shown(client, 'share')).toEqual({ isReadOnly: true, reason: expect.stringMatching(/not mounted/) })
      expect(await shown(client, 'file')).toEqual({ isReadOnly: false, reason: undefined })
      expect(server.log(200)).toMatch(/"event":"store.read-only","storeId":"broken"/)
      const metrics = await client.read('/metrics')
      expect(metrics.text).toContain('glimpse_store_up{store="broken"} 0')
      expect(metrics.text).toContain('glimpse_store_up{store="file"} 1')
    })

    it('refuse uploads with 410 as Glance does, or 503 when they may come back, and the image stays queued', async () => {
      const id = await client.created()
      expect(await client.put(id, imageBytes(), into('broken'))).toMatchObject({
        status: 410,
        text: expect.stringContaining('Adding images to store is disabled.'),
      })
      expect(await client.put(id, imageBytes(), into('share'))).toMatchObject({
        status: 503,
        text: expect.stringContaining('not mounted'),
      })
      expect(await client.statusOf(id)).toBe('queued')
      expect(readdirSync(folder)).toEqual(['obstacle'])
      await isWell(client, 'file')
      await untilClean(server, 5_000)
    })

    it('are no target of an import to all stores', async () => {
      const id = await client.created()
      const bytes = imageBytes()
      expect(await client.stage(id, bytes)).toMatchObject({ status: 204 })
      const body = { method: { name: 'glance-direct' }, all_stores: true }
      expect(await client.importAs(id, body)).toMatchObject({ status: 202 })
      await client.imported(id)
      await client.verify(id, bytes)
      expect(JSON.parse((await client.show(id)).text)).toMatchObject({ stores: 'file' })
      expect(await client.delete(id)).toMatchObject({ status: 204 })
    })

    it('open by themselves when what kept them is gone, and close again when it comes back', async () => {
      rmSync(obstacle)
      await until('the store is open', async () => !(await isReadOnly(client, 'broken')))
      await isWell(client, 'broken')
      rmSync(obstacle, { recursive: true })
      writeFileSync(obstacle, 'again')
      await until('the store is lost', () => isReadOnly(client, 'broken'))
      const id = await client.created()
      // It was open once, so its configuration is not to blame.
      expect(await client.put(id, imageBytes(), into('broken'))).toMatchObject({ status: 503 })
    })
  })
}

const faults: readonly { fault: Fault; args?: string[]; status: number; isRead: boolean }[] = [
  { fault: 'readonly', status: 503, isRead: true },
  { fault: 'stale', status: 503, isRead: false },
  { fault: 'eio', status: 503, isRead: false },
  { fault: 'late', status: 503, isRead: true },
  { fault: 'soft', args: ['1'], status: 503, isRead: false },
  { fault: 'full', status: 413, isRead: true },
]

/** A share that fails while data goes to it. */
export function describeShare(flavour: Flavour): void {
  const missing = missingForShares()
  const title = `a store on a share, on ${flavour}`
  describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title} (${missing})`, () => {
    let share: FaultyShare
    let server: FaultServer
    let client: Client
    const kept = imageBytes()
    let keptId = ''

    beforeAll(async () => {
      share = FaultyShare.open()
      server = await FaultServer.start({ flavour, settings: shareSettings(share.mountPoint) })
      client = await Client.signIn(server)
      keptId = await client.created()
      expect(await client.put(keptId, kept, into('share'))).toMatchObject({ status: 204 })
    })
    afterAll(async () => {
      await server.close()
      share.close()
    })

    const upload = async () => {
      const id = await client.created()
      const bytes = Buffer.alloc(8 * MiB, 'glimpse')
      const response = await client.put(id, bytes, into('share'))
      expect(await client.statusOf(id)).toBe('queued')
      return response
    }

    /** The share is taken up again by itself, and nothing but what belongs there lies on it. */
    async function recovers(): Promise<void> {
      await until('the store takes data', async () => !(await isReadOnly(client, 'share')))
      await client.verify(keptId, kept)
      await isWell(client, 'share')
      await untilClean(server, 20_000)
      await until('the share is clean', () => share.files().join() === keptId, 20_000)
    }

    it('puts nothing into the bare folder when the share is lost during an upload', async () => {
      const id = await client.created()
      const open = client.openUpload(id, into('share').headers)
      await open.write(Buffer.alloc(2 * MiB, 'glimpse'))
      share.tell('vanish')
      await open.write(Buffer.alloc(MiB, 'glimpse'))
      expect((await open.finish()).status).toBe(503)
      expect(await client.put(id, kept, into('share'))).toMatchObject({
        status: 503,
        text: expect.stringContaining('not mounted'),
      })
      expect(await client.get(keptId)).toMatchObject({ status: 503 })
      await until('the store is read-only', () => isReadOnly(client, 'share'))
      expect(readdirSync(share.mountPoint)).toEqual([])
      await isWell(client, 'file')
      share.heal()
      await recovers()
    })

    it('hangs without the API: other stores go on, and every answer comes in time', async () => {
      share.after(MiB, 'hang')
      const started = performance.now()
      expect((await upload()).status).toBe(503)
      expect(performance.now() - started).toBeLessThan(15_000)
      // More than all threads of the service, at once.
      const reads = Array.from({ length: 24 }, () => client.get(keptId))
      const writes = Array.from({ length: 8 }, upload)
      for (let round = 0; round < 5; round++) {
        const before = performance.now()
        await isWell(client, 'file')
        expect(performance.now() - before).toBeLessThan(10_000)
      }
      for (const { status } of await Promise.all([...reads, ...writes])) expect(status).toBe(503)
      expect(await shown(client, 'share')).toMatchObject({
        isReadOnly: true,
        reason: expect.stringContaining('does not answer'),
      })
      // One process hangs, and no other is sent after it.
      expect(server.children()).toBe(1)
      share.heal()
      await recovers()
      expect(server.children()).toBe(1)
    })

    it.runIf(isLong)('lets the service end and start again while it hangs', async () => {
      share.tell('hang')
      await until('the store is read-only', () => isReadOnly(client, 'share'))
      await server.stop()
      await server.start()
      await isWell(client, 'file')
      expect(await isReadOnly(client, 'share')).toBe(true)
      share.heal()
      await recovers()
    })

    it.runIf(isLong).each(faults)('answers $status to an upload when the share turns $fault', async (row) => {
      share.after(MiB, row.fault, ...(row.args ?? []))
      expect((await upload()).status).toBe(row.status)
      await isWell(client, 'file')
      if (row.isRead) await client.verify(keptId, kept)
      else expect((await client.get(keptId)).status).toBe(503)
      const isLost = row.status === 503
      if (isLost) await until('the store is read-only', () => isReadOnly(client, 'share'))
      else expect(await isReadOnly(client, 'share')).toBe(false)
      share.heal()
      await recovers()
    })

    it.runIf(isLong)('is well again after it was really full', async () => {
      share.tell('fill', '1024')
      expect((await upload()).status).toBe(413)
      expect(await isReadOnly(client, 'share')).toBe(false)
      share.heal()
      await recovers()
    })
  })
}
