import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client, imageBytes } from './client'
import { FaultServer, type Flavour, type Plan, until } from './fault-server'
import { beginUpload, type Subject } from './scenarios'
import { mountSmallDisk } from './small-disk'
import { untilClean } from './state'

const settings = { GLIMPSE__UPLOADS__LEASE_SECONDS: '3' }
const MiB = 1024 * 1024

/** Everything that goes wrong while the server lives on: the client is told so, and nothing is left. */
export function describeFaults(flavour: Flavour): void {
  describe(`a fault on ${flavour}`, () => {
    let server: FaultServer
    let client: Client

    beforeAll(async () => {
      server = await FaultServer.start({ flavour, settings })
      client = await Client.signIn(server)
    })
    afterAll(() => server.close())

    const queued = async (): Promise<Subject> => ({ id: await client.created(), bytes: imageBytes() })

    async function succeedsNow({ id, bytes }: Subject): Promise<void> {
      expect(await client.put(id, bytes)).toMatchObject({ status: 204 })
      await client.verify(id, bytes)
      expect(await client.delete(id)).toMatchObject({ status: 204 })
      await untilClean(server, 5_000)
    }

    async function queuedAgain(subject: Subject, withinMs = 5_000): Promise<void> {
      await until('the image is queued', async () => (await client.statusOf(subject.id)) === 'queued', withinMs)
      await untilClean(server, withinMs)
      expect(server.openBlobs()).toEqual([])
      await succeedsNow(subject)
    }

    it('lets a client go that hangs up in the middle of an upload', async () => {
      const subject = await queued()
      const upload = await beginUpload(client, subject)
      upload.abort()
      await queuedAgain(subject)
    })

    const cuts = [
      { title: 'a chunked body without its end', length: 'transfer-encoding: chunked', body: '5\r\nbytes\r\n' },
      { title: 'a chunk that is cut', length: 'transfer-encoding: chunked', body: 'ff\r\nbytes' },
      { title: 'a body shorter than its length', length: 'content-length: 100', body: 'bytes' },
    ]
    it.each(cuts)('does not take $title for an image', async ({ length, body }) => {
      const subject = await queued()
      const head = [
        `PUT /v2/images/${subject.id}/file HTTP/1.1`,
        `host: ${server.url.host}`,
        `x-auth-token: ${client.token}`,
        'content-type: application/octet-stream',
        length,
      ]
      const socket = connect(Number(server.url.port), server.url.hostname)
      socket.on('error', () => undefined)
      socket.resume()
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
      await until('the upload began', async () => (await client.statusOf(subject.id)) === 'saving')
      socket.end()
      await queuedAgain(subject)
    })

    const failures: readonly { plan: Omit<Plan, 'nth'>; nth?: number; status: number; text: RegExp }[] = [
      {
        plan: { point: 'open partial', moment: 'before', errno: 'ENOSPC' },
        status: 413,
        text: /storage media is full/,
      },
      {
        plan: { point: 'write partial', moment: 'middle', errno: 'ENOSPC' },
        nth: 2,
        status: 413,
        text: /storage media is full/,
      },
      {
        plan: { point: 'sync partial', moment: 'before', errno: 'ENOSPC' },
        status: 413,
        text: /storage media is full/,
      },
      { plan: { point: 'open partial', moment: 'before', errno: 'EIO' }, status: 503, text: /EIO/ },
      { plan: { point: 'write partial', moment: 'middle', errno: 'EIO' }, status: 503, text: /EIO/ },
      { plan: { point: 'truncate partial', moment: 'before', errno: 'EIO' }, status: 503, text: /EIO/ },
      { plan: { point: 'sync partial', moment: 'before', errno: 'EIO' }, status: 503, text: /EIO/ },
      { plan: { point: 'link blob', moment: 'before', errno: 'EIO' }, status: 503, text: /EIO/ },
      { plan: { point: 'sync folder', moment: 'before', errno: 'EIO' }, status: 503, text: /EIO/ },
    ]
    it.each(failures)(
      'answers $status when $plan.point fails with $plan.errno',
      async ({ plan, nth = 1, status, text }) => {
        const subject = await queued()
        await server.arm({ ...plan, nth })
        const response = await client.put(subject.id, subject.bytes)
        await server.disarm()
        expect(response.status).toBe(status)
        expect(response.text).toMatch(text)
        expect(await client.statusOf(subject.id)).toBe('queued')
        await queuedAgain(subject)
      },
    )

    it('answers 413 when the file system is full, and takes what fits', async () => {
      const disk = mountSmallDisk(4)
      const small = await FaultServer.start({
        flavour,
        settings,
        ...(disk && { imagesFolder: join(disk.path, 'images') }),
      })
      try {
        const user = await Client.signIn(small)
        const id = await user.created()
        if (disk === undefined)
          await small.arm({ point: 'write partial', nth: 4, moment: 'middle', errno: 'ENOSPC', repeat: true })
        const response = await user.put(id, randomBytes(6 * MiB))
        expect(response.status).toBe(413)
        expect(response.text).toMatch(/Image storage media is full/)
        await untilClean(small, 5_000)
        const fits = randomBytes(2 * MiB)
        expect(await user.put(id, fits)).toMatchObject({ status: 204 })
        await user.verify(id, fits)
      } finally {
        await small.close()
        disk?.remove()
      }
    })

    it('has the image when only the clearing up after it failed', async () => {
      const subject = await queued()
      await server.arm({ point: 'unlink partial', nth: 1, moment: 'before', errno: 'EIO' })
      expect(await client.put(subject.id, subject.bytes)).toMatchObject({ status: 204 })
      await server.disarm()
      await untilClean(server, 20_000)
      await client.verify(subject.id, subject.bytes)
      expect(await client.delete(subject.id)).toMatchObject({ status: 204 })
    })

    it('removes the bytes later when an upload fails and they cannot be removed at once', async () => {
      const subject = await queued()
      await server.arm({ point: 'unlink partial', nth: 1, moment: 'before', errno: 'EIO' })
      const response = await client.put(subject.id, subject.bytes, {
        chunked: true,
        headers: { 'x-openstack-image-size': '1' },
      })
      expect(response.status).toBe(400)
      await server.disarm()
      await untilClean(server, 20_000)
      await succeedsNow(subject)
    })

    it('deletes an image whose bytes cannot be removed at once, and removes them later', async () => {
      const bytes = imageBytes()
      const id = await client.stored(bytes)
      await server.arm({ point: 'unlink blob', nth: 1, moment: 'before', errno: 'EIO' })
      expect(await client.delete(id)).toMatchObject({ status: 204 })
      expect(await client.statusOf(id)).toBe('absent')
      await server.disarm()
      await untilClean(server, 20_000)
    })

    it('answers 503 to a download whose file cannot be opened', async () => {
      const bytes = imageBytes()
      const id = await client.stored(bytes)
      await server.arm({ point: 'open blob', nth: 1, moment: 'before', errno: 'EIO' })
      expect(await client.get(id)).toMatchObject({ status: 503 })
      await server.disarm()
      await client.verify(id, bytes)
      await client.delete(id)
    })

    it('cuts a download whose file cannot be read, so that nobody takes it for whole', async () => {
      const bytes = imageBytes()
      const id = await client.stored(bytes)
      for (const nth of [1, 3]) {
        await server.arm({ point: 'read blob', nth, moment: 'before', errno: 'EIO' })
        const response = await client.get(id).catch((error: unknown) => error)
        await server.disarm()
        if (!(response instanceof Error)) expect(response).toMatchObject({ status: 503 })
        await until('the file is closed', () => server.openBlobs().length === 0)
      }
      await client.verify(id, bytes)
      await client.delete(id)
    })

    it('tells an uploader 410 whose image is deleted, at its end or while it waits', async () => {
      for (const isWaiting of [false, true]) {
        const subject = await queued()
        const upload = await beginUpload(client, subject)
        expect(await client.delete(subject.id)).toMatchObject({ status: 204 })
        const answer = isWaiting ? await upload.answer() : await upload.finish()
        expect(answer.status).toBe(410)
        expect(answer.text).toMatch(/could not be found after upload/)
        await untilClean(server, 5_000)
        expect(server.openBlobs()).toEqual([])
        if (isWaiting) upload.abort()
      }
    })

    it('takes one of two uploads at once and answers the other 409', async () => {
      const subject = await queued()
      const answers = await Promise.all([client.put(subject.id, subject.bytes), client.put(subject.id, subject.bytes)])
      expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409])
      await client.verify(subject.id, subject.bytes)
      await client.delete(subject.id)
      await untilClean(server, 5_000)
    })

    it('has no file open after downloads that were cut', async () => {
      const bytes = randomBytes(16 * MiB)
      const id = await client.stored(bytes)
      await Promise.all(Array.from({ length: 40 }, () => beginDownload(client, server, id)))
      await until('all files are closed', () => server.openBlobs().length === 0, 10_000)
      await client.verify(id, bytes)
      await client.delete(id)
    })
  })
}

