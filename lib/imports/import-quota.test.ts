import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { stageImage } from '@/lib/data-plane/stage-image'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from '@/lib/images/create-image'
import { findImage } from '@/lib/images/image-repo'
import { reap } from '@/lib/jobs/reaper'
import { usageOfCaller } from '@/lib/quota/quota'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { listening } from '@/lib/runtime/test-server'
import { setStores } from '@/lib/stores/registry'
import { claimTask, findTask } from '@/lib/tasks/task-repo'
import { requestImport } from './request-import'
import { reserveStores } from './reserve-import'
import { runImport } from './run-import'

const MIB = 1024 * 1024
const member = contextOf({ roles: ['member', 'reader'] })
const admin = contextOf({ roles: ['admin', 'member', 'reader'] })
const running = new AbortController().signal
const both = { stores: ['one', 'two'] }
const direct = { name: 'glance-direct' }
const copy = { name: 'copy-image' }

async function* chunks(sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < sizeBytes; at += MIB) yield Buffer.alloc(Math.min(MIB, sizeBytes - at), 1)
}

describe.each(testFlavours())('quotas of imports on %s', (flavour) => {
  let database: TestDatabase
  let server: Server | undefined

  beforeEach(async () => {
    database = await openTestDatabase(flavour, {
      GLIMPSE__STORES__ONE__TYPE: 'filesystem',
      GLIMPSE__STORES__ONE__PATH: 'one',
      GLIMPSE__STORES__TWO__TYPE: 'filesystem',
      GLIMPSE__STORES__TWO__PATH: 'two',
      GLIMPSE__STORAGE__DEFAULT_STORE: 'one',
      GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
      GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
      GLIMPSE__LOG__LEVEL: 'silent',
      GLIMPSE__LIMITS__ENABLED: 'true',
      GLIMPSE__LIMITS__IMAGE_SIZE_TOTAL: '5',
      GLIMPSE__LIMITS__IMAGE_STAGE_TOTAL: '4',
    })
    setStores(undefined)
    setNodeIdentity({ nodeId: 'here', bootId: 'boot' })
  })
  afterEach(async () => {
    server?.closeAllConnections()
    server?.close()
    server = undefined
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })

  const newImage = async () => (await createImage(member, { disk_format: 'raw', container_format: 'bare' })).id
  const staged = async (sizeBytes: number) => {
    const id = await newImage()
    await stageImage(member, id, chunks(sizeBytes), { contentLengthBytes: sizeBytes })
    return id
  }
  const ask = (id: string, method: object, more: object = {}, ctx = member) =>
    requestImport(ctx, id, { method, ...more }, undefined)
  /** Runs the next task to its end. */
  const work = async () => {
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await runImport(task, running)
    return await findTask(database.db, task.id)
  }
  const usage = async () => {
    const all = Object.entries(await usageOfCaller(member))
    return Object.fromEntries(all.map(([name, { usage: used }]) => [name.replace('image_', ''), used]))
  }
  const nothing = { size_total: 0, stage_total: 0, count_total: 1, count_uploading: 0 }
  const serve = async (sizeBytes: number, headers: Readonly<Record<string, string>> = {}) => {
    const made = createServer((_, response) => {
      response.writeHead(200, headers)
      response.end(Buffer.alloc(sizeBytes, 1))
    })
    server = made
    return `${await listening(made)}/image`
  }

  it('counts staged bytes once in every store they go to', async () => {
    const id = await staged(3 * MIB)
    expect(await usage()).toEqual({ size_total: 0, stage_total: 3, count_total: 1, count_uploading: 1 })
    await ask(id, direct, both)
    expect(await work()).toMatchObject({
      status: 'failure',
      message: expect.stringContaining(
        '[Resource image_size_total is over limit of 5 due to current usage 0 and delta 6]',
      ),
    })
    expect(await findImage(id)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [] })
    // As if it had not begun: nobody is told that a store failed.
    expect((await findImage(id))?.properties).toMatchObject({
      os_glance_importing_to_stores: '',
      os_glance_failed_import: '',
    })
    expect(await usage()).toEqual(nothing)

    const second = await staged(2 * MIB)
    await ask(second, direct, both)
    expect(await work()).toMatchObject({ status: 'success' })
    expect(await usage()).toEqual({ ...nothing, size_total: 4, count_total: 2 })
  })

  it('counts a copy to a further store, and what waits for it as staged', async () => {
    const id = await staged(3 * MIB)
    await ask(id, direct)
    await work()
    expect(await usage()).toEqual({ ...nothing, size_total: 3 })
    await ask(id, copy, { stores: ['two'] }, admin)
    expect(await work()).toMatchObject({
      status: 'failure',
      message: expect.stringContaining(
        '[Resource image_size_total is over limit of 5 due to current usage 3 and delta 3]',
      ),
    })
    expect(await findImage(id)).toMatchObject({ status: 'active', locations: [{ storeId: 'one' }] })

    const other = await staged(3 * MIB)
    await ask(id, copy, { stores: ['two'] }, admin)
    expect(await work()).toMatchObject({
      status: 'failure',
      message: expect.stringContaining(
        '[Resource image_stage_total is over limit of 4 due to current usage 3 and delta 3]',
      ),
    })
    expect(await findImage(other)).toMatchObject({ status: 'uploading' })
    expect(await usage()).toEqual({ size_total: 3, stage_total: 3, count_total: 2, count_uploading: 1 })
  })

  it.each([
    ['announced', { 'content-length': `${5 * MIB}` }, 'usage 0 and delta 5]'],
    ['unknown', {}, 'usage 0 and delta 5]'],
  ] as const)('stops a download of %s size that the staging area has no room for', async (_kind, headers, end) => {
    const uri = await serve(5 * MIB, headers)
    const id = await newImage()
    await ask(id, { name: 'web-download', uri })
    const task = await work()
    expect(task?.message).toContain(`image_stage_total is over limit of 4 due to current ${end}`)
    expect(task?.status).toBe('failure')
    expect(await findImage(id)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [] })
    await reap()
    expect(await usage()).toEqual(nothing)
    expect(await database.db.lease.count()).toBe(0)
  })

  it('downloads what there is room for', async () => {
    const uri = await serve(4 * MIB)
    const id = await newImage()
    await ask(id, { name: 'web-download', uri })
    expect(await work()).toMatchObject({ status: 'success' })
    expect(await usage()).toEqual({ ...nothing, size_total: 4 })
    // A project at its limit may not ask for more, one over it may not ask at all.
    await database.db.image.update({ where: { id }, data: { sizeBytes: 6 * MIB } })
    const next = await newImage()
    await expect(ask(next, { name: 'web-download', uri })).rejects.toMatchObject({ status: 413 })
  })

  it('holds what a task has reserved while it runs, whoever goes on with it, and no longer', async () => {
    const [id, other] = [await staged(2 * MIB), await newImage()]
    await ask(id, direct, both)
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await reserveStores(task, id, 2)
    await reserveStores(task, id, 2)
    expect(await usage()).toMatchObject({ size_total: 4 })
    // The node dies; another takes the task over, and reserves the same again.
    setNodeIdentity({ nodeId: 'here', bootId: 'next' })
    expect(await usage()).toMatchObject({ size_total: 4 })
    expect(await work()).toMatchObject({ status: 'success' })
    expect(await usage()).toEqual({ size_total: 4, stage_total: 0, count_total: 2, count_uploading: 0 })
    expect(await findImage(other)).toMatchObject({ status: 'queued' })
  })
})
