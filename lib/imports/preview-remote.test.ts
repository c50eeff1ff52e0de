import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase } from '@/lib/db/test-database'
import { qcow2Header } from '@/lib/formats/test-images'
import { listening } from '@/lib/runtime/test-server'
import { previewRemoteImage } from './preview-remote'

const endpoints = vi.hoisted(() => new Map<string, string>())
vi.mock('@/lib/identity/image-endpoint', () => ({
  imageEndpoint: async (token: string, { region }: { region: string }) =>
    token === 'the-token' ? endpoints.get(region) : undefined,
}))

const member = contextOf({ projectId: 'p', roles: ['member', 'reader'] })
const reader = contextOf({ projectId: 'p', roles: ['reader'] })
const there = '11111111-2222-4333-8444-555555555555'
const asked = { region: 'There', imageId: there }

const disk = qcow2Header()

const found = {
  id: there,
  name: 'debian-13',
  status: 'active',
  size: disk.length,
  disk_format: 'qcow2',
  container_format: 'bare',
  min_disk: 20,
  min_ram: 512,
  os_hash_algo: 'sha512',
  os_hash_value: 'ab'.repeat(64),
  hw_disk_bus: 'scsi',
  description: 'a system',
  os_glance_import_task: 'x',
  tags: ['prod'],
}

describe('a look at an image of another region', () => {
  let database: TestDatabase
  let server: Server
  let document: object = found
  let statuses: { readonly image?: number; readonly data?: number } = {}
  let requests: string[] = []

  const open = (settings: Readonly<Record<string, string>> = {}) =>
    openTestDatabase('sqlite', {
      GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: 'glance-download',
      GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
      ...settings,
    })
  beforeEach(async () => {
    database = await open()
    ;[document, statuses, requests] = [found, {}, []]
    server = createServer(answer)
    // The catalog may name a private address.
    endpoints.set('There', await listening(server))
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await database.close()
  })

  function answer({ url, headers }: IncomingMessage, response: ServerResponse): void {
    requests.push(`${url} ${headers.range ?? 'whole'}`)
    const refused = headers['x-auth-token'] === 'the-token' ? statuses : { image: 401, data: 401 }
    const isData = url?.endsWith('/file')
    const status = isData ? refused.data : refused.image
    if (status !== undefined) response.writeHead(status).end()
    else if (!isData) response.end(JSON.stringify(document))
    else {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
      const part = disk.subarray(Number(from), Number(to) + 1)
      const range = `bytes ${from}-${Number(from) + part.length - 1}/${disk.length}`
      response.writeHead(206, { 'content-range': range }).end(part)
    }
  }

  it('tells what it is there, what comes along and what may be taken, from a few small parts', async () => {
    const preview = await previewRemoteImage(member, { ...asked, imageId: ` ${there.toUpperCase()} ` }, 'the-token')
    expect(preview).toMatchObject({
      region: 'There',
      imageId: there,
      name: 'debian-13',
      status: 'active',
      sizeBytes: disk.length,
      diskFormat: 'qcow2',
      containerFormat: 'bare',
      minDiskGib: 20,
      minRamMib: 512,
      hash: { algorithm: 'sha512', value: found.os_hash_value },
      copiedProperties: { hw_disk_bus: 'scsi' },
      otherProperties: { description: 'a system' },
      inspection: { format: 'qcow2', virtualSizeBytes: 20 * 1024 ** 3 },
    })
    expect(requests.filter((line) => line.includes('/file') && line.endsWith('whole'))).toEqual([])
  })

  it('takes what is strange in the document for nothing', async () => {
    document = { ...found, name: null, min_disk: 'much', min_ram: -1, os_hash_value: null }
    expect(await previewRemoteImage(member, asked, 'the-token')).toMatchObject({
      name: '',
      minDiskGib: 0,
      minRamMib: 0,
      hash: null,
    })
  })

  const refusals: readonly (readonly [string, () => void, RegExp])[] = [
    ['an image that is not there', () => (statuses = { image: 404 }), /no image with this id, or does not show it/],
    ['an image of others', () => (statuses = { image: 403 }), /does not let you read this image/],
    ['data of others', () => (statuses = { data: 403 }), /does not let you read the data/],
    ['an image without data', () => (document = { ...found, status: 'queued' }), /active instead of queued/],
    ['a service out of order', () => (statuses = { image: 500 }), /answered 500/],
  ]
  it.each(refusals)('says so of %s', async (_, prepare, message) => {
    prepare()
    await expect(previewRemoteImage(member, asked, 'the-token')).rejects.toMatchObject({
      code: 'source_unavailable',
      message: expect.stringMatching(message),
    })
  })

  it('says so when the catalog has no such region', async () => {
    await expect(previewRemoteImage(member, { ...asked, region: 'Nowhere' }, 'the-token')).rejects.toThrow(/Nowhere/)
    expect(requests).toEqual([])
  })

  it('is refused by the same rules and settings as the import', async () => {
    await expect(previewRemoteImage(reader, asked, 'the-token')).rejects.toMatchObject({ code: 'policy_denied' })
    const noId = previewRemoteImage(member, { ...asked, imageId: '../../v2/images' }, 'the-token')
    await expect(noId).rejects.toThrow(/does not look like a UUID/)
    endpoints.set('There', 'ftp://example.org')
    await expect(previewRemoteImage(member, asked, 'the-token')).rejects.toMatchObject({ code: 'bad_request' })
    await database.close()
    database = await open({ GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: 'glance-direct' })
    await expect(previewRemoteImage(member, asked, 'the-token')).rejects.toMatchObject({ code: 'bad_request' })
    expect(requests).toEqual([])
  })

  it('follows nowhere that an import would not', async () => {
    const elsewhere = createServer((_, response) => response.end(JSON.stringify(found)))
    const url = await listening(elsewhere)
    const moved = createServer((_, response) => response.writeHead(302, { location: `${url}/x` }).end())
    endpoints.set('There', await listening(moved))
    await expect(previewRemoteImage(member, asked, 'the-token')).rejects.toThrow(/does not pass filtering/)
    for (const one of [elsewhere, moved]) one.close()
  })
})
