import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isApiError } from '@/lib/errors/api-error'
import { newId } from '@/lib/runtime/ids'
import { get, hasCode, listing, put } from '@/lib/stores/conformance'
import { filePathOf } from '@/lib/stores/location-uri'
import type { StoredBlob } from '@/lib/stores/store'
import { FilesystemStore } from './filesystem-store'

/** What is free in a folder of this name, for the tests that say so. */
const freeBytes = vi.hoisted(() => new Map<string, number>())

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  return {
    ...real,
    statfs: async (path: string) => {
      const bytes = freeBytes.get(path.slice(path.lastIndexOf('/') + 1))
      return bytes === undefined ? await real.statfs(path) : { bavail: bytes, bsize: 1 }
    },
  }
})

const signal = new AbortController().signal

describe('a file store of several folders', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'glimpse-folders-'))
  })
  afterEach(() => {
    freeBytes.clear()
    rmSync(root, { recursive: true, force: true })
  })

  const storeOf = (priorities: Readonly<Record<string, number>>) =>
    new FilesystemStore({
      id: 'file',
      folders: Object.entries(priorities).map(([name, priority]) => ({ path: join(root, name), priority })),
      description: null,
      weight: 0,
      sparse: true,
    })
  const files = (name: string) => readdirSync(join(root, name)).filter((file) => file !== '.partial')
  const partials = (name: string) => readdirSync(join(root, name, '.partial'))
  /** A file where the folder should be: nothing can be made, written or read there. */
  const breakFolder = (name: string) => writeFileSync(join(root, name), 'not a folder')

  /** The name of the folder that a blob of a declared size is written to. */
  async function chosen(store: FilesystemStore, sizeBytes?: number): Promise<string> {
    const options = { attemptId: newId(), signal, ...(sizeBytes !== undefined && { sizeBytes }) }
    const writer = await store.openWriter(newId(), options)
    await writer.write(Buffer.from('x'))
    const { url } = await writer.commit()
    await writer.settle()
    return dirname(filePathOf(url) ?? '').slice(root.length + 1)
  }

  it('takes the highest priority, wherever it stands and however little is free', async () => {
    freeBytes.set('a', 1000).set('b', 10).set('c', 1000)
    expect(await chosen(storeOf({ a: 100, b: 200, c: 0 }), 10)).toBe('b')
  })

  it('takes of equals the one with most free', async () => {
    freeBytes.set('a', 10).set('b', 1000).set('c', 100)
    const store = storeOf({ a: 1, b: 1, c: 1 })
    expect(await chosen(store)).toBe('b')
    freeBytes.set('c', 2000)
    expect(await chosen(store)).toBe('c')
  })

  it('passes over a folder without room for the size, or with none at all when the size is unknown', async () => {
    freeBytes.set('a', 9).set('b', 10)
    const store = storeOf({ a: 200, b: 100 })
    expect(await chosen(store, 10)).toBe('b')
    expect(await chosen(store)).toBe('a')
    freeBytes.set('a', 0)
    expect(await chosen(store)).toBe('b')
  })

  it('says store_full when no folder has room', async () => {
    freeBytes.set('a', 9).set('b', 9)
    await expect(chosen(storeOf({ a: 200, b: 100 }), 10)).rejects.toSatisfy(hasCode('store_full'))
  })

  it('writes to the next folder when the best one cannot be used, and says why when none can', async () => {
    const store = storeOf({ a: 200, b: 100 })
    breakFolder('a')
    expect(await chosen(store)).toBe('b')
    rmSync(join(root, 'b'), { recursive: true })
    breakFolder('b')
    const refusal = await chosen(storeOf({ a: 200, b: 100 })).catch((error: unknown) => error)
    expect(isApiError(refusal) && refusal.code).toBe('store_unavailable')
  })

  it('reads, measures, deletes and lists in all of them', async () => {
    const places = ['a', 'b'].map((name) => ({ name, imageId: newId() }))
    for (const { name, imageId } of places) {
      mkdirSync(join(root, name))
      writeFileSync(join(root, name, imageId), `bytes in ${name}`)
    }
    const store = storeOf({ a: 200, b: 100 })
    const urls = (await listing(store)).flatMap((blob) => (blob.state === 'committed' ? [blob.url] : []))
    expect(urls.sort()).toEqual(places.map(({ name, imageId }) => `file://${join(root, name, imageId)}`).sort())
    for (const { name, imageId } of places) {
      const location = { storeId: 'file', url: `file://${join(root, name, imageId)}` }
      expect((await get(store, location)).toString()).toBe(`bytes in ${name}`)
      expect(await store.stat(location)).toEqual({ sizeBytes: 10 })
      await store.delete(location)
      expect(files(name)).toEqual([])
    }
  })

  it('refuses locations outside all of them', async () => {
    const store = storeOf({ a: 200, 'b/inner': 100 })
    mkdirSync(join(root, 'b'))
    for (const path of ['c/x', 'b/x', 'a/../secret', 'a/inner/x', 'ab/x']) {
      const location = { storeId: 'file', url: `file://${root}/${path}` }
      await expect(store.stat(location)).rejects.toSatisfy(hasCode('store_object_missing'))
      await expect(store.delete(location)).rejects.toSatisfy(hasCode('store_object_missing'))
    }
  })

  it('never keeps two blobs of one image: an image that another folder holds is there already', async () => {
    const store = storeOf({ a: 200, b: 100 })
    const imageId = newId()
    mkdirSync(join(root, 'b'))
    writeFileSync(join(root, 'b', imageId), 'theirs')
    await expect(put(store, imageId, [Buffer.from('ours')])).rejects.toSatisfy(hasCode('store_object_exists'))
    expect(files('a')).toEqual([])
  })

  it('finds an attempt in whichever folder it was begun', async () => {
    const [imageId, attemptId] = [newId(), newId()]
    freeBytes.set('a', 0).set('b', 1000)
    const writer = await storeOf({ a: 200, b: 100 }).openWriter(imageId, { attemptId, signal })
    await writer.write(Buffer.from('x'))
    expect(partials('b')).toHaveLength(1)
    await storeOf({ a: 200, b: 100 }).discardAttempt(imageId, attemptId, { keepCommitted: false })
    expect(partials('b')).toEqual([])
    await writer.abort()
  })

  it('clears what it can reach and still says that an attempt may be left in a folder that it cannot', async () => {
    const [imageId, attemptId] = [newId(), newId()]
    const store = storeOf({ a: 200, b: 100 })
    breakFolder('a')
    const writer = await store.openWriter(imageId, { attemptId, signal })
    await expect(store.discardAttempt(imageId, attemptId, { keepCommitted: false })).rejects.toSatisfy(
      hasCode('store_unavailable'),
    )
    expect(partials('b')).toEqual([])
    await writer.abort()
  })

  it('lists what it can read before it says that a folder cannot be read', async () => {
    const store = storeOf({ a: 200, b: 100 })
    breakFolder('a')
    await put(store, newId(), [Buffer.from('x')])
    const seen: StoredBlob[] = []
    const read = async () => {
      for await (const blob of store.list({ signal })) seen.push(blob)
    }
    await expect(read()).rejects.toSatisfy(hasCode('store_unavailable'))
    expect(seen).toMatchObject([{ state: 'committed', sizeBytes: 1 }])
  })

  it('can be written while one folder can, and names the reason of one that cannot', async () => {
    freeBytes.set('a', 1000).set('b', 1000)
    // Both lie on one file system, whose room counts once.
    expect(await storeOf({ a: 200, b: 100 }).probe()).toEqual({ writable: true, freeBytes: 1000 })
    rmSync(join(root, 'a'), { recursive: true })
    breakFolder('a')
    expect(await storeOf({ a: 200, b: 100 }).probe()).toMatchObject({ writable: true, reason: expect.any(String) })
    rmSync(join(root, 'b'), { recursive: true })
    breakFolder('b')
    expect(await storeOf({ a: 200, b: 100 }).probe()).toMatchObject({ writable: false })
  })

  it('takes a folder that is named twice for one', async () => {
    const path = join(root, 'a')
    const folders = [path, `${path}/`].map((name) => ({ path: name, priority: 1 }))
    const store = new FilesystemStore({ id: 'file', folders, description: null, weight: 0, sparse: true })
    await put(store, newId(), [Buffer.from('x')])
    expect(await listing(store)).toHaveLength(1)
    expect(store.detail()).toMatchObject({ data_dir: path })
    expect(existsSync(path)).toBe(true)
  })
})
