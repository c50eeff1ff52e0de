import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { config, setConfig } from '@/lib/config/load'
import { contextOf } from '@/lib/context/test-context'
import { stageImage } from '@/lib/data-plane/stage-image'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from '@/lib/images/create-image'
import { deleteImage } from '@/lib/images/delete-image'
import { findImage } from '@/lib/images/image-repo'
import { reap } from '@/lib/jobs/reaper'
import { setClock } from '@/lib/runtime/clock'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { setProcessSingleton } from '@/lib/runtime/process-singleton'
import { listening } from '@/lib/runtime/test-server'
import { FilesystemStore } from '@/lib/stores/drivers/filesystem/filesystem-store'
import { configuredStore, registryOf, STAGING_STORE_ID, setStores } from '@/lib/stores/registry'
import { noteAlive } from '@/lib/tasks/node-repo'
import { claimTask, findTask } from '@/lib/tasks/task-repo'
import { listImageTasks } from '@/lib/tasks/tasks'
import { requestImport } from './request-import'
import { runImport } from './run-import'

const endpoints = vi.hoisted(() => new Map<string, string>())
vi.mock('@/lib/identity/image-endpoint', () => ({
  imageEndpoint: async (token: string, { region }: { region: string }) =>
    token === 'the-token' ? endpoints.get(region) : undefined,
}))

const member = contextOf({ roles: ['member', 'reader'], projectId: 'p' })
const running = new AbortController().signal

