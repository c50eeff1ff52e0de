import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { config, setConfig } from '@/lib/config/load'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { apiError } from '@/lib/errors/api-error'
import { findAuditRows } from '@/lib/events/event-repo'
import { createImage } from '@/lib/images/create-image'
import { deleteImage } from '@/lib/images/delete-image'
import { findImage } from '@/lib/images/image-repo'
import { findUpload } from '@/lib/images/upload-repo'
import { runImport } from '@/lib/imports/run-import'
import { reap } from '@/lib/jobs/reaper'
import { usageOfCaller } from '@/lib/quota/quota'
import { setClock } from '@/lib/runtime/clock'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { setProcessSingleton } from '@/lib/runtime/process-singleton'
import { hasCode } from '@/lib/stores/conformance'
import { filePathOf } from '@/lib/stores/location-uri'
import { configuredStore, setStores, stores } from '@/lib/stores/registry'
import { noteAlive } from '@/lib/tasks/node-repo'
import { claimTask, findTask } from '@/lib/tasks/task-repo'
import { appendPiece, type Piece } from './append-piece'
import { createUpload, type UploadRequest } from './create-upload'
import { listUploads } from './find-upload'
import { terminateUpload } from './terminate-upload'

const member = contextOf({ roles: ['member', 'reader'] })
const running = new AbortController().signal
const KIB = 1024
const MIB = 1024 * 1024

const hex = (algorithm: 'sha256' | 'sha512', bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex')

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 64 * KIB) yield bytes.subarray(at, at + 64 * KIB)
}

