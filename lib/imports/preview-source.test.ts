import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase } from '@/lib/db/test-database'
import { qcow2Header } from '@/lib/formats/test-images'
import { listening } from '@/lib/runtime/test-server'
import { previewSource } from './preview-source'

const member = contextOf({ projectId: 'p', roles: ['member', 'reader'] })
const reader = contextOf({ projectId: 'p', roles: ['reader'] })

describe('a look at a file on the web', () => {
  let database: TestDatabase
  let server: Server
  let web = ''
  let disk: Buffer = Buffer.alloc(0)
  let sentBytes = 0

  const open = (settings: Readonly<Record<string, string>> = {}) =>
    openTestDatabase('sqlite', {
      GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
      GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
      ...settings,
    })
  beforeEach(async () => {
    database = await open()
    disk = qcow2Header()
    sentBytes = 0
    server = createServer(answer)
    web = await listening(server)
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await database.close()
  })

  function answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('close', () => {
      sentBytes += response.socket?.bytesWritten ?? 0
    })
    const path = request.url ?? ''
    if (path === '/moved') response.writeHead(302, { location: '/images/disk%20one.qcow2?token=secret' }).end()
    else if (path === '/gone') response.writeHead(404).end()
    else if (path === '/whole') response.writeHead(200, { 'content-length': disk.length }).end(disk)
    else if (path === '/endless') response.writeHead(200).end(disk)
    else {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      const part = disk.subarray(Number(from), Number(to) + 1)
      const range = `bytes ${from}-${Number(from) + part.length - 1}/${disk.length}`
      response.writeHead(206, { 'content-range': range, 'content-type': 'application/x-qemu-disk' }).end(part)
    }
  }

  it('tells what it is, how large, and where it really lies, from a few small parts', async () => {
    const preview = await previewSource(member, `${web}/moved`)
    expect(preview).toMatchObject({
      sizeBytes: disk.length,
      fileName: 'disk one.qcow2',
      mediaType: 'application/x-qemu-disk',
      inspection: { format: 'qcow2', virtualSizeBytes: 20 * 1024 ** 3, safety: [] },
    })
    expect(preview.redirectedTo).toContain('/images/disk%20one.qcow2')
    expect(sentBytes).toBeLessThan(disk.length)
  })

  it('says less where the source gives no parts or no size', async () => {
    expect(await previewSource(member, `${web}/whole`)).toMatchObject({ sizeBytes: disk.length, inspection: null })
    expect(await previewSource(member, `${web}/endless`)).toMatchObject({ sizeBytes: null, inspection: null })
  })

  it('is refused by the same filter, rules and settings as the import', async () => {
    await expect(previewSource(member, `${web}/gone`)).rejects.toMatchObject({ code: 'source_unavailable' })
    await expect(previewSource(member, 'ftp://example.org/x')).rejects.toMatchObject({ code: 'bad_request' })
    await expect(previewSource(reader, `${web}/whole`)).rejects.toMatchObject({ code: 'policy_denied' })
    await database.close()
    database = await open({ GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'false' })
    await expect(previewSource(member, `${web}/whole`)).rejects.toMatchObject({ code: 'bad_request' })
    await database.close()
    database = await open({ GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: 'glance-direct' })
    await expect(previewSource(member, `${web}/whole`)).rejects.toMatchObject({ code: 'bad_request' })
  })

  it('is given to one person only so often at once', async () => {
    const looks = await Promise.allSettled([1, 2, 3].map(() => previewSource(member, `${web}/moved`)))
    expect(looks.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(await previewSource(member, `${web}/moved`)).toBeDefined()
  })
})
