import { describe, expect, it } from 'vitest'
import { createInput, draftErrors, emptyDraft } from './create-draft'

const rows = (...pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([name, value], key) => ({ key, name, value }))

describe('draftErrors', () => {
  it('lets an empty form pass: an image needs no name', () => {
    expect(draftErrors(emptyDraft)).toEqual({})
  })

  it('names every field that cannot be sent', () => {
    const draft = { ...emptyDraft, name: 'x'.repeat(256), minDiskGib: '-1', minRamMib: '2147483648' }
    expect(Object.keys(draftErrors(draft))).toEqual(['name', 'minDiskGib', 'minRamMib'])
  })

  it('counts letters as people do', () => {
    expect(draftErrors({ ...emptyDraft, name: '😀'.repeat(255) })).toEqual({})
  })

  it('refuses properties that are attributes, come twice or have no name', () => {
    const properties = rows(['a', '1'], ['a', '2'], ['min_disk', '3'], ['', '4'], ['', ''])
    expect(Object.keys(draftErrors({ ...emptyDraft, properties }))).toEqual(['property-1', 'property-2', 'property-3'])
  })
})

describe('createInput', () => {
  it('sends numbers, and no row without a name', () => {
    const draft = {
      ...emptyDraft,
      name: ' a ',
      minDiskGib: '20',
      properties: rows([' os_distro ', 'debian'], ['', '']),
    }
    expect(createInput(draft)).toMatchObject({
      name: 'a',
      minDiskGib: 20,
      minRamMib: 0,
      properties: [{ name: 'os_distro', value: 'debian' }],
    })
  })
})
