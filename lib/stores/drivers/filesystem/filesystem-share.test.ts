import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '@/lib/runtime/ids'
import { describeStoreConformance, get, hasCode, listing, put, type StoreHarness } from '@/lib/stores/conformance'
import { filePathOf } from '@/lib/stores/location-uri'
import { FilesystemStore, type FilesystemStoreOptions } from './filesystem-store'
import { MARKER_FILE, type MarkerBook } from './share-marker'

const signal = new AbortController().signal
const lost = hasCode('store_unavailable')
const mayMount = canMount()

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-share-'))
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'glimpse-test', folder], { stdio: 'ignore' }).status === 0
  if (isMounted) execFileSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return isMounted
}

/** What a database would remember. */
function bookOf(markers = new Map<string, string>()): MarkerBook {
  const key = (storeId: string, folder: string) => `${storeId} ${folder}`
  return {
    recall: async (storeId, folder) => markers.get(key(storeId, folder)),
    record: async (storeId, folder, marker) => {
      if (!markers.has(key(storeId, folder))) markers.set(key(storeId, folder), marker)
    },
  }
}

const optionsOf = (path: string, more: Partial<FilesystemStoreOptions> = {}): FilesystemStoreOptions => ({
  id: 'share',
  folders: [{ path, priority: 0 }],
  description: null,
  weight: 0,
  sparse: true,
  mount: 'folder',
  markers: bookOf(),
  ...more,
})

interface Opened extends StoreHarness {
  readonly store: FilesystemStore
  readonly folder: string
}

/** Mounts another file system over it. */
async function cover(folder: string): Promise<() => Promise<void>> {
  execFileSync('mount', ['-t', 'tmpfs', 'glimpse-test', folder])
  return async () => void execFileSync('umount', ['-l', folder])
}

/** On a mount of its own where one may be made; else the helper process alone. */
function openOnMount(sizeBytes: number): Opened {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-share-'))
  if (mayMount) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'glimpse-test', folder])
  const { mount: _mount, ...unmounted } = optionsOf(folder, { useHelper: true })
  const store = new FilesystemStore(mayMount ? optionsOf(folder) : unmounted)
  return {
    store,
    folder,
    ...(mayMount && { lose: () => cover(folder) }),
    allocatedBytes: async ({ url }) => statSync(filePathOf(url) ?? '').blocks * 512,
    async close() {
      await store.close()
      if (mayMount) execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true })
    },
  }
}

describe('the whole suite on one mount', () => {
  let roomy: Opened
  beforeAll(() => {
    roomy = openOnMount(128 * 2 ** 20)
  })
  afterAll(() => roomy.close())

  const clear = async () => {
    for (const folder of [join(roomy.folder, '.partial'), roomy.folder]) {
      for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
        if (entry.isFile() && entry.name !== MARKER_FILE) rmSync(join(folder, entry.name))
      }
    }
  }
  describeStoreConformance('filesystem on a mount, through a helper process', {
    open: async (capacityBytes) => {
      if (capacityBytes === undefined) return { ...roomy, close: clear }
      return mayMount ? openOnMount(capacityBytes) : undefined
    },
  })
})

