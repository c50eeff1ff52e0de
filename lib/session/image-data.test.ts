import { describe, expect, it } from 'vitest'
import type { Image } from '@/lib/images/image'
import { dispositionOf } from './image-data'

const image: Image = {
  id: '6a0c1a5e-0000-4000-8000-000000000001',
  name: 'debian',
  status: 'active',
  visibility: 'private',
  ownerId: null,
  diskFormat: 'qcow2',
  containerFormat: 'bare',
  sizeBytes: 1,
  virtualSizeBytes: 1,
  checksum: null,
  hashAlgorithm: null,
  hashValue: null,
  minRamMib: 0,
  minDiskGib: 0,
  isProtected: false,
  isHidden: false,
  createdAt: 0,
  updatedAt: 0,
  tags: [],
  properties: {},
  locations: [],
  memberId: null,
}
const fileOf = (change: Partial<Image>) => /filename="(.*?)"/.exec(dispositionOf({ ...image, ...change }))?.[1]

describe('dispositionOf', () => {
  it('adds the ending of the format, once', () => {
    expect(fileOf({})).toBe('debian.qcow2')
    expect(fileOf({ name: 'debian.QCOW2' })).toBe('debian.QCOW2')
    expect(fileOf({ diskFormat: 'raw' })).toBe('debian.img')
    expect(fileOf({ diskFormat: 'vmdk', containerFormat: 'ova' })).toBe('debian.ova')
  })

  it('falls back to the id', () => expect(fileOf({ name: null })).toBe(`${image.id}.qcow2`))

  it('lets no name leave the header or the folder', () => {
    const header = dispositionOf({ ...image, name: '../a"b\r\nc/é' })
    expect(header).not.toMatch(/[\r\n]/)
    expect(header).toBe(`attachment; filename="_a_b_c__.qcow2"; filename*=UTF-8''_a%22b_c_%C3%A9.qcow2`)
  })
})
