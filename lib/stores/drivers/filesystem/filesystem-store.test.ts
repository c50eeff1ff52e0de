import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '@/lib/runtime/ids'
import { describeStoreConformance, get, hasCode, listing, put, type StoreHarness } from '@/lib/stores/conformance'
import { filePathOf } from '@/lib/stores/location-uri'
import { FilesystemStore } from './filesystem-store'
import type { FolderSettings } from './folder-choice'

const signal = new AbortController().signal
const optionsOf = (...folders: FolderSettings['folders']) => ({
  id: 'file',
  folders,
  description: null,
  weight: 0,
  sparse: true,
})
const options = (path: string) => optionsOf({ path, priority: 0 })

/** A memory file system of a given size, where this process may mount one. */
function mountTmpfs(folder: string, sizeBytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'glimpse-test', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function openHarness(capacityBytes?: number): Promise<StoreHarness | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-store-'))
  const isMounted = capacityBytes !== undefined && mountTmpfs(folder, capacityBytes)
  const close = async () => {
    if (isMounted) execFileSync('umount', [folder])
    rmSync(folder, { recursive: true })
  }
  if (capacityBytes !== undefined && !isMounted) {
    await close()
    return undefined
  }
  return {
    store: new FilesystemStore(options(join(folder, 'images'))),
    lose: async () => loseFolders([join(folder, 'images')]),
    allocatedBytes: async (location) => statSync(filePathOf(location.url) ?? '').blocks * 512,
    close,
  }
}

/** A file lies where each folder was. */
function loseFolders(paths: readonly string[]): () => Promise<void> {
  for (const path of paths) {
    renameSync(path, `${path}.away`)
    writeFileSync(path, '')
  }
  return async () => {
    for (const path of paths) {
      rmSync(path)
      renameSync(`${path}.away`, path)
    }
  }
}

/** Two folders of one priority, each on a file system of its own when the room is limited. */
async function openHarnessOfTwo(capacityBytes?: number): Promise<StoreHarness | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-store-'))
  const paths = [join(folder, 'a'), join(folder, 'b')]
  const mounted: string[] = []
  const close = async () => {
    for (const path of mounted) execFileSync('umount', [path])
    rmSync(folder, { recursive: true })
  }
  for (const path of capacityBytes === undefined ? [] : paths) {
    mkdirSync(path)
    if (mountTmpfs(path, capacityBytes ?? 0)) mounted.push(path)
  }
  if (capacityBytes !== undefined && mounted.length < paths.length) {
    await close()
    return undefined
  }
  return {
    store: new FilesystemStore(optionsOf(...paths.map((path) => ({ path, priority: 1 })))),
    lose: async () => loseFolders(paths),
    allocatedBytes: async (location) => statSync(filePathOf(location.url) ?? '').blocks * 512,
    close,
  }
}

describeStoreConformance('filesystem', { open: openHarness })
describeStoreConformance('filesystem with two folders', { open: openHarnessOfTwo })

