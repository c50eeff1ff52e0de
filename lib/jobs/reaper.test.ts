import { existsSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { apiError } from '@/lib/errors/api-error'
import { createLease, endLease, type Lease, renewLease, takeOverLease } from '@/lib/images/lease-repo'
import { setClock } from '@/lib/runtime/clock'
import { newId } from '@/lib/runtime/ids'
import { metrics } from '@/lib/runtime/metrics'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { setStores, stores } from '@/lib/stores/registry'
import type { BlobWriter, Store } from '@/lib/stores/store'
import { Backoff } from './backoff'
import { auditStores, reap } from './reaper'

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
  const files = () =>
    [...readdirSync(imagesFolder), ...readdirSync(join(imagesFolder, '.partial'))]
      .filter((name) => name !== '.probe')
      .sort()
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
    await reap()
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

  it('takes the fencing token also from a holder in the same process', async () => {
    const { lease } = await startUpload(here)
    later(31)
    const taken = await takeOverLease(database.db, lease)
    // Now the bytes go: whoever made the image active in this moment would make it one without bytes.
    expect(await renewLease(database.db, lease)).toBe(false)
    expect(await endLease(database.db, lease)).toBe(false)
    expect(taken !== undefined && (await endLease(database.db, taken))).toBe(true)
  })

  it('keeps an image from its next upload while the bytes of the last one are being removed', async () => {
    const { imageId, lease } = await startUpload({ nodeId: 'other', bootId: 'x' })
    later(31)
    await takeOverLease(database.db, lease)
    setNodeIdentity({ nodeId: 'third', bootId: 'y' })
    await reap()
    expect(await image(imageId)).toMatchObject({ status: 'saving' })
  })

  it('asks a store that fails once, not once for each upload, and frees all their images', async () => {
    const uploads = [
      await startUpload({ nodeId: 'here', bootId: 'a' }),
      await startUpload({ nodeId: 'here', bootId: 'b' }),
    ]
    renameSync(imagesFolder, `${imagesFolder}.away`)
    writeFileSync(imagesFolder, 'not a folder')
    const discarding = vi.spyOn(store, 'discardAttempt')
    const backoff = new Backoff()
    await reap({ backoff })
    expect(discarding).toHaveBeenCalledTimes(1)
    for (const { imageId } of uploads) expect(await image(imageId)).toMatchObject({ status: 'queued' })
    expect(await database.db.lease.findMany()).toMatchObject([{ purpose: 'discard' }, { purpose: 'discard' }])
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

  it('removes what it can although one blob cannot be removed, and stays patient with that one', async () => {
    const stuck = await insertImage('active')
    // A folder is no file that could be unlinked, whoever tries.
    mkdirSync(join(imagesFolder, stuck), { recursive: true })
    await insertLocation(stuck, `file://${imagesFolder}/${stuck}`, 'deleting', new Date(0))
    const backoff = new Backoff()
    const itemBackoff = new Backoff()
    await reap({ backoff, itemBackoff })
    const other = await insertImage('active')
    writeFileSync(join(imagesFolder, other), '12345')
    await insertLocation(other, `file://${imagesFolder}/${other}`, 'deleting')
    later(6)
    await reap({ backoff, itemBackoff })
    expect(files()).toEqual(['.partial', stuck])
    expect(await database.db.imageLocation.findMany()).toMatchObject([{ imageId: stuck }])
    expect(itemBackoff.notDue()).toHaveLength(1)
  })

  it('removes attempts that nobody owns although one of them cannot be removed', async () => {
    const uploads = [await startUpload(), await startUpload()]
    await database.db.lease.deleteMany()
    const discardAttempt = store.discardAttempt
    let isFirst = true
    vi.spyOn(store, 'discardAttempt').mockImplementation(async (...args) => {
      if (!isFirst) return await discardAttempt(...args)
      isFirst = false
      throw apiError('store_unavailable')
    })
    const old = new Date(Date.now() - 31_000)
    for (const { imageId, lease } of uploads) {
      utimesSync(join(imagesFolder, '.partial', `${imageId}.${lease.id}`), old, old)
    }
    const backoff = new Backoff()
    await reap({ backoff })
    expect(files()).toHaveLength(2)
    expect(backoff.notDue()).toEqual([store.id])
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
    await auditStores(signal)
    const { values } = await metrics().orphanBytes.get()
    expect(values).toContainEqual({ labels: { store: store.id }, value: 8 })
    expect(existsSync(foreign)).toBe(true)
  })

  async function insertLocation(imageId: string, url: string, state: string, createdAt = new Date()): Promise<void> {
    await database.db.imageLocation.create({
      data: { id: newId(), imageId, storeId: store.id, url, metadata: {}, state, position: 0, createdAt },
    })
  }

  async function reclaimed(kind: string): Promise<number> {
    const { values } = await metrics().reclaimed.get()
    return values.find((value) => value.labels.kind === kind)?.value ?? 0
  }
})
