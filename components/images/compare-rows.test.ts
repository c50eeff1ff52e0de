import { describe, expect, it } from 'vitest'
import { compareSections, copyChanges, sameData } from './compare-rows'
import { imageOf } from './test-image'

const one = imageOf({ id: 'one', properties: { os_distro: 'debian', hw_disk_bus: 'scsi', own: '1', os_glance_x: '1' } })
const other = imageOf({
  id: 'other',
  name: 'b',
  minDiskGib: 10,
  properties: { os_distro: 'debian', hw_disk_bus: 'ide', empty: '' },
})
const titles = [
  { key: 'hw_disk_bus', group: 'Disks' },
  { key: 'hw_disk_bus', group: 'Again' },
]
const compared = (members: readonly (readonly string[] | null)[] = [null, null]) =>
  [one, other].map((image, index) => ({ image, members: members[index] ?? null }))

describe('images side by side', () => {
  it('tell what differs, and properties below the definition that describes them first', () => {
    const differing = compareSections(compared(), titles).flatMap(({ title, rows }) =>
      rows.filter(({ differs }) => differs).map(({ label, values }) => [title, label, ...values]),
    )
    expect(differing).toEqual([
      ['Access and limits', 'Minimum disk', '20 GiB', '10 GiB'],
      ['Disks', 'hw_disk_bus', 'scsi', 'ide'],
      ['Other properties', 'empty', null, ''],
      ['Other properties', 'own', '1', null],
    ])
  })

  it('have a row of members where somebody tells them', () => {
    const labels = (members: readonly (readonly string[] | null)[]) =>
      compareSections(compared(members), []).flatMap(({ rows }) => rows.map(({ label }) => label))
    expect(labels([null, null])).not.toContain('Projects')
    expect(labels([['p (accepted)'], null])).toContain('Projects')
  })

  it('are called out where their data is the same', () => {
    expect(sameData([one, other])).toEqual([['a (one)', 'b (other)']])
    expect(sameData([one, imageOf({ hashValue: 'w' })])).toEqual([])
    expect(sameData([imageOf({ hashValue: null }), imageOf({ hashValue: null })])).toEqual([])
  })

  it('give one another what the other lacks or has otherwise, and take nothing away', () => {
    expect(copyChanges(one, other)).toEqual([
      { name: 'hw_disk_bus', was: 'ide', value: 'scsi' },
      { name: 'own', was: null, value: '1' },
    ])
  })
})
