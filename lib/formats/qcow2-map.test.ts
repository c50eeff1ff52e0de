import { afterAll, describe, expect, it } from 'vitest'
import { TestDisks } from '@/lib/imports/steps/test-disks'
import { qcow2DataBytes } from './qcow2-map'

const MIB = 1024 ** 2
const disks = new TestDisks()
afterAll(() => disks.close())

/** 32 MiB with data in every fourth, which no cluster shares with zeros. */
function spottedDisk(): Buffer {
  const disk = Buffer.alloc(32 * MIB)
  for (let at = 0; at < disk.length; at += 4 * MIB) disk.fill(at / MIB + 1, at, at + MIB)
  return disk
}

function dataBytes(image: Buffer): Promise<number | undefined> {
  return qcow2DataBytes(image.length, async (start, end) => image.subarray(start, end))
}

describe('what a qcow2 holds', () => {
  it.each([
    ['as it comes', []],
    ['compressed', ['-c']],
    ['of version 2', ['-o', 'compat=0.10']],
    ['with small clusters', ['-o', 'cluster_size=4096']],
    ['with large clusters', ['-o', 'cluster_size=1M']],
  ])('is counted %s', async (_, options) => {
    expect(await dataBytes(disks.of(spottedDisk(), 'qcow2', options))).toBe(8 * MIB)
  })

  it('is nothing on an empty disk', async () => {
    expect(await dataBytes(disks.of(Buffer.alloc(4 * MIB), 'qcow2'))).toBe(0)
  })

  it('is unknown where tables lie outside of the file, and of anything else', async () => {
    const image = disks.of(spottedDisk(), 'qcow2')
    expect(await dataBytes(image.subarray(0, 100))).toBeUndefined()
    expect(await dataBytes(image.subarray(0, 200_000))).toBeUndefined()
    expect(await dataBytes(Buffer.alloc(4096))).toBeUndefined()
    const hostile = Buffer.from(image)
    hostile.writeUInt32BE(0xffffffff, 36)
    expect(await dataBytes(hostile)).toBeUndefined()
    hostile.writeUInt32BE(60, 20)
    expect(await dataBytes(hostile)).toBeUndefined()
  })
})
