import { describe, expect, test } from 'vitest'
import { judge } from './judge'
import { claim, inspect, linuxPartition, mbrDisk, protectivePartition } from './test-images'

function changed(entry: readonly number[], at: number, value: number): number[] {
  return entry.map((byte, index) => (index === at ? value : byte))
}

const none = new Array<number>(16).fill(0)
const refused = { ok: false, message: 'Image failed safety checks' }

describe('a disk with a boot sector', () => {
  test.each([
    ['one active partition', [linuxPartition]],
    ['one inactive partition', [changed(linuxPartition, 0, 0)]],
    ['four partitions', [linuxPartition, linuxPartition, linuxPartition, linuxPartition]],
    ['only the last entry used', [none, none, none, linuxPartition]],
    ['a protective partition', [protectivePartition]],
  ])('is safe with %s', (_, entries) => {
    const disk = mbrDisk(entries)
    expect(judge(inspect(disk), claim('raw'))).toEqual({ ok: true, virtualSizeBytes: disk.byteLength })
  })

  test.each([
    ['no partition', []],
    ['an odd boot flag', [changed(linuxPartition, 0, 0x81)]],
    ['an odd boot flag of an unused entry', [linuxPartition, none, none, changed(none, 0, 1)]],
    ['a protective partition and another', [protectivePartition, linuxPartition]],
    ['a protective partition that is not the first entry', [none, protectivePartition]],
    ['two protective partitions', [protectivePartition, protectivePartition]],
    ['a protective partition at another head', [changed(protectivePartition, 1, 1)]],
    ['a protective partition at another CHS sector', [changed(protectivePartition, 2, 1)]],
    ['a protective partition at another cylinder', [changed(protectivePartition, 3, 1)]],
    ['a protective partition at another sector', [changed(protectivePartition, 8, 2)]],
    ['a protective partition far away', [changed(protectivePartition, 11, 1)]],
  ])('is unsafe with %s', (_, entries) => {
    expect(judge(inspect(mbrDisk(entries)), claim('raw'))).toEqual(refused)
  })

  test('is safe in spite of a check that the operator made non-fatal, with a warning', () => {
    const verdict = judge(inspect(mbrDisk([])), claim('raw', { gptNonFatalChecks: ['mbr'] }))
    expect(verdict).toEqual({ ok: true, virtualSizeBytes: 65536, warning: 'the boot sector has no partition' })
  })

  test('is raw when the signature belongs to a FAT file system', () => {
    const fat = mbrDisk([])
    fat[16] = 2
    fat[21] = 0xf8
    expect(inspect(fat)).toMatchObject({ format: 'raw', matches: [] })
    fat[21] = 0xf0
    expect(inspect(fat).matches).toEqual(['gpt'])
  })

  test.each([512, 2048, 4096])('tells of a GUID partition table after a sector of %i bytes', (sectorBytes) => {
    const disk = mbrDisk([protectivePartition])
    disk.set(new TextEncoder().encode('EFI PART'), sectorBytes)
    expect(inspect(disk).details.gpt).toEqual({ partitionCount: 1, guidTableOffsetBytes: sectorBytes })
  })

  test('needs its whole first sector', () => {
    expect(inspect(mbrDisk([linuxPartition], 512)).matches).toEqual(['gpt'])
    expect(inspect(mbrDisk([linuxPartition], 512).subarray(0, 511)).matches).toEqual([])
  })
})