describe('FilesystemStore', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'glimpse-store-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('names the file and its URL by the image id, as Glance does, and leaves nothing else', async () => {
    const store = new FilesystemStore(options(join(folder, 'images')))
    const imageId = newId()
    const location = await put(store, imageId, [Buffer.from('bytes')])
    expect(location).toEqual({ storeId: 'file', url: `file://${join(folder, 'images', imageId)}` })
    expect(readdirSync(join(folder, 'images')).sort()).toEqual(['.partial', imageId].sort())
    expect(readdirSync(join(folder, 'images', '.partial'))).toEqual([])
  })

  it('reads a file that Glance wrote', async () => {
    const store = new FilesystemStore(options(folder))
    const imageId = newId()
    writeFileSync(join(folder, imageId), 'from glance')
    expect((await get(store, { storeId: 'file', url: `file://${folder}/${imageId}` })).toString()).toBe('from glance')
    expect((await get(store, { storeId: 'file', url: `filesystem://${folder}/${imageId}` })).toString()).toBe(
      'from glance',
    )
  })

  it('gives the finished file the configured permissions and lets others reach it', async () => {
    const path = join(folder, 'images')
    const store = new FilesystemStore({ ...options(path), filePermissions: 0o644 })
    const location = await put(store, newId(), [Buffer.from('x')])
    expect(statSync(filePathOf(location.url) ?? '').mode & 0o777).toBe(0o644)
    expect(statSync(path).mode & 0o011).toBe(0o011)
  })

  it('writes zeros out when thin provisioning is off', async () => {
    const store = new FilesystemStore({ ...options(folder), sparse: false })
    const writer = await store.openWriter(newId(), { attemptId: newId(), signal })
    await writer.skip(3 * 1024 * 1024 + 5)
    const location = await writer.commit()
    const status = statSync(filePathOf(location.url) ?? '')
    expect(status.size).toBe(3 * 1024 * 1024 + 5)
    expect(status.blocks * 512).toBeGreaterThanOrEqual(3 * 1024 * 1024)
  })

  it('refuses ids and locations that lead out of its folder', async () => {
    const store = new FilesystemStore(options(folder))
    await expect(store.openWriter('../evil', { attemptId: newId(), signal })).rejects.toThrow()
    for (const url of [`file://${folder}/../secret`, `file://${folder}/a/b`, `file://${folder}/.partial`, 'rbd://x']) {
      await expect(store.stat({ storeId: 'file', url })).rejects.toSatisfy(hasCode('store_object_missing'))
    }
  })

  it('ignores files of others in its listing of attempts', async () => {
    const store = new FilesystemStore(options(folder))
    await put(store, newId(), [Buffer.from('x')])
    writeFileSync(join(folder, '.partial', 'README'), 'foreign')
    expect((await listing(store)).map((blob) => blob.state)).toEqual(['committed'])
  })

  it('says store_unavailable and puts nothing in the bare folder when its file system is gone', async (context) => {
    if (!mountTmpfs(folder, 8 * 1024 * 1024)) return context.skip('needs the right to mount')
    const store = new FilesystemStore(options(folder))
    const location = await put(store, newId(), [Buffer.from('x')])
    const writer = await store.openWriter(newId(), { attemptId: newId(), signal })
    await writer.write(Buffer.from('half'))
    execFileSync('umount', ['-l', folder])
    await expect(writer.commit()).rejects.toSatisfy(hasCode('store_unavailable'))
    await writer.abort()
    await expect(store.openWriter(newId(), { attemptId: newId(), signal })).rejects.toSatisfy(
      hasCode('store_unavailable'),
    )
    await expect(store.delete(location)).rejects.toSatisfy(hasCode('store_unavailable'))
    expect(await store.probe()).toMatchObject({ writable: false })
    expect(readdirSync(folder)).toEqual([])
  })

  it('says that it cannot be written when its folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    const store = new FilesystemStore(options(join(folder, 'file', 'images')))
    expect(await store.probe()).toMatchObject({ writable: false })
  })

  it('says store_denied on a read-only file system', async (context) => {
    if (!mountTmpfs(folder, 8 * 1024 * 1024)) return context.skip('needs the right to mount')
    try {
      const store = new FilesystemStore(options(folder))
      const location = await put(store, newId(), [Buffer.from('x')])
      execFileSync('mount', ['-o', 'remount,ro', folder])
      await expect(store.openWriter(newId(), { attemptId: newId(), signal })).rejects.toSatisfy(hasCode('store_denied'))
      expect(await store.probe()).toMatchObject({ writable: false })
      expect((await get(store, location)).toString()).toBe('x')
    } finally {
      execFileSync('umount', [folder])
    }
  })

  it('finds its blobs again after the folder was moved away and back', async () => {
    const path = join(folder, 'images')
    chmodSync(folder, 0o755)
    const store = new FilesystemStore(options(path))
    const location = await put(store, newId(), [Buffer.from('x')])
    renameSync(path, `${path}.away`)
    await expect(store.stat(location)).rejects.toSatisfy(hasCode('store_object_missing'))
    renameSync(`${path}.away`, path)
    expect(existsSync(path)).toBe(true)
    expect(await store.stat(location)).toEqual({ sizeBytes: 1 })
  })
})

