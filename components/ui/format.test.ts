import { afterEach, describe, expect, it } from 'vitest'
import { type Locale, setLocaleSource } from '@/lib/runtime/locale'
import { formatBytes, formatCount, formatDuration, formatMoment, formatRelative } from './format'

let locale: Locale = 'en'
setLocaleSource(() => locale)
afterEach(() => {
  locale = 'en'
})

const at = new Date('2026-11-24T14:02:11Z')
const ago = (seconds: number) => formatRelative(at, new Date(at.getTime() + seconds * 1000))

describe('formats', () => {
  it('write sizes with three digits at most', () => {
    expect([0, 1, 1023, 1536, 1.94 * 1024 ** 3, 20 * 1024 ** 3, 999.6 * 1024].map(formatBytes)).toEqual([
      '0 bytes',
      '1 byte',
      '1 KiB',
      '1.5 KiB',
      '1.94 GiB',
      '20 GiB',
      '0.98 MiB',
    ])
    locale = 'de'
    expect([1, 512, 1.94 * 1024 ** 3].map(formatBytes)).toEqual(['1 Byte', '512 Byte', '1,94 GiB'])
  })

  it('write times as people say them', () => {
    expect([10, 80, 7200, 3 * 86_400].map(ago)).toEqual(['now', '1 min. ago', '2 hr. ago', '3 days ago'])
    expect([5, 80, 7260].map(formatDuration)).toEqual(['5 s', '1 min 20 s', '2 h 1 min'])
    expect([formatMoment(at, 'UTC'), formatMoment(at, 'Asia/Tokyo')]).toEqual([
      '24 Nov 2026, 14:02:11',
      '24 Nov 2026, 23:02:11',
    ])
  })

  it('follow the language whenever they are used', () => {
    expect([formatCount(1234567), formatBytes(1536), ago(80)]).toEqual(['1,234,567', '1.5 KiB', '1 min. ago'])
    locale = 'de'
    expect([formatCount(1234567), formatBytes(1536), ago(80), formatMoment(at, 'UTC')]).toEqual([
      '1.234.567',
      '1,5 KiB',
      'vor 1 Min.',
      '24.11.2026, 14:02:11',
    ])
    locale = 'en'
    expect([formatCount(1234567), ago(80)]).toEqual(['1,234,567', '1 min. ago'])
  })
})
