import { describe, expect, it } from 'vitest'
import { wireTime } from './iso-time'

describe('wireTime', () => {
  it('tells what toISOString tells, without the fraction', () => {
    const bounds = [0, 999, 86_399_999, 86_400_000, -1, -86_400_001, 253_402_300_799_999, -62_135_596_800_000]
    const spread = Array.from({ length: 5000 }, (_, index) => index * 777_777_777 - 1e12)
    for (const ms of [...bounds, ...spread]) {
      expect(wireTime(ms)).toBe(new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z'))
    }
  })

  it('refuses an invalid time', () => {
    expect(() => wireTime(Number.NaN)).toThrow(RangeError)
  })
})
