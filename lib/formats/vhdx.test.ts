import { describe, expect, test } from 'vitest'
import { inspect, vhdxImage } from './test-images'

const KiB = 1024
const virtualSize = (image: Uint8Array) => {
  const { format, safety, virtualSizeBytes } = inspect(image)
  expect({ format, safety }).toEqual({ format: 'vhdx', safety: [] })
  return virtualSizeBytes
}

function changed(change: (view: DataView) => void): Uint8Array {
  const image = vhdxImage()
  change(new DataView(image.buffer))
  return image
}

describe('the virtual size of a VHDX', () => {
  test('is found through both tables', () => {
    expect(virtualSize(vhdxImage())).toBe(3 * 2 ** 30)
  })

  test('is found in the last entries that the tables may have', () => {
    expect(virtualSize(vhdxImage({ regionIndex: 2046, itemIndex: 2046 }))).toBe(3 * 2 ** 30)
  })

  test.each<[string, (view: DataView) => void]>([
    ['no region table', (view) => view.setUint8(192 * KiB, 0)],
    ['too few regions', (view) => view.setUint32(192 * KiB + 8, 0, true)],
    ['too many regions', (view) => view.setUint32(192 * KiB + 8, 2048, true)],
    ['countless regions', (view) => view.setUint32(192 * KiB + 8, 2 ** 32 - 1, true)],
    ['another region', (view) => view.setUint8(192 * KiB + 16, 0)],
    ['a region at the start', (view) => view.setBigUint64(192 * KiB + 32, 0n, true)],
    ['a region inside the region table', (view) => view.setBigUint64(192 * KiB + 32, 255n * 1024n, true)],
    ['a region beyond the end', (view) => view.setBigUint64(192 * KiB + 32, 2n ** 40n, true)],
    ['a region beyond any end', (view) => view.setBigUint64(192 * KiB + 32, 2n ** 64n - 1n, true)],
    ['no metadata table', (view) => view.setUint8(256 * KiB, 0)],
    ['too many items', (view) => view.setUint16(256 * KiB + 10, 2048, true)],
    ['another item', (view) => view.setUint8(256 * KiB + 32, 0)],
    ['an item inside the metadata table', (view) => view.setUint32(256 * KiB + 48, 32, true)],
    ['an item beyond the end', (view) => view.setUint32(256 * KiB + 48, 2 ** 32 - 1, true)],
    ['a size of zero', (view) => view.setBigUint64(320 * KiB, 0n, true)],
    ['a size beyond numbers', (view) => view.setBigUint64(320 * KiB, 2n ** 64n - 1n, true)],
  ])('is unknown with %s', (_, change) => {
    expect(virtualSize(changed(change))).toBeNull()
  })

  test.each([8, 192, 200, 256, 300, 320])('is unknown when the file ends after %i KiB', (sizeKiB) => {
    expect(virtualSize(vhdxImage().subarray(0, sizeKiB * KiB))).toBeNull()
  })
})
