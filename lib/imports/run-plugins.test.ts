import { createHash, randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { config, loadConfig, setConfig } from '@/lib/config/load'
import { contextOf } from '@/lib/context/test-context'
import { openImage } from '@/lib/data-plane/open-image'
import { stageImage } from '@/lib/data-plane/stage-image'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { isoImage } from '@/lib/formats/test-images'
import { createImage } from '@/lib/images/create-image'
import { deleteImage } from '@/lib/images/delete-image'
import { findImage } from '@/lib/images/image-repo'
import { reap } from '@/lib/jobs/reaper'
import { setClock } from '@/lib/runtime/clock'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { configuredStore, setStores, stores } from '@/lib/stores/registry'
import { claimTask, findTask } from '@/lib/tasks/task-repo'
import { requestImport } from './request-import'
import { runImport } from './run-import'
import { zipOf } from './steps/test-archives'
import { TestDisks } from './steps/test-disks'

const here = { nodeId: 'here', bootId: 'boot-1' }
const running = new AbortController().signal
const member = contextOf({ roles: ['member', 'reader'] })
const admin = contextOf({ roles: ['admin', 'member', 'reader'] })
const images = new TestDisks()
afterAll(() => images.close())

describe.each(testFlavours())('import plugins on %s', (flavour) => {
  let database: TestDatabase

  const open = async (settings: Readonly<Record<string, string>>) => {
    database = await openTestDatabase(flavour, { GLIMPSE__LOG__LEVEL: 'silent', ...settings })
    setStores(undefined)
    setNodeIdentity(here)
  }
  beforeEach(() =>
    open({
      GLIMPSE__IMPORTS__PLUGINS: 'inject_image_metadata,image_decompression',
      GLIMPSE__IMPORTS__INJECT_METADATA__PROPERTIES: 'origin:import, os_glance_x:y,url:http://h:1',
    }),
  )
  afterEach(async () => {
    setClock(undefined)
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })

  const reconfigure = (settings: Readonly<Record<string, string>>) =>
    setConfig({ ...database.config, imports: { ...loadConfig(settings).imports } })
  const show = async (id: string) => {
    const image = await findImage(id)
    if (image === undefined) throw new Error('the image is gone')
    return image
  }
  /** Stages bytes, asks for their import and runs it to its end; the task then. */
  const imported = async (bytes: Buffer, fields: object = {}, ctx = member) => {
    const { id } = await createImage(ctx, { name: 'x', disk_format: 'raw', container_format: 'bare', ...fields })
    await stageImage(ctx, id, oneChunk(bytes))
    await requestImport(ctx, id, { method: { name: 'glance-direct' } }, undefined)
    return { id, task: await work() }
  }
  const work = async () => {
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await runImport(task, running)
    return await findTask(database.db, task.id)
  }
  const left = () =>
    readdirSync(join(database.folder, 'staging'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
  const download = async (id: string) => {
    const opened = await openImage(admin, id)
    return opened.kind === 'empty' ? undefined : Buffer.concat(await opened.reader.stream().toArray())
  }

  it('decompresses staged bytes before the store gets them', async () => {
    const bytes = Buffer.concat([Buffer.from('an image'), randomBytes(2_000_000), Buffer.alloc(3_000_000)])
    const { id, task } = await imported(gzipSync(bytes))
    expect(task).toMatchObject({ status: 'success' })
    const checksum = createHash('md5').update(bytes).digest('hex')
    expect(await show(id)).toMatchObject({ status: 'active', sizeBytes: bytes.length, checksum })
    expect((await download(id))?.equals(bytes)).toBe(true)
    expect(left()).toEqual([])
    expect(await database.db.imageLocation.count({ where: { imageId: id } })).toBe(1)
  })

  it('leaves alone what is not compressed, and what is to be', async () => {
    const packed = gzipSync('packed')
    const plain = await imported(Buffer.from('plain'))
    const wanted = await imported(packed, { container_format: 'compressed' })
    expect([await download(plain.id), await download(wanted.id)]).toEqual([Buffer.from('plain'), packed])
  })

  it('unpacks once, also when a try died between two steps', async () => {
    const bytes = gzipSync(gzipSync('packed twice'))
    const { id } = await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare' })
    await stageImage(member, id, oneChunk(bytes))
    await requestImport(member, id, { method: { name: 'glance-direct' } }, undefined)
    const first = await claimTask(database.db)
    if (first === undefined) throw new Error('there is no task')
    // Dies when the bytes are unpacked and no store has them.
    const death = new AbortController()
    vi.spyOn(configuredStore(stores().defaultStoreId), 'openWriter').mockImplementationOnce(() => {
      death.abort()
      return Promise.reject(new Error('the node is dead'))
    })
    await runImport(first, death.signal)
    const { imageLocation } = database.db
    expect(await imageLocation.count({ where: { storeId: 'os_glance_decompressed_store' } })).toBe(1)
    setNodeIdentity({ ...here, bootId: 'boot-2' })
    expect(await work()).toMatchObject({ status: 'success' })
    expect(await download(id)).toEqual(gzipSync('packed twice'))
    expect(left()).toEqual([])
  })

  it.each([
    ['damaged data', () => gzipSync(randomBytes(100_000)).subarray(0, -4), /gzip data is damaged/],
    [
      'two files',
      () =>
        zipOf([
          { name: 'a', bytes: Buffer.from('a') },
          { name: 'b', bytes: Buffer.from('b') },
        ]),
      /2 files/,
    ],
    ['a bomb', () => gzipSync(Buffer.alloc(70 * 2 ** 20)), /grows to more than 500 times/],
  ])('queues the image again, with the reason and without a byte, for %s', async (_, bytes, reason) => {
    const { id, task } = await imported(bytes())
    expect(task).toMatchObject({ status: 'failure', message: expect.stringMatching(reason) })
    expect(await show(id)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [] })
    expect(left()).toEqual([])
    expect(await database.db.lease.count()).toBe(0)
  })

  it('holds what it unpacks to the largest image', async () => {
    setConfig({ ...database.config, images: { ...database.config.images, sizeCapBytes: 1_000_000 } })
    const { id, task } = await imported(gzipSync(Buffer.alloc(1_000_001)))
    expect(task).toMatchObject({ status: 'failure', message: expect.stringContaining('too large') })
    expect(await show(id)).toMatchObject({ status: 'queued' })
    expect(left()).toEqual([])
  })

  it('injects properties, but not for the roles that are left alone', async () => {
    const { id } = await imported(Buffer.from('x'), { origin: 'me' })
    expect((await show(id)).properties).toMatchObject({ origin: 'import', url: 'http://h:1' })
    expect((await show(id)).properties).not.toHaveProperty('os_glance_x')
    const other = await imported(Buffer.from('x'), {}, admin)
    expect((await show(other.id)).properties).not.toHaveProperty('origin')
    reconfigure({ GLIMPSE__IMPORTS__PLUGINS: '' })
    const third = await imported(Buffer.from('x'))
    expect((await show(third.id)).properties).not.toHaveProperty('origin')
  })

  const disk = Buffer.concat([Buffer.from('a disk '), randomBytes(600_000), Buffer.alloc(2 ** 21 - 600_007)])
  const converting = (settings: Readonly<Record<string, string>> = {}) =>
    reconfigure({ GLIMPSE__IMPORTS__PLUGINS: 'image_decompression,image_conversion', ...settings })

  it('converts to raw, whatever is around it, and updates the three properties', { timeout: 60_000 }, async () => {
    converting()
    for (const format of ['qcow2', 'vmdk', 'vhdx'] as const) {
      const image = images.of(disk, format)
      const fields = { disk_format: format, container_format: format === 'qcow2' ? 'ovf' : 'bare' }
      const { id, task } = await imported(format === 'qcow2' ? gzipSync(image) : image, fields)
      expect(task).toMatchObject({ status: 'success' })
      const shown = {
        diskFormat: 'raw',
        containerFormat: 'bare',
        sizeBytes: disk.length,
        virtualSizeBytes: disk.length,
      }
      expect(await show(id)).toMatchObject({ status: 'active', ...shown })
      expect((await download(id))?.equals(disk)).toBe(true)
      expect(left()).toEqual([])
    }
  })

  it.each(['qcow2', 'vmdk'] as const)('converts to %s too, and leaves alone what is so already', async (format) => {
    converting({ GLIMPSE__IMPORTS__CONVERSION__OUTPUT_FORMAT: format })
    const { id } = await imported(disk, { container_format: 'ovf' })
    const shown = { status: 'active', diskFormat: format, virtualSizeBytes: disk.length }
    expect(await show(id)).toMatchObject({ ...shown, containerFormat: 'bare' })
    const stored = (await download(id)) ?? Buffer.alloc(0)
    expect(images.asRaw(stored, format).equals(disk)).toBe(true)
    const again = await imported(stored, { disk_format: format, container_format: 'ovf' })
    expect(await show(again.id)).toMatchObject({ ...shown, containerFormat: 'ovf' })
    expect((await download(again.id))?.equals(stored)).toBe(true)
  })

  it('keeps an ISO as it is', async () => {
    converting()
    const { id } = await imported(Buffer.from(isoImage()), { disk_format: 'iso' })
    expect(await show(id)).toMatchObject({ status: 'active', diskFormat: 'iso' })
  })

  it('refuses what is unsafe, damaged or not what is claimed, and claims again what it claimed before', {
    timeout: 60_000,
  }, async () => {
    converting()
    const refused = [
      ['is not what is claimed', 'raw', () => images.of(disk, 'qcow2'), /disk_format raw does not match .* qcow2/],
      ['is raw and claimed to be qcow2', 'qcow2', () => disk, /disk_format qcow2 does not match .* raw/],
      ['is an ISO and claimed to be raw', 'raw', () => Buffer.from(isoImage()), /does not match .* iso/],
      ['has a backing file', 'qcow2', () => images.withBackingFile(), /Image has disallowed configuration/],
      ['holds another image', 'qcow2', () => images.of(images.of(disk, 'qcow2'), 'qcow2'), /does not match .* qcow2/],
      ['is damaged', 'qcow2', () => damaged(images.of(disk, 'qcow2')), /qemu-img failed/],
      ['is cut', 'vmdk', () => images.of(disk, 'vmdk').subarray(0, 500_000), /qemu-img failed/],
    ] as const
    for (const [what, format, bytes, reason] of refused) {
      const { id, task } = await imported(bytes(), { disk_format: format, container_format: 'ovf' })
      expect(task, what).toMatchObject({ status: 'failure', message: expect.stringMatching(reason) })
      expect(await show(id)).toMatchObject({ status: 'queued', sizeBytes: null, virtualSizeBytes: null })
      expect(await show(id)).toMatchObject({ diskFormat: format, containerFormat: 'ovf', locations: [] })
      expect(left()).toEqual([])
      expect(await database.db.lease.count()).toBe(0)
    }
  })

  it('queues the image again when the program would need more time', async () => {
    converting({ GLIMPSE__IMPORTS__PROGRAMS__TIMEOUT_SECONDS: '0.005' })
    const { id, task } = await imported(images.of(disk, 'qcow2'), { disk_format: 'qcow2' })
    expect(task).toMatchObject({ status: 'failure', message: 'qemu-img did not end within 0.005 seconds.' })
    expect(await show(id)).toMatchObject({ status: 'queued', diskFormat: 'qcow2' })
    expect(left()).toEqual([])
  })

  it('holds a disk to the largest image', async () => {
    const { imports } = loadConfig({ GLIMPSE__IMPORTS__PLUGINS: 'image_conversion' })
    setConfig({ ...database.config, images: { ...database.config.images, sizeCapBytes: 2_000_000 }, imports })
    const { id, task } = await imported(images.of(Buffer.alloc(4_000_256), 'qcow2'), { disk_format: 'qcow2' })
    expect(task).toMatchObject({ status: 'failure', message: expect.stringContaining('too large') })
    expect(await show(id)).toMatchObject({ status: 'queued' })
  })

  it('claims again what it claimed before when a store does not get what was converted', async () => {
    converting()
    await writeFile(join(database.folder, 'images'), 'no folder')
    const { id, task } = await imported(images.of(disk, 'qcow2'), { disk_format: 'qcow2', container_format: 'ovf' })
    expect(task).toMatchObject({ status: 'failure' })
    expect(await show(id)).toMatchObject({ status: 'queued', diskFormat: 'qcow2', containerFormat: 'ovf' })
    expect(left()).toEqual([])
  })

  it('ends the program of an image that is deleted, and leaves nothing', async () => {
    converting({ GLIMPSE__IMPORTS__CONVERSION__OUTPUT_FORMAT: 'qcow2' })
    setConfig({ ...config(), uploads: { ...config().uploads, leaseSeconds: 0.3 } })
    const { id } = await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare' })
    // Data all over, so that there is time.
    await stageImage(member, id, repeated(randomBytes(2 ** 20), 128))
    await requestImport(member, id, { method: { name: 'glance-direct' } }, undefined)
    const waiting = work()
    await expect
      .poll(() =>
        left()
          .map(({ parentPath }) => parentPath)
          .join(),
      )
      .toContain('converted/.partial')
    await deleteImage(member, id)
    expect(await waiting).toMatchObject({ status: 'failure', message: expect.stringContaining('deleted') })
    setClock({ now: () => new Date(Date.now() + 120_000) })
    await reap()
    expect(left()).toEqual([])
    expect(await database.db.lease.count()).toBe(0)
    expect(await database.db.imageLocation.count({ where: { imageId: id } })).toBe(0)
  })
})

async function* oneChunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function* repeated(bytes: Buffer, times: number): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < times; count++) yield bytes
}

/** With a table of clusters that leads nowhere. */
function damaged(qcow2: Buffer): Buffer {
  const bytes = Buffer.from(qcow2)
  const tableAt = Number(bytes.readBigUInt64BE(40))
  bytes.writeBigUInt64BE((1n << 63n) | 0x7fff_ffff_0000n, tableAt)
  return bytes
}
