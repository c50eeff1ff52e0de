import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isApiError } from '@/lib/errors/api-error'
import { requestedRange } from './range'

const refusal = (headers: { range?: string; contentRange?: string }, sizeBytes: number) => {
  try {
    return requestedRange(headers, sizeBytes)
  } catch (error) {
    return isApiError(error) ? { status: error.status, text: error.message } : error
  }
}

describe('requestedRange', () => {
  it('is all of the image without a header', () => {
    expect(requestedRange({}, 10)).toBeUndefined()
    expect(requestedRange({ range: '', contentRange: '' }, 10)).toBeUndefined()
  })

  it.each([
    ['bytes=0-3', { offset: 0, length: 4 }],
    ['bytes=3-', { offset: 3, length: 7 }],
    ['bytes=9-9', { offset: 9, length: 1 }],
    ['bytes=-4', { offset: 6, length: 4 }],
    ['bytes=5-99', { offset: 5, length: 5 }],
    ['bytes=-99', { offset: 0, length: 10 }],
  ])('reads %s of ten bytes', (range, expected) => {
    expect(requestedRange({ range }, 10)).toEqual(expected)
  })

  it.each(['bytes=', 'bytes=-', 'bytes=a-b', 'octets=0-1', 'bytes=5-2', '0-1', 'bytes=0x1-2'])(
    'refuses %s',
    (range) => {
      expect(refusal({ range }, 10)).toEqual({ status: 416, text: 'Invalid Range header.' })
    },
  )

  it('refuses a start behind the end and names the allowed positions', () => {
    const text = 'Invalid start position in Range header. Start position MUST be in the inclusive range [0, 9].'
    expect(refusal({ range: 'bytes=10-' }, 10)).toEqual({ status: 416, text })
    expect(refusal({ range: `bytes=${'9'.repeat(40)}-` }, 10)).toEqual({ status: 416, text })
    expect(refusal({ range: 'bytes=-0' }, 10)).toEqual({ status: 416, text })
  })

  it('refuses every range of an empty image', () => {
    for (const range of ['bytes=0-0', 'bytes=0-', 'bytes=-5']) {
      expect(refusal({ range }, 0)).toMatchObject({ status: 416, text: expect.stringContaining('[0, -1]') })
    }
  })

  it('refuses several ranges with 400', () => {
    expect(refusal({ range: 'bytes=0-1,3-4' }, 10)).toMatchObject({ status: 400 })
  })

  it('reads the legacy Content-Range header', () => {
    expect(requestedRange({ contentRange: 'bytes 2-4/*' }, 10)).toEqual({ offset: 2, length: 3 })
    expect(requestedRange({ contentRange: 'bytes 2-4/10' }, 10)).toEqual({ offset: 2, length: 3 })
  })

  it('refuses legacy ranges beyond the image or without positions', () => {
    const stop =
      'Invalid stop position in Content-Range header. The stop position MUST be in the inclusive range [0, 9].'
    expect(refusal({ contentRange: 'bytes 10-11/*' }, 10)).toEqual({ status: 416, text: stop })
    expect(refusal({ contentRange: 'bytes 10-11/20' }, 10)).toMatchObject({
      text: expect.stringContaining('Invalid start'),
    })
    for (const contentRange of ['bytes 0-10/*', 'bytes 0-10/10']) {
      expect(refusal({ contentRange }, 10)).toMatchObject({ status: 416 })
    }
    for (const contentRange of ['bytes */10', 'nonsense', 'bytes 4-2/*']) {
      expect(refusal({ contentRange }, 10)).toEqual({ status: 416, text: 'Invalid Content-Range header.' })
    }
  })

  it('lets Range win', () => {
    expect(requestedRange({ range: 'bytes=1-1', contentRange: 'bytes 2-4/*' }, 10)).toEqual({ offset: 1, length: 1 })
  })

  it('stays inside the image for every range it accepts', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.option(fc.nat(60)), fc.option(fc.nat(60)), (size, first, last) => {
        try {
          const range = requestedRange({ range: `bytes=${first ?? ''}-${last ?? ''}` }, size)
          if (range === undefined) throw new Error('a range was asked for')
          expect(range.length).toBeGreaterThan(0)
          expect(range.offset).toBeGreaterThanOrEqual(0)
          expect(range.offset + range.length).toBeLessThanOrEqual(size)
        } catch (error) {
          if (!isApiError(error)) throw error
          expect(error.status).toBe(416)
        }
      }),
    )
  })
})
