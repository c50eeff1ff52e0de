import { createHash, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isApiError } from '@/lib/errors/api-error'
import { newId } from '@/lib/runtime/ids'
import type { BlobLocation, BlobReader, Store, StoredBlob } from './store'

export interface StoreHarness {
  readonly store: Store
  /** bytes that the blob takes on the medium; only for sparse stores */
  allocatedBytes?(location: BlobLocation): Promise<number>
  /** Takes the back end away, as an outage would; what it returns brings it back with all that it held. */
  lose?(): Promise<() => Promise<void>>
  close(): Promise<void>
}

export interface ConformanceOptions {
  /** `capacityBytes` asks for a store that has room for about that much; undefined when the store cannot be limited */
  readonly open: (capacityBytes?: number) => Promise<StoreHarness | undefined>
}

const KiB = 1024
const MiB = 1024 * KiB
const signal = new AbortController().signal

export interface ReadHarness {
  readonly store: Store
  /** Puts a blob into the store, by whatever means it has. */
  seed(bytes: Buffer): Promise<BlobLocation>
  close(): Promise<void>
}

/** What every store driver must do that gives bytes, also one that takes none. */
export function describeReadConformance(name: string, open: () => Promise<ReadHarness>): void {
  describe(`store conformance, reading: ${name}`, () => {
    let store: Store
    let seed: ReadHarness['seed']
    let close: ReadHarness['close']

    beforeEach(async () => {
      const harness = await open()
      store = harness.store
      seed = (bytes) => harness.seed(bytes)
      close = () => harness.close()
    })
    afterEach(() => close())

    it('gives back what was written, in chunks of any size, and its size', async () => {
      const bytes = randomBytes(3 * MiB + 17)
      const location = await seed(bytes)
      expect(await store.stat(location)).toEqual({ sizeBytes: bytes.byteLength })
      expect(digest(await get(store, location))).toBe(digest(bytes))
    })

    it('reads ranges, over chunk seams and up to the end', async () => {
      const bytes = randomBytes(2 * MiB + 100)
      const location = await seed(bytes)
      const cases = [
        { offset: 0, length: 1 },
        { offset: MiB - 3, length: 7 },
        { offset: 2 * MiB + 99, length: 1 },
        { offset: 2 * MiB },
        { offset: 5, length: 100 * MiB },
      ]
      for (const range of cases) {
        const expected = bytes.subarray(range.offset, range.offset + (range.length ?? bytes.byteLength))
        const actual = await get(store, location, range)
        expect(actual.equals(expected)).toBe(true)
      }
    })

    it('serves several readers at once', async () => {
      const bytes = randomBytes(4 * MiB)
      const location = await seed(bytes)
      const all = await Promise.all(Array.from({ length: 8 }, () => get(store, location)))
      for (const read of all) expect(digest(read)).toBe(digest(bytes))
    })

    it('serves the same bytes as a Node stream', async () => {
      const bytes = randomBytes(2 * MiB + 5)
      const location = await seed(bytes)
      const reader = await store.openReader(location, { offset: 3, signal })
      const chunks: Buffer[] = []
      for await (const chunk of reader.stream()) chunks.push(chunk)
      expect(Buffer.concat(chunks).equals(bytes.subarray(3))).toBe(true)
    })

    it('refuses locations that are not its own', async () => {
      const foreign = { storeId: store.id, url: 'file:///etc/passwd' }
      await expect(store.openReader(foreign, { signal })).rejects.toSatisfy(hasCode('store_object_missing'))
    })
  })
}

