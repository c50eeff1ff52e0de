import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { contextOf } from '@/lib/context/test-context'
import { openImage } from '@/lib/data-plane/open-image'
import { stageImage } from '@/lib/data-plane/stage-image'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { apiError } from '@/lib/errors/api-error'
import { serviceItself } from '@/lib/events/event'
import { findAuditRows } from '@/lib/events/event-repo'
import { createImage } from '@/lib/images/create-image'
import { deleteImage } from '@/lib/images/delete-image'
import { changeImage, findImage } from '@/lib/images/image-repo'
import { reap } from '@/lib/jobs/reaper'
import { setClock } from '@/lib/runtime/clock'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { listening } from '@/lib/runtime/test-server'
import { configuredStore, setStores } from '@/lib/stores/registry'
import { claimTask, findTask } from '@/lib/tasks/task-repo'
import { planOf } from './import-plan'
import { beginImport } from './import-repo'
import { requestImport } from './request-import'
import { runImport } from './run-import'

const here = { nodeId: 'here', bootId: 'boot-1' }
const running = new AbortController().signal

const asking = (roles: readonly string[]) => ({ ...contextOf({ roles, projectId: 'p' }), requestId: 'req-test' })

const member = asking(['member', 'reader'])
const admin = asking(['admin', 'member', 'reader'])

