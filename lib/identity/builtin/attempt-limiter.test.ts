import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
import { isApiError } from '@/lib/errors/api-error'
import { setClock } from '@/lib/runtime/clock'
import { setProcessSingleton } from '@/lib/runtime/process-singleton'
import { bookAttempt } from './attempt-limiter'

let time = 0
beforeEach(() => {
  time = Date.UTC(2026, 0, 1)
  setClock({ now: () => new Date(time) })
  setConfig(loadConfig({ GLIMPSE__IDENTITY__SIGN_IN_ATTEMPTS_PER_MINUTE: '3' }))
  setProcessSingleton('sign-in-failures', undefined)
})
afterEach(() => {
  setClock(undefined)
  setConfig(undefined)
})

function refusal(address: string, name: string): number | undefined {
  try {
    bookAttempt(address, name)
    return undefined
  } catch (error) {
    if (isApiError(error)) return Number(error.headers['retry-after'])
    throw error
  }
}

describe('bookAttempt', () => {
  it('refuses the fourth failure within a minute and says how long to wait', () => {
    for (let attempt = 0; attempt < 3; attempt++) expect(refusal('192.0.2.1', 'admin')).toBeUndefined()
    time += 20_000
    expect(refusal('192.0.2.1', 'ADMIN')).toBe(40)
    time += 40_000
    expect(refusal('192.0.2.1', 'admin')).toBeUndefined()
  })

  it('counts each name and each address alone', () => {
    for (let attempt = 0; attempt < 3; attempt++) bookAttempt('192.0.2.1', 'admin')
    expect(refusal('192.0.2.2', 'admin')).toBeUndefined()
    expect(refusal('192.0.2.1', 'other')).toBeUndefined()
    expect(refusal('::ffff:192.0.2.1', 'admin')).toBeGreaterThan(0)
  })

  it('sees one /64 of IPv6 as one address', () => {
    for (const last of ['1', '2', '3']) bookAttempt(`2001:db8::${last}`, 'admin')
    expect(refusal('2001:db8:0:0:ffff::9', 'admin')).toBeGreaterThan(0)
    expect(refusal('2001:db8:0:1::9', 'admin')).toBeUndefined()
  })

  it('forgets failures after a success', () => {
    for (let attempt = 0; attempt < 10; attempt++) bookAttempt('192.0.2.1', 'admin').succeeded()
    expect(refusal('192.0.2.1', 'admin')).toBeUndefined()
  })
})
