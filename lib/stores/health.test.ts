import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { apiError } from '@/lib/errors/api-error'
import { newId } from '@/lib/runtime/ids'
import { metrics } from '@/lib/runtime/metrics'
import { hasCode, put } from './conformance'
import { MemoryStore } from './drivers/memory'
import { type GuardedStore, guardStore } from './guard'
import type { BlobWriter, OpenWriterOptions, ProbeResult } from './store'

const signal = new AbortController().signal
const well: ProbeResult = { writable: true, freeBytes: 5 }

/** A store whose probes and writes end as a test says. */
class SickStore extends MemoryStore {
  probes = 0
  next: ProbeResult | Promise<ProbeResult> = well
  failure: Error | undefined

  override async probe(): Promise<ProbeResult> {
    this.probes += 1
    return await this.next
  }

  override async openWriter(imageId: string, options: OpenWriterOptions): Promise<BlobWriter> {
    if (this.failure !== undefined) throw this.failure
    return await super.openWriter(imageId, options)
  }
}

describe('the health of a store', () => {
  let sick: SickStore
  let store: GuardedStore
  beforeEach(() => {
    sick = new SickStore(newId())
    store = guardStore(sick)
  })
  afterEach(() => vi.useRealTimers())

  const begin = () => store.openWriter(newId(), { attemptId: newId(), signal })
  const up = async () => {
    const { values } = await metrics().storeUp.get()
    return values.find(({ labels }) => labels.store === sick.id)?.value
  }

  it('is unknown before the first probe, and calls are tried', async () => {
    expect(store.health.state).toBe('unknown')
    await put(store, newId(), [Buffer.from('x')])
  })

  it('answers 410 for a store that only another configuration can open, and opens it when that was done', async () => {
    sick.next = { writable: false, reason: 'no folder', isMisconfigured: true }
    await store.check()
    expect(store.health).toMatchObject({ state: 'read-only', reason: 'no folder' })
    await expect(store.assertWritable()).rejects.toSatisfy(hasCode('store_add_disabled'))
    await expect(begin()).rejects.toSatisfy(hasCode('store_add_disabled'))
    expect(await up()).toBe(0)
    sick.next = well
    await store.check()
    expect(store.health).toMatchObject({ state: 'writable', freeBytes: 5 })
    expect(store.health.reason).toBeUndefined()
    expect(await up()).toBe(1)
    await put(store, newId(), [Buffer.from('x')])
  })

  it('answers 503 with the reason for a store that was lost, whatever it was lost by', async () => {
    await store.check()
    for (const isMisconfigured of [false, true]) {
      sick.next = { writable: false, reason: 'gone', isMisconfigured }
      await store.check()
      await expect(begin()).rejects.toMatchObject({ code: 'store_unavailable', message: 'gone' })
    }
  })

  it('counts each change once', async () => {
    const changes = async () => {
      const { values } = await metrics().storeChanges.get()
      return values.filter(({ labels }) => labels.store === sick.id).map(({ labels, value }) => [labels.to, value])
    }
    await store.check()
    sick.next = { writable: false, reason: 'gone' }
    for (let round = 0; round < 3; round++) await store.check()
    sick.next = well
    await store.check()
    expect(await changes()).toEqual([
      ['read-only', 1],
      ['writable', 1],
    ])
  })

  it('begins nothing after a failed write until a probe has looked', async () => {
    await store.check()
    sick.failure = apiError('store_unavailable', { public: 'EIO' })
    let answer: (result: ProbeResult) => void = () => {}
    sick.next = new Promise((resolve) => {
      answer = resolve
    })
    await expect(begin()).rejects.toMatchObject({ message: 'EIO' })
    expect(store.health).toMatchObject({ state: 'read-only', reason: 'EIO' })
    sick.failure = undefined
    // This one waits for the probe that will clear the store.
    const waiting = begin()
    answer(well)
    await (await waiting).abort()
    expect(store.health.state).toBe('writable')
  })

  it('is not suspected for what is the image’s, or the room’s', async () => {
    await store.check()
    for (const code of ['store_full', 'store_object_exists', 'bad_request'] as const) {
      sick.failure = apiError(code)
      await expect(begin()).rejects.toSatisfy(hasCode(code))
      expect(store.health.state).toBe('writable')
    }
    expect(sick.probes).toBe(1)
  })

  it('is read-only when a probe does not come back, begins no second one, and is well when it does', async () => {
    await store.check()
    vi.useFakeTimers()
    let answer: (result: ProbeResult) => void = () => {}
    sick.next = new Promise((resolve) => {
      answer = resolve
    })
    const checks = [store.check(), store.check()]
    await vi.advanceTimersByTimeAsync(20_000)
    await Promise.all(checks)
    expect(store.health).toMatchObject({ state: 'read-only', reason: expect.stringContaining('does not answer') })
    const refusal = begin().catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(hasCode('store_unavailable')(await refusal)).toBe(true)
    expect(sick.probes).toBe(2)
    answer(well)
    await vi.advanceTimersByTimeAsync(1)
    expect(store.health.state).toBe('writable')
  })

  it('says nothing of an error that was not written for readers', async () => {
    sick.next = Promise.reject(new Error('secret /path'))
    await store.check()
    expect(store.health.reason).toBe(`Store ${sick.id} is unavailable`)
  })
})
