import { describe, expect, it } from 'vitest'
import type { PropertyDefinition, PropertyGroup } from '@/lib/metadefs/view'
import { arrange, changesOf, keyProblem, missingOf, problemsOf } from './property-draft'
import { definition } from './test-definitions'

const group = (title: string, properties: readonly PropertyDefinition[], more: Partial<PropertyGroup> = {}) => ({
  namespace: `NS::${title}`,
  title,
  description: null,
  object: null,
  required: [],
  properties,
  ...more,
})

const disk = group('Disk', [definition('hw_disk_bus'), definition('hw_queues', { type: 'integer' })])
const twice = group('Twice', [definition('hw_disk_bus')])
const boot = group('Boot', [definition('a'), definition('b')], { object: 'Boot', required: ['a', 'b'] })

describe('arranging properties', () => {
  it('puts each under the first definition, and those without one apart', () => {
    const { groups, others, alsoIn } = arrange([disk, twice, boot], new Set(['hw_disk_bus', 'zz', 'yy']), '')
    expect(groups.map((shown) => [shown.group.title, shown.set.length, shown.open.length])).toEqual([
      ['Disk', 1, 1],
      ['Boot', 0, 2],
    ])
    expect(others).toEqual(['yy', 'zz'])
    expect(alsoIn.get('hw_disk_bus')).toEqual(['Twice'])
  })
  it('finds by key, title and group', () => {
    const found = (text: string) => arrange([disk, boot], new Set(), text).groups.flatMap(({ open }) => open)
    expect(found('QUEUES').map(({ key }) => key)).toEqual(['hw_queues'])
    expect(found('boot').map(({ key }) => key)).toEqual(['a', 'b'])
    expect(found('nothing')).toEqual([])
  })
  it('asks for what belongs together', () => {
    const [shown] = arrange([boot], new Set(['a']), '').groups
    if (shown === undefined) throw new Error('there is no group')
    expect(missingOf(shown, { a: '1' })).toEqual(['b'])
    expect(missingOf({ ...shown, set: [] }, {})).toEqual([])
  })
})

describe('a draft', () => {
  it('is what differs from the image', () => {
    expect(changesOf({ a: '1', b: '2', c: '3' }, { a: '1', b: '4', d: '5' })).toEqual([
      { name: 'b', was: '2', value: '4' },
      { name: 'c', was: '3', value: null },
      { name: 'd', was: null, value: '5' },
    ])
  })
  it('complains of edited values alone', () => {
    expect([...problemsOf([disk], { hw_queues: 'many' }, { hw_queues: 'many' })]).toEqual([])
    expect([...problemsOf([disk], { hw_queues: '1' }, { hw_queues: 'many' })]).toEqual([
      ['hw_queues', 'A whole number'],
    ])
  })
  it('knows which keys may be added', () => {
    expect(keyProblem('', {})).toBeDefined()
    expect(keyProblem('name', {})).toBeDefined()
    expect(keyProblem('os_glance_x', {})).toBeDefined()
    expect(keyProblem('a', { a: '' })).toBeDefined()
    expect(keyProblem('a', {})).toBeUndefined()
  })
})
