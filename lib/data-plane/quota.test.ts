import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { outcomeOf } from '@/lib/errors/test-outcome'
import { createImage } from '@/lib/images/create-image'
import { deleteImage } from '@/lib/images/delete-image'
import { findImage } from '@/lib/images/image-repo'
import { usageOfCaller } from '@/lib/quota/quota'
import { readUsage } from '@/lib/quota/usage-repo'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { setStores } from '@/lib/stores/registry'
import { type ReceiveOptions, receiveImage } from './receive-image'
import { stageImage } from './stage-image'

const MIB = 1024 * 1024
const member = contextOf({ roles: ['member', 'reader'] })
const over = (name: string, [limit, usage, delta]: readonly [number, number, number]) =>
  `The request returned a 413 Request Entity Too Large. This generally means that rate limiting or a quota threshold was breached.\n\nThe response body:\nProject mine is over a limit for [Resource ${name} is over limit of ${limit} due to current usage ${usage} and delta ${delta}]`

async function* chunks(sizeBytes: number, chunkBytes = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < sizeBytes; at += chunkBytes) {
    await delay(0)
    yield Buffer.alloc(Math.min(chunkBytes, sizeBytes - at), 1)
  }
}

describe.each(testFlavours())('quotas of uploads on %s', (flavour) => {
  let database: TestDatabase

  const open = async (settings: Readonly<Record<string, string>>) => {
    database = await openTestDatabase(flavour, { GLIMPSE__LOG__LEVEL: 'silent', ...settings })
    setStores(undefined)
    setNodeIdentity({ nodeId: 'here', bootId: 'boot' })
  }
  beforeEach(() => open({ GLIMPSE__LIMITS__ENABLED: 'true', GLIMPSE__LIMITS__IMAGE_SIZE_TOTAL: '10' }))
  afterEach(async () => {
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })
  const openOther = async (settings: Readonly<Record<string, string>>) => {
    await database.close()
    await open(settings)
  }

  const newImage = async () => (await createImage(member, { disk_format: 'raw', container_format: 'bare' })).id
  const upload = async (sizeBytes: number, options: ReceiveOptions = { contentLengthBytes: sizeBytes }) => {
    const id = await newImage()
    return { id, result: await outcomeOf(receiveImage(member, id, chunks(sizeBytes), options)) }
  }
  const stored = () => readUsage(database.db, 'mine', 'image_size_total')
  const leases = () => database.db.lease.count()

  it('refuses an announced size before its first byte, and leaves the image queued', async () => {
    expect((await upload(9 * MIB)).result).toBe('done')
    const { id, result } = await upload(2 * MIB)
    expect(result).toBe(`413 ${over('image_size_total', [10, 9, 2])}`)
    expect(await findImage(id)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [] })
    expect(await leases()).toBe(0)
    expect((await upload(MIB)).result).toBe('done')
    expect(await stored()).toBe(10 * MIB)
    expect((await upload(0)).result).toBe('done')
    expect((await upload(1)).result).toBe(`413 ${over('image_size_total', [10, 10, 1])}`)
  })

  it('stops an upload of unknown size at the limit and keeps nothing of it', async () => {
    expect((await upload(8 * MIB, {})).result).toBe('done')
    const { id, result } = await upload(3 * MIB, {})
    expect(result).toMatch(/^413 .*image_size_total is over limit of 10 due to current usage 8 and delta 3\]$/s)
    expect(await findImage(id)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [] })
    expect(await stored()).toBe(8 * MIB)
    expect((await upload(2 * MIB, {})).result).toBe('done')
    expect(await stored()).toBe(10 * MIB)
  })

  it('gives room back when an image goes', async () => {
    const { id } = await upload(10 * MIB)
    expect((await upload(MIB)).result).toMatch(/^413 /)
    await deleteImage(member, id)
    expect(await stored()).toBe(0)
    expect((await upload(10 * MIB)).result).toBe('done')
  })

  it.each([
    ['announced', (sizeBytes: number) => ({ contentLengthBytes: sizeBytes })],
    ['unknown', () => ({})],
  ] as const)('never lets 50 uploads of %s size at once pass the quota', async (_kind, optionsOf) => {
    expect((await upload(9 * MIB)).result).toBe('done')
    const size = 60_000
    let most = 0
    let isRunning = true
    const watching = (async () => {
      while (isRunning) {
        most = Math.max(most, await stored())
        await delay(10)
      }
    })()
    const ids = await Promise.all(Array.from({ length: 50 }, newImage))
    const results = await Promise.all(
      ids.map((id) => outcomeOf(receiveImage(member, id, chunks(size), optionsOf(size)))),
    )
    isRunning = false
    await watching
    const done = results.filter((result) => result === 'done').length
    expect(results.filter((result) => result !== 'done' && !result.startsWith('413 '))).toEqual([])
    expect(most).toBeLessThanOrEqual(10 * MIB)
    expect(await stored()).toBe(9 * MIB + done * size)
    // Announced sizes are reserved as they are, so that all the room is used.
    if (_kind === 'announced') expect(done).toBe(Math.floor(MIB / size))
    expect(done).toBeGreaterThan(0)
    expect(await leases()).toBe(0)
    expect(await usageOfCaller(member)).toMatchObject({
      image_size_total: { limit: 10, usage: Math.floor((9 * MIB + done * size) / MIB) },
      image_count_uploading: { limit: -1, usage: 0 },
    })
  })

  it('counts a running upload with all it may bring until it ends', async () => {
    let goOn = () => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const slow = async function* () {
      yield Buffer.alloc(MIB)
      await held
      yield Buffer.alloc(7 * MIB)
    }
    const id = await newImage()
    const running = outcomeOf(receiveImage(member, id, slow(), { contentLengthBytes: 8 * MIB }))
    while ((await leases()) === 0) await delay(5)
    expect(await usageOfCaller(member)).toMatchObject({
      image_size_total: { usage: 8 },
      image_count_uploading: { usage: 1 },
    })
    expect((await upload(3 * MIB)).result).toBe(`413 ${over('image_size_total', [10, 8, 3])}`)
    // Deleting it does not make room for more while its bytes still come.
    await deleteImage(member, id)
    expect((await upload(3 * MIB)).result).toMatch(/^413 /)
    goOn()
    expect(await running).toMatch(/^410 /)
    expect((await upload(3 * MIB)).result).toBe('done')
  })

  it('limits how many images there are and how many are on their way', async () => {
    await openOther({
      GLIMPSE__LIMITS__ENABLED: 'true',
      GLIMPSE__LIMITS__IMAGE_COUNT_TOTAL: '5',
      GLIMPSE__LIMITS__IMAGE_COUNT_UPLOADING: '2',
    })
    const made = await Promise.all(Array.from({ length: 8 }, () => outcomeOf(newImage())))
    expect(made.filter((result) => result === 'done')).toHaveLength(5)
    expect(await outcomeOf(newImage())).toBe(`413 ${over('image_count_total', [5, 5, 1])}`)
    const ids = (await database.db.image.findMany()).map(({ id }) => id)
    const staged = await Promise.all(ids.map((id) => outcomeOf(stageImage(member, id, chunks(100)))))
    expect(staged.filter((result) => result === 'done')).toHaveLength(2)
    expect(staged.filter((result) => result !== 'done')).toEqual(
      Array.from({ length: 3 }, () => `413 ${over('image_count_uploading', [2, 3, 0])}`),
    )
    expect(await usageOfCaller(member)).toEqual({
      image_size_total: { limit: -1, usage: 0 },
      image_stage_total: { limit: -1, usage: 0 },
      image_count_total: { limit: 5, usage: 5 },
      image_count_uploading: { limit: 2, usage: 2 },
    })
  })

  it('limits what is staged', async () => {
    await openOther({ GLIMPSE__LIMITS__ENABLED: 'true', GLIMPSE__LIMITS__IMAGE_STAGE_TOTAL: '4' })
    const [first, second] = [await newImage(), await newImage()]
    expect(await outcomeOf(stageImage(member, first, chunks(3 * MIB)))).toBe('done')
    const announced = stageImage(member, second, chunks(2 * MIB), { contentLengthBytes: 2 * MIB })
    expect(await outcomeOf(announced)).toBe(`413 ${over('image_stage_total', [4, 3, 2])}`)
    expect(await outcomeOf(stageImage(member, second, chunks(2 * MIB)))).toMatch(/^413 .*image_stage_total/s)
    expect(await findImage(second)).toMatchObject({ status: 'queued', sizeBytes: null })
    expect(await outcomeOf(stageImage(member, second, chunks(MIB)))).toBe('done')
    expect(await usageOfCaller(member)).toMatchObject({ image_stage_total: { limit: 4, usage: 4 } })
    // What is only staged is in no store yet.
    expect(await stored()).toBe(0)
  })

  it('keeps to user_storage_quota in its own words', async () => {
    await openOther({ GLIMPSE__IMAGES__USER_STORAGE_QUOTA: '1MB' })
    expect((await upload(1_000_000)).result).toBe('done')
    const text = (size: number) =>
      `413 Image exceeds the storage quota: The size of the data ${size} will exceed the limit. 48576 bytes remaining.`
    expect((await upload(48_577)).result).toBe(text(48_577))
    expect((await upload(100_000, {})).result).toBe(text(65_536))
    expect((await upload(48_576)).result).toBe('done')
    expect(await usageOfCaller(member)).toEqual({})
  })

  it('does what administrators set: for a project before for all, and before the settings', async () => {
    const { db } = database
    await db.service.create({ data: { id: 's', type: 'image', name: 'glance' } })
    await db.domain.create({ data: { id: 'd', name: 'd' } })
    await db.project.create({ data: { id: 'mine', name: 'mine', domainId: 'd' } })
    const limit = async () => (await usageOfCaller(member)).image_size_total?.limit
    expect(await limit()).toBe(10)
    const registered = { serviceId: 's', resourceName: 'image_size_total' }
    await db.registeredLimit.create({ data: { ...registered, id: 'elsewhere', regionId: 'other', defaultLimit: 7 } })
    expect(await limit()).toBe(10)
    await db.registeredLimit.create({ data: { ...registered, id: 'all', regionId: '', defaultLimit: 8 } })
    expect(await limit()).toBe(8)
    await db.registeredLimit.create({ data: { ...registered, id: 'here', regionId: 'RegionOne', defaultLimit: 9 } })
    expect(await limit()).toBe(9)
    const own = { registeredLimitId: 'here', projectId: 'mine', resourceLimit: 1 }
    await db.projectLimit.create({ data: { ...own, id: 'own' } })
    expect(await limit()).toBe(1)
    expect((await upload(MIB + 1)).result).toBe(`413 ${over('image_size_total', [1, 0, 2])}`)
    await db.projectLimit.update({ where: { id: 'own' }, data: { resourceLimit: -1 } })
    expect((await upload(11 * MIB)).result).toBe('done')
  })
})
