import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from '@/lib/images/create-image'
import { findImage } from '@/lib/images/image-repo'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { listening } from '@/lib/runtime/test-server'
import { setStores } from '@/lib/stores/registry'
import { claimTask, findTask, releaseTask, tokenOfTask } from '@/lib/tasks/task-repo'
import { requestImport } from './request-import'
import { runImport } from './run-import'

const endpoints = vi.hoisted(() => new Map<string, string>())
vi.mock('@/lib/identity/image-endpoint', () => ({
  imageEndpoint: async (token: string, { region }: { region: string }) =>
    token === 'the-token' ? endpoints.get(region) : undefined,
}))

const member = contextOf({ roles: ['member', 'reader'], projectId: 'p' })
const there = '11111111-2222-4333-8444-555555555555'
const bytes = randomBytes(2_000_000)
const sha512 = createHash('sha512').update(bytes).digest('hex')
const found = {
  id: there,
  status: 'active',
  size: bytes.length,
  disk_format: 'raw',
  container_format: 'bare',
  checksum: createHash('md5').update(bytes).digest('hex'),
  os_hash_algo: 'sha512',
  os_hash_value: sha512,
  hw_disk_bus: 'scsi',
  os_type: 'linux',
  os_glance_import_task: 'x',
  secret: 'no',
}

describe.each(testFlavours())('glance-download on %s', (flavour) => {
  let database: TestDatabase
  let document: object = found
  let cuts = 0
  let servers: Server[] = []
  let requests: IncomingMessage[] = []

  beforeEach(async () => {
    database = await openTestDatabase(flavour, {
      GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: 'glance-download',
      GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
      GLIMPSE__LOG__LEVEL: 'silent',
    })
    setStores(undefined)
    setNodeIdentity({ nodeId: 'here', bootId: '1' })
    ;[document, cuts, requests] = [found, 0, []]
    endpoints.set('There', await serve(answer))
  })
  afterEach(async () => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    servers = []
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })

  const serve = async (listener: (request: IncomingMessage, response: ServerResponse) => void) => {
    const server = createServer((request, response) => {
      requests.push(request)
      listener(request, response)
    })
    servers.push(server)
    return await listening(server)
  }

  /** An image service that knows one image and one token, and cuts as many downloads as it was told to. */
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers['x-auth-token'] !== 'the-token') return response.writeHead(401).end()
    if (request.url === `/v2/images/${there}`) return response.end(JSON.stringify(document))
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': bytes.length - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    })
    if (cuts === 0) return response.end(bytes.subarray(from))
    cuts -= 1
    return response.write(bytes.subarray(from, from + 500_000), () => response.destroy())
  }

  const asked = async (region = 'There') => {
    const fields = { disk_format: 'qcow2', container_format: 'ovf', os_type: 'own', mine: 'stays' }
    const { id } = await createImage(member, { name: 'x', ...fields })
    const method = { name: 'glance-download', glance_region: region, glance_image_id: there }
    await requestImport(member, id, { method }, { token: 'the-token' })
    return id
  }
  const work = async () => {
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await runImport(task, new AbortController().signal)
    return await findTask(database.db, task.id)
  }

  it('copies bytes, formats and the properties that it may, and goes on after a cut', async () => {
    cuts = 1
    const id = await asked()
    expect(await work()).toMatchObject({ status: 'success' })
    const image = await findImage(id)
    expect(image).toMatchObject({
      status: 'active',
      sizeBytes: bytes.length,
      hashValue: sha512,
      diskFormat: 'raw',
      containerFormat: 'bare',
    })
    const { os_glance_failed_import: _, os_glance_importing_to_stores: __, ...properties } = image?.properties ?? {}
    expect(properties).toEqual({ hw_disk_bus: 'scsi', os_type: 'linux', mine: 'stays' })
    expect(requests.map(({ headers }) => headers.range).filter(Boolean)).toEqual([
      expect.stringMatching(/^bytes=\d+-$/),
    ])
  })

  it('keeps the token encrypted, for whoever does the task, and only until its end', async () => {
    await asked()
    const stored = async () => (await database.db.task.findFirstOrThrow()).credential
    expect(await stored()).not.toContain('the-token')
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    expect(await tokenOfTask(database.db, task)).toBe('the-token')
    await releaseTask(database.db, task)
    await work()
    expect(await stored()).toBeNull()
  })

  const wrongs: readonly (readonly [string, object, RegExp])[] = [
    ['an image that is not active', { status: 'queued' }, /should be active instead of queued/],
    ['an image without a size', { size: null }, /Size attribute/],
    ['another size', { size: bytes.length + 1 }, /bytes/],
    ['another digest', { os_hash_value: '0'.repeat(128) }, /sha512/],
    ['another MD5 where there is nothing better', { os_hash_algo: null, checksum: '0'.repeat(32) }, /md5/],
    ['an unsafe disk', { disk_format: 'qcow2' }, /./],
  ]
  it.each(wrongs)('fails on %s and leaves the image as it was', async (_, change, message) => {
    document = { ...found, ...change }
    const id = await asked()
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringMatching(message) })
    const image = await findImage(id)
    expect(image).toMatchObject({ status: 'queued', sizeBytes: null, diskFormat: 'qcow2', containerFormat: 'ovf' })
    expect(image?.properties).toMatchObject({ os_type: 'own' })
    expect(image?.properties).not.toHaveProperty('hw_disk_bus')
    expect(await database.db.imageLocation.count()).toBe(0)
  })

  it('says so when the catalog has no such region', async () => {
    await asked('Nowhere')
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('Nowhere') })
  })

  it('shows the token to no other service, and does not follow into the private network', async () => {
    const elsewhere = await serve((_, response) => response.end(JSON.stringify(found)))
    endpoints.set('There', await serve((_, response) => response.writeHead(302, { location: `${elsewhere}/x` }).end()))
    await asked()
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringMatching(/does not pass filtering/) })
    expect(requests).toHaveLength(1)
  })

  it('shows the token to no other service that it may follow to', async () => {
    database.config.imports.allowPrivateAddresses = true
    const elsewhere = await serve(answer)
    endpoints.set('There', await serve((_, response) => response.writeHead(302, { location: `${elsewhere}/x` }).end()))
    await asked()
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringMatching(/401/) })
    expect(requests.map(({ headers }) => headers['x-auth-token'])).toEqual(['the-token', undefined])
  })
})
