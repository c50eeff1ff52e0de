import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openTestDatabase, type TestDatabase } from '@/lib/db/test-database'
import { MemoryStore } from '@/lib/stores/drivers/memory'
import { registryOf, setStores, stores } from '@/lib/stores/registry'
import { startStoreProbes } from './store-probes'

/** Its probes never come back. */
class SilentStore extends MemoryStore {
  override probe(): Promise<never> {
    return new Promise(() => {})
  }
}

describe('startStoreProbes', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase('sqlite', { GLIMPSE__STORAGE__PROBE_SECONDS: '0.02' })
  })
  afterEach(async () => {
    setStores(undefined)
    await database.close()
  })

  it('neither starts nor stops later for a store that does not answer, and goes on with the others', async () => {
    const well = new MemoryStore('well')
    setStores(registryOf([new SilentStore('silent'), well], 'well', new MemoryStore('staging')))
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    const startedAt = performance.now()
    const started = startStoreProbes()
    // Nothing else may keep the process until it listens.
    expect(timers()).toBe(before + 1)
    const probes = await started
    expect(stores().find('well')?.health.state).toBe('writable')
    well.isLost = true
    await expect.poll(() => stores().find('well')?.health.state).toBe('read-only')
    well.isLost = false
    await expect.poll(() => stores().find('well')?.health.state).toBe('writable')
    await probes.stop()
    expect(performance.now() - startedAt).toBeLessThan(8_000)
  })

  it('leaves nothing behind in each round', async () => {
    const warnings: string[] = []
    const note = ({ name }: Error) => void warnings.push(name)
    process.on('warning', note)
    const well = new MemoryStore('well')
    const looks = vi.spyOn(well, 'probe')
    setStores(registryOf([well], 'well', new MemoryStore('staging')))
    const probes = await startStoreProbes()
    await expect.poll(() => looks.mock.calls.length, { timeout: 5_000 }).toBeGreaterThan(15)
    await probes.stop()
    process.off('warning', note)
    expect(warnings).toEqual([])
  })
})
