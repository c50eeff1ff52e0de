import { existsSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createLease, endLease, type Lease, renewLease } from '@/lib/images/lease-repo'
import { setClock } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { metrics } from '@/lib/runtime/metrics'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { setStores, stores } from '@/lib/stores/registry'
import type { BlobWriter, Store } from '@/lib/stores/store'
import { Backoff } from './backoff'
import { reap } from './reaper'

const signal = new AbortController().signal
const here = { nodeId: 'here', bootId: 'this-boot' }

describe.each(testFlavours())('reap on %s', (flavour) => {
  let database: TestDatabase
  let store: Store
  let imagesFolder = ''
  let writers: BlobWriter[] = []

  beforeEach(async () => {
    database = await openTestDatabase(flavour)
    setStores(undefined)
    setNodeIdentity(here)
    imagesFolder = join(database.folder, 'images')
    const [first] = stores().all
    if (first === undefined) throw new Error('no store is configured')
    store = first
  })
  afterEach(async () => {
    for (const writer of writers) await writer.abort()
    writers = []
    setClock(undefined)
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })

  async function insertImage(status: string, extra: { isDeleted?: boolean } = {}): Promise<string> {
    const time = new Date()
    const id = newId()
    await database.db.image.create({
      data: { id, status, visibility: 'shared', sizeBytes: 5, createdAt: time, updatedAt: time, ...extra },
    })
    return id
  }

  async function startUpload(holder = here): Promise<{ imageId: string; lease: Lease; writer: BlobWriter }> {
    const imageId = await insertImage('saving')
    setNodeIdentity(holder)
    const lease = await createLease(database.db, { imageId, storeId: store.id, purpose: 'upload' })
    setNodeIdentity(here)
    const writer = await store.openWriter(imageId, { attemptId: lease.id, signal })
    writers.push(writer)
    await writer.write(Buffer.from('bytes'))
    return { imageId, lease, writer }
  }

  const image = (id: string) => database.db.image.findUniqueOrThrow({ where: { id } })
  const files = () => [...readdirSync(imagesFolder), ...readdirSync(join(imagesFolder, '.partial'))].sort()
  const later = (seconds: number) => setClock({ now: () => new Date(Date.now() + seconds * 1000) })

  it('clears an upload whose lease ran out, unfinished or finished but not recorded', async () => {
    for (const isCommitted of [false, true]) {
      const { imageId, writer } = await startUpload({ nodeId: 'other', bootId: 'x' })
      if (isCommitted) await writer.commit()
      later(31)
      await reap()
      setClock(undefined)
      expect(await image(imageId)).toMatchObject({ status: 'queued', sizeBytes: null })
      expect(await database.db.lease.count()).toBe(0)
      expect(files()).toEqual(['.partial'])
    }
  })

  it('clears what an earlier boot of this node held without waiting', async () => {
    const { imageId } = await startUpload({ nodeId: 'here', bootId: 'earlier-boot' })
    await reap()
    expect(await image(imageId)).toMatchObject({ status: 'queued' })
    expect(files()).toEqual(['.partial'])
  })

  it('leaves live uploads alone, here and on other nodes', async () => {
    const uploads = [await startUpload(here), await startUpload({ nodeId: 'other', bootId: 'x' })]
    later(25)
    for (const { lease } of uploads) expect(await renewLease(database.db, lease)).toBe(true)
    later(50)
    await reap({ isFullListing: true })
    for (const { imageId, writer } of uploads) {
      expect(await image(imageId)).toMatchObject({ status: 'saving' })
      await writer.commit()
    }
    expect(await database.db.lease.count()).toBe(2)
  })

  it('takes the fencing token from a holder that slept too long', async () => {
    const { lease } = await startUpload({ nodeId: 'other', bootId: 'x' })
    later(31)
    await reap()
    expect(await renewLease(database.db, lease)).toBe(false)
    expect(await endLease(database.db, lease)).toBe(false)
  })

  it('keeps the bytes when the location was recorded', async () => {
    const { imageId, lease, writer } = await startUpload({ nodeId: 'other', bootId: 'x' })
    const location = await writer.commit()
    await insertLocation(imageId, location.url, 'active')
    await database.db.image.update({ where: { id: imageId }, data: { status: 'active' } })
    later(31)
    await reap()
    expect(await image(imageId)).toMatchObject({ status: 'active' })
    expect(files()).toEqual(['.partial', imageId].sort())
    expect(await database.db.lease.findUnique({ where: { id: lease.id } })).toBeNull()
  })

  it('acts once when two nodes find the same lease', async () => {
    await startUpload({ nodeId: 'other', bootId: 'x' })
    later(31)
    const before = await reclaimed('lease')
    await Promise.all([reap(), reap(), reap()])
    expect((await reclaimed('lease')) - before).toBe(1)
  })

  it('sets images back to queued that are in a transient status without a lease, but not deleted ones', async () => {
    const ids = await Promise.all(['saving', 'uploading', 'importing', 'active'].map((status) => insertImage(status)))
    const deleted = await insertImage('saving', { isDeleted: true })
    await reap()
    const statuses = await Promise.all([...ids, deleted].map(async (id) => (await image(id)).status))
    expect(statuses).toEqual(['queued', 'queued', 'queued', 'active', 'saving'])
  })

  it('removes bytes of locations that are being deleted, then their rows', async () => {
    const { imageId, lease, writer } = await startUpload()
    const location = await writer.commit()
    await writer.settle()
    await endLease(database.db, lease)
    await insertLocation(imageId, location.url, 'deleting')
    await reap()
    expect(files()).toEqual(['.partial'])
    expect(await database.db.imageLocation.count()).toBe(0)
  })

  it('frees the image at once when the store fails, and the bytes when the store is back', async () => {
    const { imageId } = await startUpload({ nodeId: 'here', bootId: 'earlier-boot' })
    renameSync(imagesFolder, `${imagesFolder}.away`)
    writeFileSync(imagesFolder, 'not a folder')
    await reap()
    expect(await image(imageId)).toMatchObject({ status: 'queued' })
    expect(await database.db.lease.findMany()).toMatchObject([{ purpose: 'discard', bootId: 'this-boot' }])
    renameSync(imagesFolder, `${imagesFolder}.file`)
    renameSync(`${imagesFolder}.away`, imagesFolder)
    later(31)
    await reap()
    expect(await database.db.lease.count()).toBe(0)
    expect(files()).toEqual(['.partial'])
  })

  it('asks a failing store less and less often', async () => {
    const imageId = await insertImage('active')
    await insertLocation(imageId, `file://${imagesFolder}/${imageId}`, 'deleting')
    writeFileSync(imagesFolder, 'not a folder')
    const backoff = new Backoff()
    await reap({ backoff })
    expect(backoff.notDue()).toEqual([store.id])
    later(6)
    expect(backoff.notDue()).toEqual([])
    await reap({ backoff })
    later(12)
    expect(backoff.notDue()).toEqual([store.id])
    renameSync(imagesFolder, `${imagesFolder}.file`)
    mkdirSync(imagesFolder)
    later(17)
    await reap({ backoff })
    expect(await database.db.imageLocation.count()).toBe(0)
  })

  it('removes attempts that no lease names once they are older than a lease, and nothing younger', async () => {
    const { imageId, lease } = await startUpload()
    await database.db.lease.deleteMany()
    await reap()
    expect(files()).toHaveLength(2)
    const partial = join(imagesFolder, '.partial', `${imageId}.${lease.id}`)
    const old = new Date(Date.now() - 31_000)
    utimesSync(partial, old, old)
    await reap()
    expect(existsSync(partial)).toBe(false)
  })

  it('counts finished blobs that no row names and does not touch them', async () => {
    mkdirSync(imagesFolder, { recursive: true })
    const foreign = join(imagesFolder, newId())
    writeFileSync(foreign, '12345678')
    const old = new Date(Date.now() - 31_000)
    utimesSync(foreign, old, old)
    await reap({ isFullListing: true })
    const { values } = await metrics().orphanBytes.get()
    expect(values).toEqual([{ labels: { store: store.id }, value: 8 }])
    expect(existsSync(foreign)).toBe(true)
  })

  async function insertLocation(imageId: string, url: string, state: string): Promise<void> {
    await database.db.imageLocation.create({
      data: { id: newId(), imageId, storeId: store.id, url, metadata: {}, state, position: 0, createdAt: new Date() },
    })
  }

  async function reclaimed(kind: string): Promise<number> {
    const { values } = await metrics().reclaimed.get()
    return values.find((value) => value.labels.kind === kind)?.value ?? 0
  }
})
