import { describe, expect, it } from 'vitest'
import { TokenCache } from './token-cache'

function cacheAt(entriesMax = 8) {
  const clock = { ms: 0 }
  return { clock, cache: new TokenCache<string>({ entriesMax, nowMs: () => clock.ms }) }
}

describe('TokenCache', () => {
  it('serves until the moment an entry goes bad', () => {
    const { cache, clock } = cacheAt()
    cache.set('a', 'A', 100)
    clock.ms = 99
    expect(cache.get('a')).toBe('A')
    clock.ms = 100
    expect(cache.get('a')).toBeUndefined()
  })

  it('never holds more than its bound and drops what was used longest ago', () => {
    const { cache } = cacheAt(8)
    for (let index = 0; index < 100; index++) {
      cache.set(`k${index}`, 'v', 1)
      cache.get('k0')
      expect(cache.size).toBeLessThanOrEqual(8)
    }
    expect(cache.get('k0')).toBe('v')
    expect(cache.get('k50')).toBeUndefined()
    expect(cache.get('k99')).toBe('v')
  })

  it('loads once for all who ask at the same time', async () => {
    const { cache } = cacheAt()
    let loads = 0
    const load = async () => {
      loads++
      await new Promise((go) => setTimeout(go, 5))
      return { value: 'A', goodUntilMs: 10 }
    }
    expect(await Promise.all([1, 2, 3].map(() => cache.getOrLoad('a', load)))).toEqual(['A', 'A', 'A'])
    expect(loads).toBe(1)
    expect(cache.get('a')).toBe('A')
  })

  it('does not keep what was forgotten while it was being loaded', async () => {
    const { cache } = cacheAt()
    let finish = () => {}
    const loading = cache.getOrLoad('a', async () => {
      await new Promise<void>((go) => {
        finish = go
      })
      return { value: 'revoked', goodUntilMs: 10 }
    })
    cache.delete('a')
    const second = cache.getOrLoad('a', async () => ({ value: 'fresh', goodUntilMs: 10 }))
    finish()
    expect(await loading).toBe('revoked')
    expect(await second).toBe('fresh')
    expect(cache.get('a')).toBe('fresh')
  })

  it('hands a failure to everyone who waits and asks again next time', async () => {
    const { cache } = cacheAt()
    const failing = () => cache.getOrLoad('a', () => Promise.reject(new Error('down')))
    await expect(Promise.all([failing(), failing()])).rejects.toThrow('down')
    expect(await cache.getOrLoad('a', async () => ({ value: 'up', goodUntilMs: 10 }))).toBe('up')
  })
})
