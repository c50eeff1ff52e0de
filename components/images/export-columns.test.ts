import { describe, expect, it } from 'vitest'
import type { ImageView } from '@/lib/images/view'
import { csvLine, exportFields, exportObject } from './export-columns'
import { imageColumns } from './image-list-spec'

const image: ImageView = {
  id: '6a0c1a5e-0000-4000-8000-000000000001',
  name: 'debian',
  status: 'active',
  visibility: 'private',
  ownerId: 'p1',
  diskFormat: 'qcow2',
  containerFormat: 'bare',
  sizeBytes: 5,
  virtualSizeBytes: 9,
  checksum: null,
  hashAlgorithm: 'sha512',
  hashValue: 'ab',
  minRamMib: 512,
  minDiskGib: 2,
  isProtected: false,
  isHidden: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-02T00:00:00.000Z',
  tags: ['a', 'b'],
  properties: { os_distro: 'debian' },
  storeIds: ['one'],
  memberId: null,
}

describe('exportFields', () => {
  it('has something for every column that the catalog can show', () => {
    for (const column of imageColumns) expect(exportFields([column]).length, column).toBeGreaterThan(1)
  })

  it('gives values as the Image API names and measures them, the id first', () => {
    expect(exportObject(exportFields(['name', 'size', 'os', 'tags', 'minimum']), image)).toEqual({
      id: image.id,
      name: 'debian',
      size: 5,
      virtual_size: 9,
      os_distro: 'debian',
      os_version: null,
      architecture: null,
      tags: ['a', 'b'],
      min_disk: 2,
      min_ram: 512,
    })
  })
})

describe('csvLine', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a "b", c', '"a ""b"", c"'],
    ['two\nlines', '"two\nlines"'],
    ['a;b', '"a;b"'],
    [' padded', '" padded"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-2+3', "'-2+3"],
    ['+1', "'+1"],
    ['＝1', "'＝1"],
    [' =1', "' =1"],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['=cmd|"/c calc"!A1', `"'=cmd|""/c calc""!A1"`],
    ['a-b', 'a-b'],
    ['a=b', 'a=b'],
  ])('writes %j as %j', (value, written) => expect(csvLine([value])).toBe(`${written}\r\n`))

  it('keeps numbers and flags, and joins lists', () => {
    expect(csvLine([-5, true, null, ['a', 'b'], ['=x']])).toBe(`-5,true,,"a, b",'=x\r\n`)
  })
})