describe.each(testFlavours())('two nodes on %s', (flavour) => {
  let database: TestDatabase
  let server: Server | undefined
  let seconds = 0

  beforeEach(async () => {
    seconds = 0
    database = await openTestDatabase(flavour, {
      GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: 'glance-direct,web-download,glance-download',
      GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
      GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
      GLIMPSE__LOG__LEVEL: 'silent',
    })
    setClock({ now: () => new Date(Date.now() + seconds * 1000) })
  })
  afterEach(async () => {
    server?.closeAllConnections()
    server?.close()
    server = undefined
    setClock(undefined)
    setStores(undefined)
    setNodeIdentity(undefined)
    setProcessSingleton('listening', undefined)
    await database.close()
  })

  /** From here on this process is that node: one store is shared, and each has a staging folder of its own. */
  const be = (nodeId: string, bootId = '1') => {
    setNodeIdentity({ nodeId, bootId })
    setProcessSingleton('listening', undefined)
    const folder = (id: string, name: string) =>
      new FilesystemStore({
        id,
        folders: [{ path: join(database.folder, name), priority: 0 }],
        description: null,
        weight: 0,
        sparse: true,
      })
    // What plugins make lies there.
    setConfig({ ...config(), stagingFolder: join(database.folder, `areas-${nodeId}`) })
    setStores(registryOf([folder('file', 'images')], 'file', folder(STAGING_STORE_ID, `staging-${nodeId}`)))
  }
  /** The only one who lives, for long enough to know it. */
  const liveAlone = async () => {
    for (let beats = 0; beats < 6; beats++) {
      await noteAlive(database.db)
      seconds += 10
    }
    await noteAlive(database.db)
  }
  const staged = async (bytes = randomBytes(100_000)) => {
    const { id } = await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare' })
    await stageImage(member, id, oneChunk(bytes))
    return id
  }
  const ask = (id: string, method: object = { name: 'glance-direct' }) => requestImport(member, id, { method })
  const work = async () => {
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await runImport(task, running)
    return await findTask(database.db, task.id)
  }
  /** Does the only task up to the point where bytes are ready for the store, and dies there. */
  const dieBeforeStores = async (id: string) => {
    const death = new AbortController()
    vi.spyOn(configuredStore('file'), 'openWriter').mockImplementation(() => {
      death.abort()
      return Promise.reject(new Error('the node is dead'))
    })
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await runImport(task, death.signal)
    expect(await findTask(database.db, task.id)).toMatchObject({ status: 'processing' })
    expect(await findImage(id)).toMatchObject({ status: 'importing' })
  }
  const filesOf = (folder: string) =>
    existsSync(join(database.folder, folder))
      ? readdirSync(join(database.folder, folder)).filter((name) => name !== '.partial')
      : []
  const rows = () => database.db.imageLocation.count()

  it('leaves the import of staged bytes to the node that has them, whoever was asked', async () => {
    be('a')
    await noteAlive(database.db)
    const id = await staged()
    be('b')
    await ask(id)
    expect(await claimTask(database.db)).toBeUndefined()
    be('a')
    expect(await work()).toMatchObject({ status: 'success' })
    expect(await findImage(id)).toMatchObject({ status: 'active', sizeBytes: 100_000 })
    expect([filesOf('images'), filesOf('staging-a')]).toEqual([[id], []])
  })

  it('gives it up when that node is gone for longer than a restart, and clears up when it is back', async () => {
    be('a')
    await noteAlive(database.db)
    const id = await staged()
    await ask(id)
    expect(await claimTask(database.db)).toMatchObject({ attempts: 1 })
    be('b')
    seconds = 31
    await noteAlive(database.db)
    expect(await claimTask(database.db), 'the node may be starting').toBeUndefined()
    seconds = 46
    expect(await claimTask(database.db), 'this node listens for 15 s').toBeUndefined()
    await liveAlone()
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('stage it again') })
    expect(await findImage(id)).toMatchObject({ status: 'queued', sizeBytes: null })
    expect(await rows()).toBe(0)
    await stageImage(member, id, oneChunk(Buffer.from('anew')))
    expect([filesOf('staging-a'), filesOf('staging-b')]).toEqual([[id], [id]])
    be('a', '2')
    await reap()
    expect([filesOf('staging-a'), filesOf('staging-b')]).toEqual([[], [id]])
    be('b')
    await ask(id)
    expect(await work()).toMatchObject({ status: 'success' })
  })

  it('answers 504 to an import whose bytes lie on a node that is gone, and keeps them', async () => {
    be('a')
    const id = await staged()
    be('b')
    await liveAlone()
    await expect(ask(id)).rejects.toMatchObject({ status: 504, message: 'Stage host is unavailable' })
    expect(await findImage(id)).toMatchObject({ status: 'uploading' })
    be('a', '2')
    await noteAlive(database.db)
    await reap()
    be('b')
    await ask(id)
    be('a', '2')
    expect(await work()).toMatchObject({ status: 'success' })
  })

  it('deletes what is staged elsewhere: the node that has the bytes removes them', async () => {
    be('a')
    await noteAlive(database.db)
    const id = await staged()
    be('b')
    await noteAlive(database.db)
    await deleteImage(member, id)
    await reap()
    expect([filesOf('staging-a'), await rows()]).toEqual([[id], 1])
    be('a')
    await reap()
    expect([filesOf('staging-a'), await rows()]).toEqual([[], 0])
  })

  it('forgets bytes that must go from a node which is gone; it removes them when it is back', async () => {
    be('a')
    await noteAlive(database.db)
    const id = await staged()
    be('b')
    await deleteImage(member, id)
    await liveAlone()
    await reap()
    expect([filesOf('staging-a'), await rows()]).toEqual([[id], 0])
    be('a', '2')
    await reap()
    expect(filesOf('staging-a')).toEqual([])
  })

  it('downloads anew what a node that is gone had downloaded', async () => {
    const bytes = randomBytes(300_000)
    const made = createServer((_, response) => response.end(bytes))
    server = made
    const uri = `${await listening(made)}/`
    be('a')
    const { id } = await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare' })
    await ask(id, { name: 'web-download', uri })
    await claimTask(database.db)
    await database.db.imageLocation.create({
      data: {
        id: 'l',
        imageId: id,
        storeId: STAGING_STORE_ID,
        url: `file://${database.folder}/staging-a/${id}`,
        metadata: {},
        state: 'staged',
        nodeId: 'a',
        position: 0,
        createdAt: new Date(),
      },
    })
    be('b')
    seconds = 31
    expect(await work()).toMatchObject({ status: 'success', attempts: 2 })
    expect(await findImage(id)).toMatchObject({ status: 'active', sizeBytes: 300_000 })
    expect([await rows(), filesOf('staging-b')]).toEqual([1, []])
  })

  it('does plugins anew on another node when the first dies after them, from a new download', async () => {
    setConfig({ ...config(), imports: { ...config().imports, plugins: ['image_decompression'] } })
    const bytes = randomBytes(300_000)
    let downloads = 0
    const made = createServer((_, response) => {
      downloads += 1
      response.end(gzipSync(bytes))
    })
    server = made
    be('a')
    const { id } = await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare' })
    await ask(id, { name: 'web-download', uri: `${await listening(made)}/` })
    await dieBeforeStores(id)
    expect(downloads).toBe(1)
    be('b')
    seconds = 31
    expect(await work()).toMatchObject({ status: 'success', attempts: 2 })
    expect(await findImage(id)).toMatchObject({
      status: 'active',
      sizeBytes: bytes.length,
      checksum: createHash('md5').update(bytes).digest('hex'),
    })
    expect([downloads, await rows(), filesOf('staging-b')]).toEqual([2, 1, []])
  })

  it('waits until the bytes are gone that a node which stands still has put into a store and not named', async () => {
    const bytes = randomBytes(300_000)
    const made = createServer((_, response) => response.end(bytes))
    server = made
    be('a')
    const { id } = await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare' })
    await ask(id, { name: 'web-download', uri: `${await listening(made)}/` })
    const store = configuredStore('file')
    const { openWriter } = store
    const linked = new Promise<void>((resolve) => {
      vi.spyOn(store, 'openWriter').mockImplementation(async (...options) => {
        const writer = await openWriter.apply(store, options)
        const { commit } = writer
        writer.commit = async () => {
          await commit.call(writer)
          resolve()
          return await new Promise<never>(() => {})
        }
        return writer
      })
    })
    const first = await claimTask(database.db)
    if (first === undefined) throw new Error('there is no task')
    void runImport(first, running)
    await linked
    expect(filesOf('images')).toEqual([id])
    be('b')
    seconds = 31
    const ended = work()
    await new Promise((resolve) => setTimeout(resolve, 300))
    await reap()
    expect(await ended).toMatchObject({ status: 'success', attempts: 2 })
    expect(await findImage(id)).toMatchObject({ status: 'active', sizeBytes: 300_000 })
    expect(filesOf('images')).toEqual([id])
  })

  describe('a copy from another image service whose node died after the plugins', () => {
    const there = '11111111-2222-4333-8444-555555555555'
    const bytes = randomBytes(300_000)
    const packed = gzipSync(bytes)
    let requests: string[]

    beforeEach(async () => {
      setConfig({ ...config(), imports: { ...config().imports, plugins: ['image_decompression'] } })
      requests = []
      const document = {
        id: there,
        status: 'active',
        size: packed.length,
        disk_format: 'raw',
        container_format: 'bare',
        os_hash_algo: 'sha512',
        os_hash_value: createHash('sha512').update(packed).digest('hex'),
        os_type: 'linux',
      }
      const made = createServer((request, response) => {
        requests.push(`${request.url?.endsWith('/file') ? 'data' : 'document'} ${request.headers['x-auth-token']}`)
        response.end(request.url?.endsWith('/file') ? packed : JSON.stringify(document))
      })
      server = made
      endpoints.set('There', await listening(made))
      be('a')
    })
    const dead = async () => {
      const fields = { disk_format: 'qcow2', container_format: 'ovf', os_type: 'own', mine: 'stays' }
      const { id } = await createImage(member, { name: 'x', ...fields })
      const method = { name: 'glance-download', glance_region: 'There', glance_image_id: there }
      await requestImport(member, id, { method }, { token: 'the-token' })
      await dieBeforeStores(id)
      expect(await findImage(id)).toMatchObject({ diskFormat: 'raw', containerFormat: 'bare' })
      be('b')
      seconds = 31
      return id
    }

    it('is done anew on another node, with the asker’s token', async () => {
      const id = await dead()
      expect(await work()).toMatchObject({ status: 'success', attempts: 2 })
      expect(await findImage(id)).toMatchObject({
        status: 'active',
        sizeBytes: bytes.length,
        checksum: createHash('md5').update(bytes).digest('hex'),
        diskFormat: 'raw',
        containerFormat: 'bare',
        properties: { os_type: 'linux', mine: 'stays' },
      })
      expect(requests).toEqual(['document the-token', 'data the-token', 'document the-token', 'data the-token'])
      expect([await rows(), filesOf('staging-b')]).toEqual([1, []])
    })

    it('leaves the image as it was before both, when the other node cannot have it either', async () => {
      const id = await dead()
      endpoints.clear()
      expect(await work()).toMatchObject({ status: 'failure', attempts: 2 })
      expect(await findImage(id)).toMatchObject({
        status: 'queued',
        sizeBytes: null,
        diskFormat: 'qcow2',
        containerFormat: 'ovf',
        properties: { os_type: 'own', mine: 'stays' },
      })
      expect([await rows(), filesOf('staging-b')]).toEqual([0, []])
    })
  })

  it('leaves a task of a kind that it does not know to a newer node, shows it, and does the next one', async () => {
    be('a')
    const [foreign, id] = [await staged(), await staged()]
    await ask(foreign)
    await database.db.task.updateMany({ where: { imageId: foreign }, data: { type: 'of_a_later_release' } })
    await ask(id)
    expect(await work()).toMatchObject({ imageId: id, status: 'success' })
    expect(await claimTask(database.db)).toBeUndefined()
    expect(await listImageTasks(member, foreign)).toMatchObject([
      { type: 'of_a_later_release', status: 'pending', attempts: 0 },
    ])
  })

  it('leaves alone what others keep in the staging folder, and what an upload is about to name', async () => {
    be('a')
    const [id, own] = [await staged(), filesOf('staging-a')]
    await database.db.imageLocation.deleteMany({ where: { imageId: id } })
    await database.db.lease.create({
      data: {
        id: 'x',
        imageId: id,
        purpose: 'stage',
        storeId: STAGING_STORE_ID,
        nodeId: 'a',
        bootId: '1',
        createdAt: new Date(),
        expiresAt: new Date(Date.now() + 3_600_000),
      },
    })
    seconds = 120
    await reap()
    expect(filesOf('staging-a')).toEqual(own)
    await database.db.lease.deleteMany({})
    await database.db.image.deleteMany({ where: { id } })
    await reap()
    expect(filesOf('staging-a')).toEqual(own)
  })
})

async function* oneChunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
