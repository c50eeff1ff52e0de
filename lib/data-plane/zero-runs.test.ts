import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAllZero, splitZeroRuns } from './zero-runs'

const KiB = 1024

describe('splitZeroRuns', () => {
  it('finds blocks of zeros along the 64 KiB blocks of the image', () => {
    const bytes = new Uint8Array(256 * KiB)
    bytes[70 * KiB] = 1
    expect(splitZeroRuns(bytes, 0)).toEqual([
      { isZero: true, start: 0, end: 64 * KiB },
      { isZero: false, start: 64 * KiB, end: 128 * KiB },
      { isZero: true, start: 128 * KiB, end: 256 * KiB },
    ])
  })

  it('keeps to the blocks of the image when the chunk begins inside one', () => {
    const bytes = new Uint8Array(128 * KiB)
    bytes[0] = 1
    expect(splitZeroRuns(bytes, 60 * KiB)).toEqual([
      { isZero: false, start: 0, end: 4 * KiB },
      { isZero: true, start: 4 * KiB, end: 128 * KiB },
    ])
  })

  it('makes one run of data without zeros, and none of nothing', () => {
    expect(splitZeroRuns(new Uint8Array(300 * KiB).fill(7), 5)).toEqual([{ isZero: false, start: 0, end: 300 * KiB }])
    expect(splitZeroRuns(new Uint8Array(0), 0)).toEqual([])
  })

  it('rebuilds any chunk from its runs, whatever lies in it and wherever it begins', () => {
    const pieces = fc.array(
      fc.record({ fill: fc.constantFrom(0, 0, 9), length: fc.integer({ min: 1, max: 90_000 }) }),
      {
        maxLength: 8,
      },
    )
    fc.assert(
      fc.property(pieces, fc.nat(200_000), fc.nat(3), (parts, position, skew) => {
        const length = parts.reduce((sum, part) => sum + part.length, 0)
        const bytes = new Uint8Array(new ArrayBuffer(length + skew), skew)
        let at = 0
        for (const part of parts) {
          bytes.fill(part.fill, at, at + part.length)
          at += part.length
        }
        const rebuilt = new Uint8Array(length)
        let end = 0
        for (const run of splitZeroRuns(bytes, position)) {
          expect(run.start).toBe(end)
          end = run.end
          if (!run.isZero) rebuilt.set(bytes.subarray(run.start, run.end), run.start)
        }
        expect(end).toBe(length)
        expect(Buffer.compare(rebuilt, bytes)).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})

describe('isAllZero', () => {
  it('sees a single byte anywhere, in memory of any alignment', () => {
    for (let skew = 0; skew < 8; skew++) {
      const bytes = new Uint8Array(new ArrayBuffer(64 + skew), skew)
      expect(isAllZero(bytes, 0, 64)).toBe(true)
      for (let at = 0; at < 64; at++) {
        bytes[at] = 1
        expect(isAllZero(bytes, 0, 64)).toBe(false)
        expect(isAllZero(bytes, at + 1, 64)).toBe(true)
        bytes[at] = 0
      }
    }
  })
})