/** Takes the first bytes of an image and hangs up. */
function beginDownload(client: Client, server: FaultServer, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-auth-token': client.token }
    const message = request(new URL(`/v2/images/${id}/file`, server.url), { headers, agent: false }, (response) => {
      response.once('data', () => {
        if (server.openBlobs().length === 0) reject(new Error('no file is open during a download'))
        message.destroy()
        resolve()
      })
      response.on('error', () => undefined)
    })
    message.on('error', () => undefined)
    message.end()
  })
}

/** A node that stood still while another took its work over must not spoil what that one did. */
export function describeTakeover(flavour: Flavour): void {
  const moments: readonly { title: string; plan: Omit<Plan, 'freeze' | 'nth'> | undefined }[] = [
    { title: 'in the middle of the bytes', plan: undefined },
    { title: 'before it links the finished file', plan: { point: 'link blob', moment: 'before' } },
    { title: 'before it records the upload', plan: { point: 'link blob', moment: 'after' } },
  ]
  describe(`a node on ${flavour} that stands still`, () => {
    let slow: FaultServer
    let other: FaultServer

    beforeAll(async () => {
      slow = await FaultServer.start({ flavour, settings })
      other = await FaultServer.start({ flavour, settings, beside: slow })
    })
    afterAll(async () => {
      await other.close()
      await slow.close()
    })

    it.each(moments)('$title loses its upload and leaves the next one alone', async ({ plan }) => {
      const client = await Client.signIn(slow)
      const elsewhere = client.at(other)
      const subject = { id: await client.created(), bytes: imageBytes() }
      const upload = await beginUpload(client, subject)
      await upload.write(subject.bytes.subarray(subject.bytes.byteLength / 2))
      if (plan !== undefined) await slow.arm({ ...plan, nth: 1, freeze: true })
      const late = plan === undefined ? undefined : upload.finish()
      if (plan === undefined) slow.freeze()
      await slow.frozen()
      await until('the image is queued', async () => (await elsewhere.statusOf(subject.id)) === 'queued')
      const bytes = imageBytes()
      expect(await elsewhere.put(subject.id, bytes)).toMatchObject({ status: 204 })
      slow.thaw()
      expect((await (late ?? upload.finish())).status).not.toBe(204)
      await slow.disarm()
      await elsewhere.verify(subject.id, bytes)
      await untilClean(other, 20_000)
      await client.verify(subject.id, bytes)
      await client.delete(subject.id)
      await untilClean(slow, 5_000)
    })
  })
}