/** What every store driver must do that takes bytes too; each driver's test file runs it. */
export function describeStoreConformance(name: string, options: ConformanceOptions): void {
  describeReadConformance(name, async () => {
    const harness = await options.open()
    if (harness === undefined) throw new Error('the store did not open')
    const { store } = harness
    // Pieces of an odd length, so that none ends where the store's own would.
    const seed = (bytes: Buffer) => put(store, newId(), pieces(bytes, 700 * KiB + 1))
    return { store, seed, close: () => harness.close() }
  })

  describe(`store conformance: ${name}`, () => {
    let harness: StoreHarness
    let store: Store

    beforeEach(async () => {
      const opened = await options.open()
      if (opened === undefined) throw new Error('the store did not open')
      harness = opened
      store = opened.store
    })
    afterEach(() => harness.close())

    it('takes an empty blob', async () => {
      const location = await put(store, newId(), [])
      expect(await store.stat(location)).toEqual({ sizeBytes: 0 })
      expect(await get(store, location)).toHaveLength(0)
    })

    it('shows nothing of a blob before its commit', async () => {
      const imageId = newId()
      const writer = await store.openWriter(imageId, { attemptId: newId(), signal })
      await writer.write(randomBytes(64 * KiB))
      expect((await listing(store)).filter((blob) => blob.state === 'committed')).toEqual([])
      const location = await writer.commit()
      await writer.settle()
      expect((await listing(store)).map((blob) => blob.state)).toEqual(['committed'])
      expect(await store.stat(location)).toEqual({ sizeBytes: 64 * KiB })
    })

    it('names an unfinished attempt in its listing and discards it by name, as another process would', async () => {
      const imageId = newId()
      const attemptId = newId()
      const writer = await store.openWriter(imageId, { attemptId, signal })
      await writer.write(randomBytes(64 * KiB))
      expect(await listing(store)).toMatchObject([{ state: 'partial', imageId, attemptId }])
      await store.discardAttempt(imageId, attemptId, { keepCommitted: false })
      expect(await listing(store)).toEqual([])
      await store.discardAttempt(imageId, attemptId, { keepCommitted: false })
      await writer.abort()
    })

    it('discards a committed blob that nobody recorded, and keeps one that somebody did', async () => {
      for (const keepCommitted of [false, true]) {
        const imageId = newId()
        const attemptId = newId()
        const writer = await store.openWriter(imageId, { attemptId, signal })
        await writer.write(Buffer.from('bytes'))
        await writer.commit()
        await store.discardAttempt(imageId, attemptId, { keepCommitted })
        expect((await listing(store)).map((blob) => blob.state)).toEqual(keepCommitted ? ['committed'] : [])
      }
    })

    it('never discards the blob of another attempt', async () => {
      const imageId = newId()
      const location = await put(store, imageId, [Buffer.from('theirs')])
      await store.discardAttempt(imageId, newId(), { keepCommitted: false })
      const writer = await store.openWriter(imageId, { attemptId: newId(), signal })
      await writer.write(Buffer.from('ours'))
      await expect(writer.commit()).rejects.toSatisfy(hasCode('store_object_exists'))
      await writer.abort()
      expect((await get(store, location)).toString()).toBe('theirs')
      expect(await listing(store)).toHaveLength(1)
    })

    it('leaves nothing after an abort, however often it is called', async () => {
      const writer = await store.openWriter(newId(), { attemptId: newId(), signal })
      await writer.write(randomBytes(MiB))
      await writer.abort()
      await writer.abort()
      expect(await listing(store)).toEqual([])
    })

    it('leaves nothing after an abort that follows the commit', async () => {
      const writer = await store.openWriter(newId(), { attemptId: newId(), signal })
      await writer.write(randomBytes(MiB))
      const location = await writer.commit()
      await writer.abort()
      await writer.abort()
      expect(await listing(store)).toEqual([])
      await expect(store.stat(location)).rejects.toSatisfy(hasCode('store_object_missing'))
    })

    it('an abort after the attempt was discarded spares the blob of a later attempt', async () => {
      const imageId = newId()
      const attemptId = newId()
      const first = await store.openWriter(imageId, { attemptId, signal })
      await first.write(Buffer.from('first'))
      await first.commit()
      await store.discardAttempt(imageId, attemptId, { keepCommitted: false })
      const location = await put(store, imageId, [Buffer.from('second')])
      await first.abort()
      expect((await get(store, location)).toString()).toBe('second')
    })

    it('stores skipped runs as zeros, at the start, between and at the end', async () => {
      const data = randomBytes(64 * KiB)
      const writer = await store.openWriter(newId(), { attemptId: newId(), signal })
      await writer.skip(3 * MiB)
      await writer.write(data)
      await writer.skip(4 * MiB)
      await writer.write(data)
      await writer.skip(2 * MiB + 1)
      const location = await writer.commit()
      const expected = Buffer.alloc(9 * MiB + 1 + 2 * data.byteLength)
      data.copy(expected, 3 * MiB)
      data.copy(expected, 7 * MiB + data.byteLength)
      expect(digest(await get(store, location))).toBe(digest(expected))
      if (store.capabilities.sparse && harness.allocatedBytes !== undefined) {
        expect(await harness.allocatedBytes(location)).toBeLessThanOrEqual(3 * data.byteLength)
      }
    })

    it('keeps the length of a blob that is nothing but a hole', async () => {
      const writer = await store.openWriter(newId(), { attemptId: newId(), signal })
      await writer.skip(5 * MiB)
      const location = await writer.commit()
      expect(await store.stat(location)).toEqual({ sizeBytes: 5 * MiB })
    })

    it('gives whole old bytes or an error when the blob is deleted while it is read, never other bytes', async () => {
      const bytes = randomBytes(3 * MiB)
      const location = await put(store, newId(), [bytes])
      const reader = await store.openReader(location, { signal })
      const target = Buffer.alloc(MiB)
      expect(await reader.readInto(target)).toBe(MiB)
      await store.delete(location)
      try {
        const rest = await drain(reader)
        expect(rest.equals(bytes.subarray(MiB))).toBe(true)
      } catch (error) {
        expect(hasCode('store_object_missing', 'store_unavailable')(error)).toBe(true)
      } finally {
        await reader.close()
      }
    })

    it('deletes, and deletes again without complaint', async () => {
      const location = await put(store, newId(), [Buffer.from('x')])
      await store.delete(location)
      await store.delete(location)
      await expect(store.stat(location)).rejects.toSatisfy(hasCode('store_object_missing'))
      await expect(store.openReader(location, { signal })).rejects.toSatisfy(hasCode('store_object_missing'))
      expect(await listing(store)).toEqual([])
    })

    it('stops writing when the signal aborts, and leaves nothing after the abort that follows', async () => {
      const controller = new AbortController()
      const writer = await store.openWriter(newId(), { attemptId: newId(), signal: controller.signal })
      await writer.write(randomBytes(MiB))
      controller.abort()
      await expect(writer.write(randomBytes(MiB))).rejects.toThrow()
      await writer.abort()
      expect(await listing(store)).toEqual([])
    })

    it('says store_full when there is no room, and takes smaller blobs after the abort', async (context) => {
      const small = await options.open(4 * MiB)
      if (small === undefined) return context.skip('the room of this store cannot be limited here')
      try {
        const writer = await small.store.openWriter(newId(), { attemptId: newId(), signal })
        const fill = async () => {
          for (let index = 0; index < 8; index++) await writer.write(randomBytes(MiB))
          await writer.commit()
        }
        await expect(fill()).rejects.toSatisfy(hasCode('store_full'))
        await writer.abort()
        expect(await listing(small.store)).toEqual([])
        const location = await put(small.store, newId(), [randomBytes(2 * MiB)])
        expect(await small.store.stat(location)).toEqual({ sizeBytes: 2 * MiB })
      } finally {
        await small.close()
      }
    })

    it.each([
      { title: 'as many bytes as were announced', announced: MiB },
      { title: 'fewer bytes than were announced', announced: 2 * MiB },
      { title: 'more bytes than were announced', announced: 64 * KiB },
      { title: 'bytes where none were announced', announced: 0 },
    ])('never takes $title for anything but what came', async ({ announced }) => {
      const imageId = newId()
      const bytes = randomBytes(MiB)
      const writer = await store.openWriter(imageId, { attemptId: newId(), sizeBytes: announced, signal })
      const commit = async () => {
        await writer.write(bytes)
        return await writer.commit()
      }
      try {
        const location = await commit()
        expect(await store.stat(location)).toEqual({ sizeBytes: MiB })
        expect(digest(await get(store, location))).toBe(digest(bytes))
      } catch (error) {
        // A store that has to know the size before may refuse.
        expect(isApiError(error) && announced !== MiB).toBe(true)
      }
      await writer.abort()
      expect(await listing(store)).toEqual([])
    })

    it('says what is wrong while its back end is lost, and goes on when it is back', async (context) => {
      if (harness.lose === undefined) return context.skip('this store has no back end to lose')
      const location = await put(store, newId(), [Buffer.from('kept')])
      const half = await store.openWriter(newId(), { attemptId: newId(), signal })
      await half.write(Buffer.from('half'))
      const bringBack = await harness.lose()
      const isLost = hasCode('store_unavailable', 'store_denied')
      const startedAt = performance.now()
      expect(await store.probe()).toMatchObject({ writable: false, reason: expect.any(String) })
      await expect(put(store, newId(), [Buffer.from('x')])).rejects.toSatisfy(isLost)
      await expect(half.commit()).rejects.toSatisfy(isLost)
      await half.abort()
      await expect(store.openReader(location, { signal })).rejects.toSatisfy(isLost)
      await expect(store.delete(location)).rejects.toSatisfy(isLost)
      await expect(listing(store)).rejects.toSatisfy(isLost)
      expect(performance.now() - startedAt).toBeLessThan(30_000)
      await bringBack()
      expect(await store.probe()).toMatchObject({ writable: true })
      expect((await get(store, location)).toString()).toBe('kept')
      await put(store, newId(), [Buffer.from('x')])
    })

    it('says that it can be written', async () => {
      expect(await store.probe()).toMatchObject({ writable: true })
    })
  })
}