describe.skipIf(!mayMount)('a file store on a mount (needs the right to mount)', () => {
  let root = ''
  /** what is shared, where it is mounted, and another share */
  let [share, folder, other] = ['', '', '']
  const opened: FilesystemStore[] = []

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'glimpse-share-'))
    ;[share, folder, other] = [join(root, 'share'), join(root, 'mnt'), join(root, 'other')]
    for (const path of [share, folder, other]) mkdirSync(path)
  })
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close()
    while (spawnSync('umount', ['-l', folder], { stdio: 'ignore' }).status === 0);
    rmSync(root, { recursive: true })
  })

  const mount = (what = share) => execFileSync('mount', ['--bind', what, folder])
  const vanish = () => execFileSync('umount', ['-l', folder])
  const open = (more: Partial<FilesystemStoreOptions> = {}) => {
    const store = new FilesystemStore(optionsOf(folder, more))
    opened.push(store)
    return store
  }
  const writing = (store: FilesystemStore) => store.openWriter(newId(), { attemptId: newId(), signal })

  it('writes nothing at all when nothing is mounted, and opens by itself when it is', async () => {
    const store = open()
    expect(await store.probe()).toMatchObject({ writable: false, reason: expect.stringContaining('not mounted') })
    await expect(writing(store)).rejects.toSatisfy(lost)
    expect(readdirSync(folder)).toEqual([])
    mount()
    expect(await store.probe()).toMatchObject({ writable: true })
    const location = await put(store, newId(), [Buffer.from('x')])
    expect((await get(store, location)).toString()).toBe('x')
  })

  it('writes nothing to the folder beneath when the mount is lost in the middle, and goes on when it is back', async () => {
    mount()
    const store = open()
    const location = await put(store, newId(), [Buffer.from('kept')])
    const writer = await writing(store)
    await writer.write(Buffer.from('half'))
    vanish()
    await writer.write(Buffer.from('more'))
    await expect(writer.commit()).rejects.toSatisfy(lost)
    await writer.abort()
    await expect(writing(store)).rejects.toSatisfy(lost)
    await expect(store.delete(location)).rejects.toSatisfy(lost)
    await expect(listing(store)).rejects.toSatisfy(lost)
    await expect(store.discardAttempt(newId(), newId(), { keepCommitted: false })).rejects.toSatisfy(lost)
    // Not missing: only out of reach.
    await expect(store.stat(location)).rejects.toSatisfy(lost)
    await expect(store.openReader(location, { signal })).rejects.toSatisfy(lost)
    expect(await store.probe()).toMatchObject({ writable: false })
    expect(readdirSync(folder)).toEqual([])
    mount()
    expect(await store.probe()).toMatchObject({ writable: true })
    expect((await get(store, location)).toString()).toBe('kept')
    await put(store, newId(), [Buffer.from('x')])
    // The upload that was cut left nothing on the share either: its folder was held open.
    expect((await listing(store)).map(({ state }) => state)).toEqual(['committed', 'committed'])
  })

  it('does not say stored when the mount is lost and another one of the same share lies there', async () => {
    mount()
    const store = open()
    const writer = await writing(store)
    await writer.write(Buffer.from('half'))
    vanish()
    mount()
    await expect(writer.commit()).rejects.toSatisfy(lost)
    await writer.abort()
    expect(await listing(store)).toEqual([])
  })

  it('leaves another share alone that is mounted in its place, also after a restart', async () => {
    const markers = bookOf()
    mount()
    const location = await put(open({ markers }), newId(), [Buffer.from('x')])
    vanish()
    mount(other)
    const restarted = open({ markers })
    for (const store of opened) {
      expect(await store.probe()).toMatchObject({ writable: false, reason: expect.stringContaining('another share') })
      await expect(writing(store)).rejects.toSatisfy(lost)
      await expect(store.delete(location)).rejects.toSatisfy(lost)
    }
    expect(readdirSync(other)).toEqual([])
    vanish()
    mount()
    expect(await restarted.probe()).toMatchObject({ writable: true })
  })

  it('knows its share by the marker alone when nobody remembers it, and never takes another store’s', async () => {
    mount()
    expect(await open().probe()).toMatchObject({ writable: true })
    const marker = readFileSync(join(share, MARKER_FILE), 'utf8')
    expect(await open().probe()).toMatchObject({ writable: true })
    expect(readFileSync(join(share, MARKER_FILE), 'utf8')).toBe(marker)
    expect(await open({ id: 'second' }).probe()).toMatchObject({ writable: false })
    writeFileSync(join(share, MARKER_FILE), 'not a marker')
    for (const store of opened) expect(await store.probe()).toMatchObject({ writable: false })
    expect(readFileSync(join(share, MARKER_FILE), 'utf8')).toBe('not a marker')
  })

  it('takes a folder below the mount, and makes it only on the share', async () => {
    const store = open({ folders: [{ path: join(folder, 'deep/images'), priority: 0 }], mount: folder })
    expect(await store.probe()).toMatchObject({ writable: false })
    expect(readdirSync(folder)).toEqual([])
    mount()
    const imageId = newId()
    const { url } = await put(store, imageId, [Buffer.from('x')])
    expect(url).toBe(`file://${join(folder, 'deep/images', imageId)}`)
    expect(readFileSync(join(share, 'deep/images', imageId), 'utf8')).toBe('x')
    vanish()
    mount(other)
    await expect(writing(store)).rejects.toSatisfy(lost)
    expect(readdirSync(other)).toEqual([])
  })

  it('is read-only while the mount is, and reads go on', async () => {
    mount()
    const store = open()
    const location = await put(store, newId(), [Buffer.from('x')])
    execFileSync('mount', ['-o', 'remount,bind,ro', folder])
    await expect(writing(store)).rejects.toSatisfy(hasCode('store_denied'))
    expect(await store.probe()).toMatchObject({ writable: false, reason: expect.stringContaining('read-only') })
    expect((await get(store, location)).toString()).toBe('x')
    execFileSync('mount', ['-o', 'remount,bind,rw', folder])
    expect(await store.probe()).toMatchObject({ writable: true })
  })
})
