import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { receiveImage } from '@/lib/data-plane/receive-image'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { isApiError } from '@/lib/errors/api-error'
import { newId } from '@/lib/runtime/ids'
import { configuredStore, setStores, stores } from '@/lib/stores/registry'
import { storesDetail, storesInfo } from './info'

const admin = contextOf({ roles: ['admin', 'member', 'reader'] })

describe.each(testFlavours())('stores that take no data, on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour, {
      GLIMPSE__STORES__WELL__TYPE: 'filesystem',
      GLIMPSE__STORES__WELL__PATH: 'well',
      GLIMPSE__STORES__BROKEN__TYPE: 'filesystem',
      GLIMPSE__STORES__BROKEN__PATH: 'obstacle/images',
      GLIMPSE__STORES__SHARE__TYPE: 'filesystem',
      GLIMPSE__STORES__SHARE__PATH: 'mnt',
      GLIMPSE__STORES__SHARE__MOUNT: 'true',
      GLIMPSE__STORAGE__DEFAULT_STORE: 'well',
    })
    writeFileSync(join(database.folder, 'obstacle'), 'a file where a folder should be')
    mkdirSync(join(database.folder, 'mnt'))
    setStores(undefined)
    for (const store of stores().all) await store.check()
  })
  afterEach(async () => {
    for (const store of stores().all) await store.close?.()
    setStores(undefined)
    await database.close()
  })

  const bodyOf = ({ body }: { body?: unknown }) => JSON.parse(String(body)).stores
  const upload = async (storeId: string) => {
    const id = newId()
    const time = new Date()
    const data = { id, status: 'queued', visibility: 'shared', ownerId: 'mine', createdAt: time, updatedAt: time }
    await database.db.image.create({ data: { ...data, diskFormat: 'raw', containerFormat: 'bare' } })
    const source = (async function* () {
      yield Buffer.from('bytes')
    })()
    const outcome = await receiveImage(admin, id, source, { storeId }).then(
      () => 204,
      (error: unknown) => (isApiError(error) ? error.status : error),
    )
    const { status } = await database.db.image.findUniqueOrThrow({ where: { id } })
    expect(await database.db.lease.count()).toBe(0)
    return { outcome, status }
  }

  it('are told as read-only to everybody, and why to administrators', () => {
    expect(bodyOf(storesInfo())).toEqual([
      { id: 'well', default: 'true' },
      { id: 'broken', 'read-only': 'true' },
      { id: 'share', 'read-only': 'true' },
    ])
    expect(bodyOf(storesDetail(admin))).toMatchObject([
      { id: 'well', type: 'file' },
      { id: 'broken', 'read-only': 'true', 'health-reason': expect.stringContaining('ENOTDIR') },
      { id: 'share', 'read-only': 'true', 'health-reason': expect.stringContaining('not mounted') },
    ])
    expect(
      JSON.stringify(bodyOf(storesDetail(admin)).map((store: object) => ({ ...store, properties: {} }))),
    ).not.toContain(database.folder)
  })

  it('refuse uploads before anything changes: 410 for their configuration, 503 for what may come back', async () => {
    expect(await upload('broken')).toEqual({ outcome: 410, status: 'queued' })
    expect(await upload('share')).toEqual({ outcome: 503, status: 'queued' })
    expect(await upload('well')).toEqual({ outcome: 204, status: 'active' })
    expect(readdirSync(join(database.folder, 'mnt'))).toEqual([])
  })

  it('take data when a look finds them well', async () => {
    rmSync(join(database.folder, 'obstacle'))
    await configuredStore('broken').check()
    expect(await upload('broken')).toEqual({ outcome: 204, status: 'active' })
    expect(bodyOf(storesDetail(admin))[1]).not.toHaveProperty('health-reason')
  })
})
