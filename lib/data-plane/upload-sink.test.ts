import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '@/lib/runtime/ids'
import { get } from '@/lib/stores/conformance'
import { MemoryStore } from '@/lib/stores/drivers/memory'
import type { BlobWriter, Store } from '@/lib/stores/store'
import { DigestPool, SLOT_BYTES } from './digests'
import { UploadSink } from './upload-sink'

const signal = new AbortController().signal
const MiB = 1024 * 1024
const SLOTS = 4

describe('UploadSink', () => {
  let pool: DigestPool
  let store: Store
  beforeAll(() => {
    pool = new DigestPool(2, SLOTS)
  })
  afterAll(() => pool.close())
  beforeEach(() => {
    store = new MemoryStore('memory')
  })

  async function openSink(options: { writer?: BlobWriter; inspect?: (bytes: Uint8Array, position: number) => void }) {
    const writer = options.writer ?? (await store.openWriter(newId(), { attemptId: newId(), signal }))
    const digests = [pool.start('md5'), pool.start('sha512')]
    const failures: unknown[] = []
    const sink = new UploadSink({
      pool,
      writer,
      digests,
      inspect: options.inspect ?? (() => {}),
      onFailure: (error) => failures.push(error),
    })
    return { sink, writer, digests, failures }
  }

  it('stores, hashes and shows every byte once and in order, whatever the size of the chunks', async () => {
    for (const chunkBytes of [1_000, 65_536, 3 * MiB + 1]) {
      const bytes = randomBytes(7 * MiB + 12_345)
      bytes.fill(0, MiB, 4 * MiB)
      const seen = createHash('md5')
      let seenBytes = 0
      const { sink, writer, digests } = await openSink({
        inspect: (piece, position) => {
          expect(position).toBe(seenBytes)
          seenBytes += piece.byteLength
          seen.update(piece)
        },
      })
      for (let at = 0; at < bytes.byteLength; at += chunkBytes) await sink.push(bytes.subarray(at, at + chunkBytes))
      await sink.finish()
      const location = await writer.commit()
      const md5 = createHash('md5').update(bytes).digest('hex')
      expect(seen.digest('hex')).toBe(md5)
      expect(await Promise.all(digests.map((digest) => digest.finish()))).toEqual([
        md5,
        createHash('sha512').update(bytes).digest('hex'),
      ])
      expect((await get(store, location)).equals(bytes)).toBe(true)
      expect(sink.receivedBytes).toBe(bytes.byteLength)
      expect(pool.freeSlots).toBe(SLOTS)
    }
  })

  it('lets many uploads share few slots, and none wait for a client that sends nothing', async () => {
    const slow = await Promise.all(Array.from({ length: SLOTS }, () => openSink({})))
    for (const { sink } of slow) {
      await sink.push(randomBytes(10))
      sink.idle()
    }
    expect(pool.freeSlots).toBe(0)
    const { sink } = await openSink({})
    await sink.push(randomBytes(5 * MiB))
    await sink.finish()
    for (const { sink: other, writer, digests } of slow) {
      await other.push(Buffer.from('!'))
      await other.finish()
      expect(await store.stat(await writer.commit())).toEqual({ sizeBytes: 11 })
      for (const digest of digests) digest.drop()
    }
    expect(pool.freeSlots).toBe(SLOTS)
  })

  it('reports a failing writer at once, refuses further chunks and gives all slots back', async () => {
    const full = new MemoryStore('small', 0, 2 * MiB)
    const writer = await full.openWriter(newId(), { attemptId: newId(), signal })
    const { sink, failures } = await openSink({ writer })
    const fill = async () => {
      for (let index = 0; index < 20; index++) await sink.push(randomBytes(SLOT_BYTES))
      await sink.finish()
    }
    await expect(fill()).rejects.toMatchObject({ code: 'store_full' })
    expect(failures).toHaveLength(1)
    await expect(sink.push(Buffer.from('x'))).rejects.toMatchObject({ code: 'store_full' })
    await sink.stop()
    expect(pool.freeSlots).toBe(SLOTS)
  })

  it('ends when the inspection throws, before the bytes are stored', async () => {
    const { sink, writer, failures } = await openSink({
      inspect: () => {
        throw new Error('refused')
      },
    })
    await sink.push(randomBytes(10))
    await expect(sink.finish()).rejects.toThrow('refused')
    expect(failures).toHaveLength(1)
    await sink.stop()
    expect(await store.stat(await writer.commit())).toEqual({ sizeBytes: 0 })
    expect(pool.freeSlots).toBe(SLOTS)
  })

  it('gives its slots back when it is stopped while it waits for one', async () => {
    const held = await Promise.all(Array.from({ length: SLOTS }, () => pool.take()))
    const { sink } = await openSink({})
    const pushed = expect(sink.push(randomBytes(10))).rejects.toThrow('stopped')
    await sink.stop()
    for (const slot of held) pool.give(slot)
    await pushed
    expect(pool.freeSlots).toBe(SLOTS)
  })

  it('runs again after a hash thread died', async () => {
    const own = new DigestPool(1, 2)
    const digest = own.start('md5')
    const slot = await own.take()
    const update = digest.update(slot.index, 100)
    await own.close()
    await Promise.allSettled([update])
    await expect(digest.finish()).rejects.toMatchObject({ code: 'internal' })
    slot.bytes.write('abc')
    const next = own.start('md5')
    await next.update(slot.index, 3)
    expect(await next.finish()).toBe('900150983cd24fb0d6963f7d28e17f72')
    await own.close()
  })
})