describe.each(testFlavours())('imports on %s', (flavour) => {
  let database: TestDatabase
  let server: Server | undefined

  beforeEach(async () => {
    const folders = { GLIMPSE__STORES__ONE__TYPE: 'filesystem', GLIMPSE__STORES__ONE__PATH: 'one' }
    database = await openTestDatabase(flavour, {
      ...folders,
      GLIMPSE__STORES__TWO__TYPE: 'filesystem',
      GLIMPSE__STORES__TWO__PATH: 'two',
      GLIMPSE__STORES__THREE__TYPE: 'filesystem',
      GLIMPSE__STORES__THREE__PATH: 'three',
      GLIMPSE__STORAGE__DEFAULT_STORE: 'one',
      GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
      GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
      GLIMPSE__LOG__LEVEL: 'silent',
    })
    setStores(undefined)
    setNodeIdentity(here)
  })
  afterEach(async () => {
    server?.closeAllConnections()
    server?.close()
    server = undefined
    setClock(undefined)
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })

  const newImage = async (fields: object = {}) =>
    (await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare', ...fields })).id
  const show = async (id: string) => {
    const image = await findImage(id)
    if (image === undefined) throw new Error('the image is gone')
    return image
  }
  const ask = (id: string, method: object, more: object = {}, ctx = member) =>
    requestImport(ctx, id, { method, ...more })
  const stage = (id: string, bytes: Buffer) => stageImage(member, id, oneChunk(bytes))
  /** Runs the next task to its end; its message. */
  const work = async (signal = running) => {
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await runImport(task, signal)
    return await findTask(database.db, task.id)
  }
  const filesIn = (folder: string) => {
    try {
      const entries = readdirSync(join(database.folder, folder), { recursive: true, withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    } catch {
      return []
    }
  }
  const download = async (id: string) => {
    const opened = await openImage(admin, id)
    if (opened.kind === 'empty') return Buffer.alloc(0)
    return Buffer.concat(await opened.reader.stream().toArray())
  }
  const serve = async (listener: RequestListener) => {
    const made = createServer(listener)
    server = made
    return `${await listening(made)}/image`
  }

  it('stages bytes and imports them into several stores at once', async () => {
    const [id, bytes] = [await newImage(), randomBytes(3_000_001)]
    await stage(id, bytes)
    expect(await show(id)).toMatchObject({ status: 'uploading', sizeBytes: bytes.length, locations: [] })
    expect(filesIn('staging')).toEqual([id])
    await reap()
    expect((await show(id)).status).toBe('uploading')

    await ask(id, { name: 'glance-direct' }, { stores: ['two', 'one'] })
    expect(await show(id)).toMatchObject({ properties: { os_glance_import_task: expect.any(String) } })
    await expect(ask(id, { name: 'glance-direct' })).rejects.toThrow('Image has active task')
    expect(await work()).toMatchObject({ status: 'success', result: { image_id: id }, requestId: 'req-test' })

    const events = [...(await findAuditRows({ imageId: id, limit: 100 })).rows].reverse()
    expect(events.map(({ type, payload: { status, store } }) => [type, store ?? status])).toEqual([
      ['image.create', 'queued'],
      ['image.update', 'uploading'],
      ['image.update', 'uploading'],
      ['image.update', 'uploading'],
      ['task.create', 'pending'],
      ['task.processing', 'processing'],
      ['image.prepare', 'importing'],
      ['image.upload', expect.stringMatching(/^(one|two)$/)],
      ['image.upload', expect.stringMatching(/^(one|two)$/)],
      ['image.activate', 'active'],
      ['task.success', 'success'],
    ])
    const who = { userId: member.principal.userId, projectId: 'p', requestId: 'req-test' }
    for (const event of events) expect(event).toMatchObject(who)
    expect(JSON.stringify(events)).not.toContain(database.folder)

    const image = await show(id)
    expect(image).toMatchObject({
      status: 'active',
      checksum: createHash('md5').update(bytes).digest('hex'),
      hashValue: createHash('sha512').update(bytes).digest('hex'),
      properties: { os_glance_importing_to_stores: '', os_glance_failed_import: '' },
    })
    expect(image.properties).not.toHaveProperty('os_glance_import_task')
    expect(image.locations.map(({ storeId }) => storeId).sort()).toEqual(['one', 'two'])
    expect((await download(id)).equals(bytes)).toBe(true)
    expect([filesIn('staging'), filesIn('one'), filesIn('two')]).toEqual([[], [id], [id]])
  })

  it('queues the image again, without any bytes, when one of the stores must have it and does not', async () => {
    const [id, bytes] = [await newImage({ disk_format: 'qcow2' }), Buffer.from('this is no qcow2')]
    await stage(id, bytes)
    await ask(id, { name: 'glance-direct' }, { stores: ['one', 'two'] })
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringMatching(/./) })
    expect(await show(id)).toMatchObject({
      status: 'queued',
      sizeBytes: null,
      properties: { os_glance_importing_to_stores: '', os_glance_failed_import: 'one,two' },
    })
    expect([filesIn('staging'), filesIn('one'), filesIn('two')]).toEqual([[], [], []])
  })

  /** Holds back what the stores are given until all of them are open; sequential writes would wait for ever. */
  const meet = (storeIds: readonly string[], full?: string) => {
    vi.restoreAllMocks()
    let met = () => {}
    let missing = storeIds.length
    const all = new Promise<void>((resolve) => {
      met = resolve
    })
    for (const store of storeIds.map(configuredStore)) {
      const openWriter = store.openWriter.bind(store)
      vi.spyOn(store, 'openWriter').mockImplementation(async (...options) => {
        const writer = await openWriter(...options)
        missing -= 1
        if (missing === 0) met()
        if (store.id === full) vi.spyOn(writer, 'commit').mockRejectedValue(apiError('store_full'))
        await all
        return writer
      })
    }
  }

  it('writes to stores at the same time, also when it copies; whoever is first makes the image active', async () => {
    meet(['one', 'two'])
    const [id, bytes] = [await newImage(), randomBytes(3_000_001)]
    await stage(id, bytes)
    await ask(id, { name: 'glance-direct' }, { stores: ['one', 'two'], all_stores_must_succeed: false })
    expect(await work()).toMatchObject({ status: 'success' })
    const image = await show(id)
    expect(image).toMatchObject({
      status: 'active',
      sizeBytes: bytes.length,
      checksum: createHash('md5').update(bytes).digest('hex'),
      properties: { os_glance_importing_to_stores: '', os_glance_failed_import: '' },
    })
    expect(image.locations.map(({ storeId }) => storeId).sort()).toEqual(['one', 'two'])
    const { rows } = await findAuditRows({ imageId: id, limit: 100 })
    expect(rows.filter(({ type }) => type === 'image.activate')).toHaveLength(1)

    const copied = await newImage()
    await stage(copied, bytes)
    await ask(copied, { name: 'glance-direct' }, { stores: ['three'] })
    expect(await work()).toMatchObject({ status: 'success' })
    meet(['one', 'two'])
    await ask(copied, { name: 'copy-image' }, { stores: ['one', 'two'] }, admin)
    expect(await work()).toMatchObject({ status: 'success' })
    expect((await show(copied)).locations.map(({ storeId }) => storeId).sort()).toEqual(['one', 'three', 'two'])
  })

  it.each([true, false])('when one of several stores fails at the end (all must succeed: %s)', async (mustSucceed) => {
    const [id, bytes] = [await newImage(), randomBytes(3_000_001)]
    meet(['one', 'two'], 'two')
    await stage(id, bytes)
    await ask(id, { name: 'glance-direct' }, { stores: ['one', 'two'], all_stores_must_succeed: mustSucceed })
    expect(await work()).toMatchObject(
      mustSucceed
        ? { status: 'failure', message: 'Image storage media is full.' }
        : { status: 'success', message: 'Not in all stores. two: Image storage media is full.' },
    )
    expect(await show(id)).toMatchObject({
      status: mustSucceed ? 'queued' : 'active',
      sizeBytes: mustSucceed ? null : bytes.length,
      properties: { os_glance_importing_to_stores: '', os_glance_failed_import: mustSucceed ? 'one,two' : 'two' },
    })
    expect([filesIn('staging'), filesIn('one'), filesIn('two')]).toEqual([[], mustSucceed ? [] : [id], []])
    expect(await database.db.lease.count()).toBe(0)
  })

  it('downloads from the web and compares the digest that was asked for', async () => {
    const bytes = randomBytes(2_500_000)
    const uri = await serve((_, response) => response.end(bytes))
    const value = createHash('sha256').update(bytes).digest('hex')
    const good = await newImage()
    await ask(good, { name: 'web-download', uri, os_hash_algo: 'sha256', os_hash_value: value })
    expect(await work()).toMatchObject({ status: 'success' })
    expect((await download(good)).equals(bytes)).toBe(true)

    const bad = await newImage()
    await ask(bad, { name: 'web-download', uri, os_hash_algo: 'sha256', os_hash_value: '0'.repeat(64) })
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('sha256') })
    expect(await show(bad)).toMatchObject({ status: 'queued', sizeBytes: null })
    expect(filesIn('staging')).toEqual([])
  })

  it('resumes a download that was cut, and refuses the rest of another file', async () => {
    const bytes = randomBytes(4_000_000)
    let [etag, cuts, ranges] = ['"1"', 2, [] as (string | undefined)[]]
    const uri = await serve((request, response) => {
      const { range } = request.headers
      ranges.push(range)
      const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0)
      const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
      const from = isSame ? start : 0
      response.writeHead(from > 0 ? 206 : 200, {
        etag,
        'content-length': bytes.length - from,
        ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
      })
      if (cuts === 0) return response.end(bytes.subarray(from))
      cuts -= 1
      return response.write(bytes.subarray(from, from + 1_000_000), () => response.destroy())
    })
    const id = await newImage()
    await ask(id, { name: 'web-download', uri })
    expect(await work()).toMatchObject({ status: 'success' })
    expect((await download(id)).equals(bytes)).toBe(true)
    expect(ranges).toHaveLength(3)
    expect(ranges[2]).toMatch(/^bytes=[12]\d*-$/)

    ;[cuts, ranges] = [1, []]
    const changed = await newImage()
    await ask(changed, { name: 'web-download', uri })
    const waiting = work()
    await expect.poll(() => cuts).toBe(0)
    etag = '"2"'
    expect(await waiting).toMatchObject({ status: 'failure', message: expect.stringContaining('cannot be resumed') })
    expect(await show(changed)).toMatchObject({ status: 'queued' })
  })

  it.each([
    ['answers with an error', 404, {}, 'nothing', /404/],
    ['ends early without a way to resume', 200, { 'content-length': '100' }, 'short', /ended after/],
    ['redirects inside', 302, { location: 'file:///etc/passwd' }, '', /does not pass filtering/],
  ])('says why when the source %s', async (_, status, headers, body, message) => {
    const uri = await serve((_request, response) => {
      response.writeHead(status, headers)
      response.write(body || ' ', () => response.destroy())
    })
    const id = await newImage()
    await ask(id, { name: 'web-download', uri })
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringMatching(message) })
    expect(await show(id)).toMatchObject({ status: 'queued', properties: { os_glance_failed_import: 'one' } })
    expect(filesIn('staging')).toEqual([])
  })

  it('copies an active image to another store, and refuses bytes that are not those of the image', async () => {
    const [id, bytes] = [await newImage(), randomBytes(100_000)]
    await stage(id, bytes)
    await ask(id, { name: 'glance-direct' })
    await work()
    await expect(ask(id, { name: 'copy-image' }, { stores: ['two'] })).rejects.toThrow('not authorized')
    await expect(ask(id, { name: 'copy-image' }, { stores: ['one'] }, admin)).rejects.toThrow('already present')
    await ask(id, { name: 'copy-image' }, { all_stores: true }, admin)
    expect(await work()).toMatchObject({ status: 'success' })
    expect((await show(id)).locations.map(({ storeId }) => storeId).sort()).toEqual(['one', 'three', 'two'])
    await ask(id, { name: 'copy-image' }, { all_stores: true }, admin)
    expect(await claimTask(database.db)).toBeUndefined()

    await database.db.imageLocation.deleteMany({ where: { imageId: id, storeId: 'two' } })
    await database.db.image.update({ where: { id }, data: { checksum: '0'.repeat(32) } })
    rmSync(join(database.folder, 'two', id))
    await ask(id, { name: 'copy-image' }, { stores: ['two'] }, admin)
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('digests') })
    expect((await show(id)).locations.map(({ storeId }) => storeId).sort()).toEqual(['one', 'three'])
    expect((await show(id)).status).toBe('active')
  })

  it('goes on where a node stopped, and gives up after some tries', async () => {
    const [id, bytes] = [await newImage(), randomBytes(100_000)]
    await stage(id, bytes)
    await ask(id, { name: 'glance-direct' }, { stores: ['one', 'two'] })
    const dead = await claimTask(database.db)
    expect(dead).toMatchObject({ attempts: 1, status: 'processing' })
    expect(await claimTask(database.db)).toBeUndefined()
    setNodeIdentity({ ...here, bootId: 'boot-2' })
    expect(await work()).toMatchObject({ status: 'success', attempts: 2 })
    expect((await show(id)).status).toBe('active')
    if (dead !== undefined) await runImport(dead, running)
    expect((await show(id)).status).toBe('active')

    const other = await newImage()
    await stage(other, bytes)
    await ask(other, { name: 'glance-direct' })
    for (const boot of ['3', '4', '5']) {
      setNodeIdentity({ ...here, bootId: boot })
      await claimTask(database.db)
    }
    setNodeIdentity({ ...here, bootId: '6' })
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('3 times') })
    expect(await show(other)).toMatchObject({ status: 'queued', sizeBytes: null })
    expect(filesIn('staging')).toEqual([])
  })

  it('leaves what it cannot read to other releases, and ends it when nobody could', async () => {
    const id = await newImage()
    await stage(id, randomBytes(1000))
    await ask(id, { name: 'glance-direct' }, { stores: ['one', 'two'] })
    const { id: taskId, input } = await database.db.task.findFirstOrThrow({ where: { imageId: id } })
    const said = z.record(z.string(), z.json()).parse(input)
    await database.db.task.update({ where: { id: taskId }, data: { input: { ...said, plan: { method: 'teleport' } } } })
    for (const boot of ['2', '3', '4']) {
      setNodeIdentity({ ...here, bootId: boot })
      expect(await work()).toMatchObject({ status: 'processing' })
      expect(await show(id)).toMatchObject({ properties: { os_glance_import_task: taskId } })
      expect(filesIn('staging')).toEqual([id])
    }
    setNodeIdentity({ ...here, bootId: '5' })
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('Ask for it again when') })
    const image = await show(id)
    expect(image).toMatchObject({
      status: 'queued',
      sizeBytes: null,
      properties: { os_glance_importing_to_stores: '', os_glance_failed_import: 'one,two' },
    })
    expect(image.properties).not.toHaveProperty('os_glance_import_task')
    expect([filesIn('staging'), await claimTask(database.db)]).toEqual([[], undefined])
    expect(await database.db.imageLocation.count()).toBe(0)
  })

  it('says of a try that goes on only which stores have nothing yet, also when some may fail', async () => {
    const id = await newImage()
    await stage(id, randomBytes(1000))
    await ask(id, { name: 'glance-direct' }, { stores: ['one', 'two'], all_stores_must_succeed: false })
    const note = { by: serviceItself, was: await show(id) }
    const addLocation = { storeId: 'one', url: 'file:///x' }
    await changeImage(database.db, id, { set: { status: 'active' }, addLocation, note })
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await beginImport(task, planOf(task.input), { heldStoreIds: [], quota: undefined })
    expect((await show(id)).properties).toMatchObject({ os_glance_importing_to_stores: 'two' })
  })

  it('leaves nothing of an image that is deleted while it is imported', async () => {
    let send: (() => void) | undefined
    const uri = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '2000000' })
      response.write(Buffer.alloc(1_000_000))
      send = () => response.end(Buffer.alloc(1_000_000))
    })
    const id = await newImage()
    await ask(id, { name: 'web-download', uri })
    const waiting = work()
    await expect.poll(() => send).toBeDefined()
    await deleteImage(member, id)
    send?.()
    expect(await waiting).toMatchObject({ status: 'failure' })
    setClock({ now: () => new Date(Date.now() + 120_000) })
    await reap()
    expect([filesIn('staging'), filesIn('one'), filesIn('two')]).toEqual([[], [], []])
    expect(await database.db.lease.count()).toBe(0)
    expect(await database.db.imageLocation.count({ where: { imageId: id } })).toBe(0)
  })
})

async function* oneChunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