export function hasCode(...codes: string[]): (error: unknown) => boolean {
  return (error) => isApiError(error) && codes.includes(error.code)
}

export async function put(store: Store, imageId: string, chunks: Iterable<Uint8Array>): Promise<BlobLocation> {
  const writer = await store.openWriter(imageId, { attemptId: newId(), signal })
  for (const chunk of chunks) await writer.write(chunk)
  const location = await writer.commit()
  await writer.settle()
  return location
}

export async function get(
  store: Store,
  location: BlobLocation,
  range: { offset?: number; length?: number } = {},
): Promise<Buffer> {
  const reader = await store.openReader(location, { ...range, signal })
  try {
    const bytes = await drain(reader)
    expect(bytes.byteLength).toBe(reader.sizeBytes)
    return bytes
  } finally {
    await reader.close()
  }
}

export async function listing(store: Store): Promise<StoredBlob[]> {
  const blobs: StoredBlob[] = []
  for await (const blob of store.list({ signal })) blobs.push(blob)
  return blobs
}

async function drain(reader: BlobReader): Promise<Buffer> {
  const chunks: Buffer[] = []
  const target = Buffer.alloc(300 * KiB)
  for (;;) {
    const length = await reader.readInto(target)
    if (length === 0) return Buffer.concat(chunks)
    chunks.push(Buffer.from(target.subarray(0, length)))
  }
}

function* pieces(bytes: Buffer, sizeBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes)
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