describe('attempts that are written in several sittings', () => {
  let folder: string
  let store: FilesystemStore
  const ids = { imageId: newId(), attemptId: newId() }
  const { imageId, attemptId } = ids
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'glimpse-resume-'))
    store = new FilesystemStore(options(join(folder, 'images')))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  async function resume(offsetBytes: number) {
    const { resuming } = store
    if (resuming === undefined) throw new Error('the store cannot go on with attempts')
    return await resuming.resumeWriter(imageId, { attemptId, offsetBytes, signal })
  }

  it('become the blob that one sitting would have written, holes at every seam included', async () => {
    const first = await resume(0)
    await first.write(Buffer.from('first'))
    await first.skip(100_000)
    await first.flush()
    await first.pause()
    const second = await resume(100_005)
    await second.skip(50_000)
    await second.write(Buffer.from('second'))
    await second.flush()
    await second.pause()
    const third = await resume(150_011)
    await third.skip(10)
    const location = await third.commit()
    await third.settle()
    const bytes = await get(store, location)
    const expected = Buffer.concat([
      Buffer.from('first'),
      Buffer.alloc(150_000),
      Buffer.from('second'),
      Buffer.alloc(10),
    ])
    expect(bytes.equals(expected)).toBe(true)
  })

  it('lose what a dead writer left behind the offset, so that a hole there is one', async () => {
    const dead = await resume(0)
    await dead.write(Buffer.alloc(300_000, 0xff))
    await dead.pause()
    const next = await resume(1000)
    await next.skip(299_000)
    const bytes = await get(store, await next.commit())
    expect(bytes.equals(Buffer.concat([Buffer.alloc(1000, 0xff), Buffer.alloc(299_000)]))).toBe(true)
  })

  it('take back a commit that nobody recorded, but no blob of another attempt', async () => {
    const dead = await resume(0)
    await dead.write(Buffer.from('unrecorded'))
    await dead.commit()
    const next = await resume(2)
    expect((await listing(store)).map(({ state }) => state)).toEqual(['partial'])
    await next.write(Buffer.from('!'))
    expect((await get(store, await next.commit())).toString()).toBe('un!')
    await store.discardAttempt(imageId, attemptId, { keepCommitted: false })
    const foreign = await put(store, imageId, [Buffer.from('another')])
    await (await resume(0)).pause()
    expect((await get(store, foreign)).toString()).toBe('another')
  })

  it('say that they are gone when their bytes are', async () => {
    expect(await store.resuming?.holdsAttempt(imageId, attemptId)).toBe(false)
    await expect(resume(1)).rejects.toSatisfy(hasCode('store_object_missing'))
    await (await resume(0)).pause()
    expect(await store.resuming?.holdsAttempt(imageId, attemptId)).toBe(true)
  })

  it('are not offered where nobody remembers which folder has them', () => {
    const two = optionsOf({ path: join(folder, 'a'), priority: 0 }, { path: join(folder, 'b'), priority: 0 })
    expect(new FilesystemStore(two).resuming).toBeUndefined()
  })
})

describe('a file that a store takes over', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'glimpse-adopt-'))
    path = join(folder, 'staged')
    writeFileSync(path, 'staged bytes')
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const how = () => ({ attemptId: newId(), signal })

  it('is its blob without a byte copied, and outlives its former name', async () => {
    const store = new FilesystemStore({ ...options(join(folder, 'images')), filePermissions: 0o644 })
    const imageId = newId()
    const writer = await store.adoptFile(imageId, path, how())
    const location = await writer?.commit()
    await writer?.settle()
    if (location === undefined) throw new Error('the file was not taken over')
    expect(statSync(filePathOf(location.url) ?? '').ino).toBe(statSync(path).ino)
    rmSync(path)
    expect((await get(store, location)).toString()).toBe('staged bytes')
    expect(await listing(store)).toHaveLength(1)
  })

  it('leaves nothing after an abort but the file itself', async () => {
    const store = new FilesystemStore(options(join(folder, 'images')))
    const writer = await store.adoptFile(newId(), path, how())
    await writer?.commit()
    await writer?.abort()
    expect(await listing(store)).toEqual([])
    expect(existsSync(path)).toBe(true)
  })

  it('is copied by others: where holes are written out, from another file system, from several folders', async (context) => {
    const imageId = newId()
    const dense = new FilesystemStore({ ...options(join(folder, 'dense')), sparse: false })
    expect(await dense.adoptFile(imageId, path, how())).toBeUndefined()
    const two = optionsOf({ path: join(folder, 'a'), priority: 0 }, { path: join(folder, 'b'), priority: 0 })
    expect(await new FilesystemStore(two).adoptFile(imageId, path, how())).toBeUndefined()
    const other = join(folder, 'other')
    mkdirSync(other)
    if (!mountTmpfs(other, 1024 * 1024)) return context.skip('no file system can be mounted here')
    try {
      const elsewhere = new FilesystemStore(options(join(other, 'images')))
      expect(await elsewhere.adoptFile(imageId, path, how())).toBeUndefined()
      expect(await listing(elsewhere)).toEqual([])
    } finally {
      execFileSync('umount', [other])
    }
  })
})