describe.each(testFlavours())('uploads in pieces on %s', (flavour) => {
  let database: TestDatabase
  let seconds = 0

  beforeEach(async () => {
    seconds = 0
    database = await openTestDatabase(flavour, {
      GLIMPSE__STORES__ONE__TYPE: 'filesystem',
      GLIMPSE__STORES__ONE__PATH: 'one',
      GLIMPSE__STORES__TWO__TYPE: 'filesystem',
      GLIMPSE__STORES__TWO__PATH: 'two',
      GLIMPSE__STORAGE__DEFAULT_STORE: 'one',
      GLIMPSE__LOG__LEVEL: 'silent',
      GLIMPSE__LIMITS__ENABLED: 'true',
      GLIMPSE__LIMITS__IMAGE_SIZE_TOTAL: '5',
      GLIMPSE__LIMITS__IMAGE_STAGE_TOTAL: '4',
      GLIMPSE__UPLOADS__EXPIRE_SECONDS: '3600',
    })
    setStores(undefined)
    setNodeIdentity({ nodeId: 'here', bootId: '1' })
    setClock({ now: () => new Date(Date.now() + seconds * 1000) })
  })
  afterEach(async () => {
    setClock(undefined)
    setStores(undefined)
    setNodeIdentity(undefined)
    setProcessSingleton('listening', undefined)
    setProcessSingleton('running-facts', undefined)
    await database.close()
  })

  const begin = async (lengthBytes: number, more: Partial<UploadRequest> = {}, fields: object = {}) => {
    const { id } = await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare', ...fields })
    const plain = { metadata: '', allStores: false, mustSucceed: true, digest: undefined }
    return await createUpload(member, { imageId: id, lengthBytes, ...plain, ...more })
  }
  const append = (id: string, offsetBytes: number, bytes: Buffer, more: Partial<Piece> = {}) =>
    appendPiece(member, id, { offsetBytes, content: { source: chunksOf(bytes), lengthBytes: bytes.length }, ...more })
  /** What this process knows of uploads is gone, as after a restart. */
  const restart = (bootId: string) => {
    setProcessSingleton('running-facts', undefined)
    setNodeIdentity({ nodeId: 'here', bootId })
  }
  const work = async () => {
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await runImport(task, running)
    return await findTask(database.db, task.id)
  }
  const show = async (id: string) => {
    const image = await findImage(id)
    if (image === undefined) throw new Error('the image is gone')
    return image
  }
  const staged = () => {
    const folder = join(database.folder, 'staging')
    if (!existsSync(folder)) return []
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name)
  }
  const expectActive = async (imageId: string, bytes: Buffer) => {
    expect(await show(imageId)).toMatchObject({
      status: 'active',
      sizeBytes: bytes.length,
      checksum: createHash('md5').update(bytes).digest('hex'),
      hashValue: hex('sha512', bytes),
      virtualSizeBytes: bytes.length,
    })
  }

  it('say why their import failed', async () => {
    const bytes = randomBytes(200 * KIB)
    const { id, imageId } = await begin(bytes.length)
    const refuse = () => Promise.reject(apiError('store_full', { public: 'There is no room in store one' }))
    vi.spyOn(configuredStore('one'), 'adoptFile').mockImplementation(refuse)
    vi.spyOn(configuredStore('one'), 'openWriter').mockImplementation(refuse)
    await append(id, 0, bytes)
    expect(await listUploads(member, { imageId })).toMatchObject([{ state: 'finished', failure: null }])
    expect(await work()).toMatchObject({ status: 'failure' })
    const [told] = await listUploads(member, { imageId })
    expect(told?.failure).toMatchObject({ message: expect.stringContaining('no room in store one') })
  })

  it('are staged, and imported with the last piece; a store on the same file system copies nothing', async () => {
    const bytes = randomBytes(2 * MIB + 5)
    const { id, imageId } = await begin(bytes.length)
    expect(await append(id, 0, bytes.subarray(0, MIB + 1))).toMatchObject({ offsetBytes: MIB + 1, isFinished: false })
    expect(await append(id, MIB + 1, bytes.subarray(MIB + 1))).toMatchObject({ isFinished: true })
    expect((await show(imageId)).status).toBe('uploading')
    const inode = statSync(join(database.folder, 'staging', imageId)).ino
    expect(await work()).toMatchObject({ status: 'success' })
    await expectActive(imageId, bytes)
    const [location] = (await show(imageId)).locations
    expect(statSync(filePathOf(location?.url ?? '') ?? '').ino).toBe(inode)
    expect(staged()).toEqual([])
    const events = [...(await findAuditRows({ imageId, limit: 100 })).rows].reverse()
    expect(events.map(({ type, payload: { status, store } }) => [type, store ?? status])).toEqual([
      ['image.create', 'queued'],
      ['image.update', 'uploading'],
      ['image.update', 'uploading'],
      ['task.create', 'pending'],
      ['task.processing', 'processing'],
      ['image.prepare', 'importing'],
      ['image.upload', 'one'],
      ['image.activate', 'active'],
      ['task.success', 'success'],
    ])
  })

  it('are read once more, by the import, when the server was restarted in between', async () => {
    const bytes = Buffer.concat([randomBytes(MIB), Buffer.alloc(MIB), randomBytes(1000)])
    const { id, imageId } = await begin(bytes.length)
    await append(id, 0, bytes.subarray(0, MIB))
    restart('2')
    await append(id, MIB, bytes.subarray(MIB), { digest: { algorithm: 'sha512', value: hex('sha512', bytes) } })
    const inode = statSync(join(database.folder, 'staging', imageId)).ino
    expect(await work()).toMatchObject({ status: 'success' })
    await expectActive(imageId, bytes)
    const [location] = (await show(imageId)).locations
    expect(statSync(filePathOf(location?.url ?? '') ?? '').ino).not.toBe(inode)
  })

  it('get to two stores as two copies', async () => {
    const bytes = randomBytes(100 * KIB)
    const { id, imageId } = await begin(bytes.length, { storeIds: ['one', 'two'] })
    await append(id, 0, bytes)
    await work()
    await expectActive(imageId, bytes)
    const inodes = (await show(imageId)).locations.map(({ url }) => statSync(filePathOf(url) ?? '').ino)
    expect(new Set(inodes).size).toBe(2)
  })

  it('are refused by the import when the announced digest is of other bytes, with plugins too', async () => {
    for (const plugins of [[], ['no_op' as const]]) {
      setConfig({ ...config(), imports: { ...config().imports, plugins } })
      const { id, imageId } = await begin(2000)
      await append(id, 0, randomBytes(1000))
      restart(`with ${plugins.length}`)
      await append(id, 1000, randomBytes(1000), { digest: { algorithm: 'sha512', value: 'a'.repeat(128) } })
      expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('sha512') })
      expect(await show(imageId)).toMatchObject({ status: 'queued', sizeBytes: null })
      expect(staged()).toEqual([])
    }
  })

  it('go on after a crash between the commit and its record, with the last piece once more', async () => {
    const bytes = randomBytes(300 * KIB)
    const { id, imageId } = await begin(bytes.length)
    await append(id, 0, bytes.subarray(0, 1000))
    const writer = await stores().staging.resuming?.resumeWriter(imageId, {
      attemptId: id,
      offsetBytes: 1000,
      signal: running,
    })
    await writer?.write(bytes.subarray(1000))
    await writer?.commit()
    restart('2')
    await reap()
    expect(await findUpload(database.db, id)).toMatchObject({ state: 'open', offsetBytes: 1000 })
    expect(await append(id, 1000, bytes.subarray(1000))).toMatchObject({ isFinished: true })
    await work()
    await expectActive(imageId, bytes)
    seconds += 120
    await reap()
    expect(staged()).toEqual([])
  })

  it('are asked for again after their end, and forgotten when their time is over', async () => {
    const bytes = randomBytes(10)
    const { id } = await begin(10)
    await append(id, 0, bytes)
    expect(await append(id, 10, Buffer.alloc(0))).toMatchObject({ offsetBytes: 10, isFinished: true })
    await expect(append(id, 0, bytes)).rejects.toSatisfy(hasCode('conflict'))
    await work()
    seconds += 3601
    await reap()
    await expect(append(id, 10, Buffer.alloc(0))).rejects.toSatisfy(hasCode('upload_not_found'))
  })

  it('count at once against the limits of staging and storing, and once only', async () => {
    const usage = async () => {
      const all = Object.entries(await usageOfCaller(member))
      return Object.fromEntries(all.map(([name, { usage: used }]) => [name.replace('image_', ''), used]))
    }
    const { id } = await begin(2 * MIB, { storeIds: ['one', 'two'] })
    const whole = { size_total: 4, stage_total: 2, count_total: 1, count_uploading: 1 }
    expect(await usage()).toEqual(whole)
    await expect(begin(3 * MIB)).rejects.toSatisfy(hasCode('quota_exceeded'))
    await expect(begin(1 * MIB, { storeIds: ['one', 'two'] })).rejects.toSatisfy(hasCode('quota_exceeded'))
    await append(id, 0, randomBytes(2 * MIB))
    expect(await usage()).toMatchObject({ size_total: 4, stage_total: 2 })
    expect(await work()).toMatchObject({ status: 'success' })
    expect(await usage()).toMatchObject({ size_total: 4, stage_total: 0, count_uploading: 0 })
    const given = await begin(1 * MIB)
    await terminateUpload(member, given.id)
    expect(await usage()).toMatchObject({ size_total: 4, stage_total: 0, count_uploading: 0 })
  })

  it('end when nothing comes for too long: bytes, row and status', async () => {
    const { id, imageId } = await begin(100)
    await append(id, 0, randomBytes(50))
    seconds += 3599
    await reap()
    expect(await findUpload(database.db, id)).toMatchObject({ offsetBytes: 50 })
    await append(id, 50, randomBytes(1))
    seconds += 3599
    await reap()
    expect((await show(imageId)).status).toBe('uploading')
    seconds += 2
    await reap()
    expect(await findUpload(database.db, id)).toBeUndefined()
    expect((await show(imageId)).status).toBe('queued')
    expect(staged()).toEqual([])
  })

  it('keep their bytes from the reaper while they are open, however long that is', async () => {
    const bytes = randomBytes(2000)
    const { id, imageId } = await begin(bytes.length)
    await append(id, 0, bytes.subarray(0, 1000))
    seconds += 3000
    restart('2')
    for (let rounds = 0; rounds < 3; rounds++) await reap()
    expect((await show(imageId)).status).toBe('uploading')
    await append(id, 1000, bytes.subarray(1000))
    await work()
    await expectActive(imageId, bytes)
  })

  it('end with their image, and their last piece finds nothing', async () => {
    const { id, imageId } = await begin(100)
    await append(id, 0, randomBytes(50))
    await deleteImage(member, imageId)
    expect(staged()).toEqual([])
    expect(await findUpload(database.db, id)).toBeUndefined()
    await expect(append(id, 50, randomBytes(50))).rejects.toSatisfy(hasCode('upload_not_found'))
  })

  it('that lost their bytes say so and free the image', async () => {
    const { id, imageId } = await begin(100)
    await append(id, 0, randomBytes(50))
    rmSync(join(database.folder, 'staging'), { recursive: true })
    await expect(append(id, 50, randomBytes(50))).rejects.toSatisfy(hasCode('upload_gone'))
    expect((await show(imageId)).status).toBe('queued')
  })

  it('are others to nobody else, also of the same project', async () => {
    const { id } = await begin(100)
    const colleague = contextOf({ roles: ['member', 'reader'], userId: 'colleague' })
    const elsewhere = contextOf({ roles: ['member', 'reader'], projectId: 'theirs' })
    for (const ctx of [colleague, elsewhere]) {
      await expect(terminateUpload(ctx, id)).rejects.toSatisfy(hasCode('upload_not_found'))
      expect(await listUploads(ctx)).toEqual([])
    }
    expect(await listUploads(member)).toMatchObject([{ id, image: { status: 'uploading' } }])
  })

  it('are told to go to the node that has their bytes, and wait for it while it is away', async () => {
    const { id, imageId } = await begin(100)
    await append(id, 0, randomBytes(50))
    await noteAlive(database.db)
    setNodeIdentity({ nodeId: 'there', bootId: '1' })
    setProcessSingleton('listening', undefined)
    await expect(append(id, 50, randomBytes(50))).rejects.toSatisfy(hasCode('upload_elsewhere'))
    await expect(terminateUpload(member, id)).rejects.toSatisfy(hasCode('upload_elsewhere'))
    await liveAlone()
    rmSync(join(database.folder, 'staging', '.partial', `${imageId}.${id}`))
    await expect(append(id, 50, randomBytes(50))).rejects.toSatisfy(hasCode('stage_host_unavailable'))
    expect((await show(imageId)).status).toBe('uploading')
    seconds += 3601
    await liveAlone()
    await reap()
    expect((await show(imageId)).status).toBe('queued')
  })

  it('go on at another node where the folder of an absent one turns out to be shared', async () => {
    const bytes = randomBytes(100)
    const { id, imageId } = await begin(100)
    await append(id, 0, bytes.subarray(0, 50))
    setNodeIdentity({ nodeId: 'there', bootId: '1' })
    setProcessSingleton('running-facts', undefined)
    setProcessSingleton('listening', undefined)
    await liveAlone()
    await append(id, 50, bytes.subarray(50))
    await work()
    await expectActive(imageId, bytes)
  })

  /** The only one who lives, for long enough to know it. */
  const liveAlone = async () => {
    for (let beats = 0; beats < 6; beats++) {
      await noteAlive(database.db)
      seconds += 10
    }
    await noteAlive(database.db)
  }
})
