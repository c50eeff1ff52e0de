import { describe, expect, it } from 'vitest'
import { SpeedMeter, secondsLeft } from './transfer'

describe('SpeedMeter', () => {
  it('says nothing before the reading is steady', () => {
    const meter = new SpeedMeter(0)
    expect(meter.read(1_000_000, 500)).toBeNull()
  })

  it('finds a constant speed', () => {
    const meter = new SpeedMeter(0)
    let speed: number | null = null
    for (let second = 1; second <= 60; second += 1) speed = meter.read(second * 5_000_000, second * 1000)
    expect(speed).toBeCloseTo(5_000_000, -3)
  })

  it('follows a change within half a minute', () => {
    const meter = new SpeedMeter(0)
    let bytes = 0
    let speed: number | null = null
    for (let second = 1; second <= 60; second += 1) {
      bytes += second <= 30 ? 10_000_000 : 1_000_000
      speed = meter.read(bytes, second * 1000)
    }
    expect(speed).toBeLessThan(1_600_000)
  })
})

describe('secondsLeft', () => {
  it('divides what is missing by the speed', () => {
    const transfer = {
      imageId: 'a',
      name: 'a',
      totalBytes: 300,
      sentBytes: 100,
      state: 'sending',
      bytesPerSecond: 50,
      stall: null,
      holeBytes: 0,
      hasKeptFile: false,
      sha512: null,
      reason: null,
      requestId: null,
    } as const
    expect(secondsLeft(transfer)).toBe(4)
    expect(secondsLeft({ ...transfer, bytesPerSecond: null })).toBeNull()
  })
})
