import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Client, imageBytes } from './client'
import { FaultServer, type Flavour, type Plan, until } from './fault-server'
import { boundlessLimits, direct, diskOf, queued, type Subject, stagedArchive } from './scenarios'
import { mountSmallDisk } from './small-disk'
import { untilClean } from './state'

const MiB = 1024 * 1024
const settings = {
  GLIMPSE__UPLOADS__LEASE_SECONDS: '3',
  GLIMPSE__UPLOADS__IDLE_TIMEOUT_SECONDS: '5',
  GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
  GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
  GLIMPSE__IMPORTS__PLUGINS: 'image_decompression,image_conversion',
  ...boundlessLimits,
}
const tasksSchema = z.object({ tasks: z.array(z.object({ status: z.string(), message: z.string() })) })

/** Everything that goes wrong during an import while the server lives on: the task says so, and nothing is left. */
export function describeImportFaults(flavour: Flavour): void {
  describe(`an import on ${flavour}`, () => {
    let server: FaultServer
    let client: Client
    let web: Server
    let url = ''
    let answer: RequestListener = (_, response) => response.end()

    beforeAll(async () => {
      server = await FaultServer.start({ flavour, settings })
      client = await Client.signIn(server)
      web = createServer((request, response) => answer(request, response))
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
      const address = web.address()
      url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/image`
    })
    afterAll(async () => {
      await server.close()
      web.closeAllConnections()
      web.close()
    })

    const lastTask = async (id: string, user = client) =>
      tasksSchema.parse(JSON.parse((await user.imported(id)).text)).tasks.at(-1)

    /** The import failed and said why; the image is as if it had never begun, and takes bytes. */
    async function failed(id: string, message: RegExp): Promise<void> {
      expect(await lastTask(id)).toMatchObject({ status: 'failure', message: expect.stringMatching(message) })
      expect(await client.statusOf(id)).toBe('queued')
      await untilClean(server, 20_000)
      await client.verifyUsage()
      expect(await client.delete(id)).toMatchObject({ status: 204 })
      await untilClean(server, 5_000)
      expect(server.children()).toBe(0)
    }

    async function stagedAs(bytes: Buffer, fields: object = {}): Promise<string> {
      const id = await client.created(fields)
      expect(await client.stage(id, bytes)).toMatchObject({ status: 204 })
      return id
    }

    const importOf = async (id: string) => expect(await client.import(id, direct)).toMatchObject({ status: 202 })

    const stagings: readonly { plan: Omit<Plan, 'nth'>; status: number; text: RegExp }[] = [
      {
        plan: { point: 'write staged partial', moment: 'middle', errno: 'ENOSPC' },
        status: 413,
        text: /media is full/,
      },
      { plan: { point: 'sync staged partial', moment: 'before', errno: 'ENOSPC' }, status: 413, text: /media is full/ },
      { plan: { point: 'write staged partial', moment: 'middle', errno: 'EIO' }, status: 503, text: /EIO/ },
      { plan: { point: 'link staged blob', moment: 'before', errno: 'EIO' }, status: 503, text: /EIO/ },
    ]
    it.each(stagings)(
      'that is staged: $status when $plan.point fails with $plan.errno',
      async ({ plan, status, text }) => {
        const { id, bytes } = await queued(client)
        await server.arm({ ...plan, nth: 1 })
        const response = await client.stage(id, bytes)
        await server.disarm()
        expect(response).toMatchObject({ status, text: expect.stringMatching(text) })
        expect(await client.statusOf(id)).toBe('queued')
        await untilClean(server, 5_000)
        expect(await client.put(id, bytes)).toMatchObject({ status: 204 })
        await client.verify(id, bytes)
        expect(await client.delete(id)).toMatchObject({ status: 204 })
      },
    )

    const failures: readonly Omit<Plan, 'nth' | 'moment'>[] = [
      { point: 'read staged blob', errno: 'EIO' },
      { point: 'open staged partial', errno: 'ENOSPC' },
      { point: 'write staged partial', errno: 'EIO' },
      { point: 'sync staged partial', errno: 'ENOSPC' },
      { point: 'open partial', errno: 'EIO' },
      { point: 'write partial', errno: 'ENOSPC' },
      { point: 'sync partial', errno: 'EIO' },
      { point: 'link blob', errno: 'EIO' },
    ]
    it.each(failures)('with plugins ends when $point fails with $errno', async (plan) => {
      const { id } = await stagedArchive(client)
      await server.arm({ ...plan, moment: 'before', nth: 1 })
      await importOf(id)
      await client.imported(id)
      await server.disarm()
      await failed(id, /./)
    })

    it('says that there is no room when the disk is too small for what plugins make', {
      timeout: 300_000,
    }, async () => {
      const disk = mountSmallDisk(12)
      const small = await FaultServer.start({
        flavour,
        settings: { ...settings, ...(disk && { GLIMPSE__IMPORTS__STAGING_PATH: join(disk.path, 'staging') }) },
      })
      try {
        const user = await Client.signIn(small)
        const plan = {
          point: 'write staged partial',
          nth: 40,
          moment: 'middle',
          errno: 'ENOSPC',
          repeat: true,
        } as const
        for (const [fields, bytes] of [
          // Unpacked by us, and converted by a program.
          [{}, gzipSync(Buffer.concat([randomBytes(4 * MiB), Buffer.alloc(60 * MiB, 'full'), randomBytes(4 * MiB)]))],
          [{ disk_format: 'qcow2' }, diskOf(randomBytes(9 * MiB))],
        ] as const) {
          const id = await user.created(fields)
          expect(await user.stage(id, bytes)).toMatchObject({ status: 204 })
          if (disk === undefined) await small.arm(plan)
          expect(await user.import(id, direct)).toMatchObject({ status: 202 })
          expect(await lastTask(id, user)).toMatchObject({
            status: 'failure',
            message: expect.stringMatching(/full|No space left/),
          })
          expect(await user.statusOf(id)).toBe('queued')
          await untilClean(small, 20_000)
        }
        const fits = randomBytes(2 * MiB)
        const id = await user.created()
        expect(await user.stage(id, fits)).toMatchObject({ status: 204 })
        expect(await user.import(id, direct)).toMatchObject({ status: 202 })
        await user.imported(id)
        await user.verify(id, fits)
      } finally {
        await small.close()
        disk?.remove()
      }
    })

    it('waits for a source that is slow, and gives up one that stands still', async () => {
      const { id, bytes } = await queued(client)
      answer = async (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length })
        for (let at = 0; at < bytes.length; at += MiB) {
          await new Promise((resolve) => setTimeout(resolve, 500))
          response.write(bytes.subarray(at, at + MiB))
        }
        response.end()
      }
      await client.import(id, { name: 'web-download', uri: url })
      await client.imported(id)
      await client.verify(id, bytes)
      expect(await client.delete(id)).toMatchObject({ status: 204 })
      const still: Subject = await queued(client)
      answer = (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, MiB))
      }
      await client.import(still.id, { name: 'web-download', uri: url })
      await failed(still.id, /./)
    })

    const whole = imageBytes()
    const sources: readonly (readonly [string, RequestListener])[] = [
      [
        'is cut each time',
        (_, response) => {
          response.writeHead(200, { 'content-length': whole.length })
          response.write(whole.subarray(0, MiB), () => response.destroy())
        },
      ],
      [
        'ends early, as a chunked one without its end',
        (_, response) => {
          response.writeHead(200)
          response.write(whole.subarray(0, MiB), () => response.destroy())
        },
      ],
      ['is gone', (_, response) => response.writeHead(404).end()],
      ['fails', (_, response) => response.writeHead(500).end()],
    ]
    it.each(sources)('from a source that %s ends, and leaves nothing', { timeout: 180_000 }, async (_, listener) => {
      answer = listener
      const { id } = await queued(client)
      await client.import(id, { name: 'web-download', uri: url })
      await failed(id, /./)
    })

    const disk = imageBytes().subarray(0, 4 * MiB)
    const damages: readonly (readonly [string, object, () => Buffer])[] = [
      ['a qcow2 that was cut', { disk_format: 'qcow2' }, () => diskOf(disk).subarray(0, -2 * MiB)],
      ['a qcow2 whose tables are spoilt', { disk_format: 'qcow2' }, () => spoilt(diskOf(disk), 196_608)],
      ['a vmdk that was cut', { disk_format: 'vmdk' }, () => diskOf(disk, 'vmdk').subarray(0, -2 * MiB)],
      ['a vmdk whose tables are spoilt', { disk_format: 'vmdk' }, () => withSpoiltGrains(diskOf(disk, 'vmdk'))],
      ['a gzip that was cut', {}, () => gzipSync(disk).subarray(0, -2 * MiB)],
      ['a bomb', {}, () => gzipSync(Buffer.alloc(160 * MiB), { level: 9 })],
    ]
    it.each(damages)('of %s ends, and leaves nothing', async (_, fields, make) => {
      const id = await stagedAs(make(), fields)
      await importOf(id)
      await failed(id, /./)
    })

    it('is taken from a node that lost its lease, and what it goes on with is not kept', async () => {
      const other = await FaultServer.start({ flavour, settings, beside: server })
      try {
        const { id, bytes } = await queued(client)
        answer = (_, response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
        await server.arm({ point: 'link staged blob', nth: 1, moment: 'before', freeze: true })
        await other.arm({ point: 'link staged blob', nth: 99, moment: 'before' })
        await client.import(id, { name: 'web-download', uri: url })
        await until('a node stands still or the other was faster', async () => {
          return server.isFrozen() || (await client.at(other).statusOf(id)) === 'active'
        })
        const elsewhere = client.at(other)
        await elsewhere.imported(id)
        await elsewhere.verify(id, bytes)
        if (server.isFrozen()) server.thaw()
        await server.disarm()
        await untilClean([server, other], 20_000)
        await client.verify(id, bytes)
        expect(await client.delete(id)).toMatchObject({ status: 204 })
        await untilClean([server, other], 5_000)
      } finally {
        if (server.isFrozen()) server.thaw()
        await other.close()
      }
    })
  })
}

function spoilt(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.fill(0xf7, at, at + 4096)
  return copy
}

/** The first grain table leads behind the end of the file. */
function withSpoiltGrains(vmdk: Buffer): Buffer {
  const sector = 512
  const directory = Number(vmdk.readBigUInt64LE(56)) * sector
  return spoilt(vmdk, vmdk.readUInt32LE(directory) * sector)
}
