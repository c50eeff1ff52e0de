import { describe, expect, it } from 'vitest'
import type { RemotePreview } from '@/lib/imports/view'
import { emptyDraft } from './create-draft'
import { draftTaking } from './region-draft'

const debian: RemotePreview = {
  region: 'There',
  imageId: '1',
  name: 'debian',
  status: 'active',
  sizeBytes: 1,
  diskFormat: 'qcow2',
  containerFormat: 'bare',
  minDiskGib: 20,
  minRamMib: 0,
  hash: null,
  copiedProperties: { os_distro: 'debian' },
  otherProperties: { description: 'a system', img_signature: 'x', owner_specified: 'y' },
  inspection: null,
}
const named = (rows: readonly { readonly name: string; readonly value: string }[]) =>
  rows.map(({ name, value }) => `${name}=${value}`)

describe('what a draft takes from an image of another region', () => {
  it('is what describes it there, without what comes along or means nothing here', () => {
    const draft = draftTaking(emptyDraft, debian, null)
    expect(draft).toMatchObject({ name: 'debian', diskFormat: 'qcow2', minDiskGib: '20', minRamMib: '' })
    expect(named(draft.properties)).toEqual(['description=a system'])
  })

  it('leaves what the person wrote', () => {
    const mine = {
      ...emptyDraft,
      name: 'mine',
      minDiskGib: '5',
      properties: [{ key: 3, name: 'description', value: 'my own' }],
    }
    const draft = draftTaking(mine, debian, null)
    expect(draft).toMatchObject({ name: 'mine', minDiskGib: '5', diskFormat: 'qcow2' })
    expect(named(draft.properties)).toEqual(['description=my own'])
  })

  it('goes with the image that it came from', () => {
    const before = draftTaking(emptyDraft, debian, null)
    const edited = { ...before, properties: [...before.properties, { key: 9, name: 'own', value: '1' }] }
    const other = { ...debian, name: 'fedora', minDiskGib: 0, otherProperties: { build: '7' } }
    const draft = draftTaking(edited, other, debian)
    expect(draft).toMatchObject({ name: 'fedora', minDiskGib: '' })
    expect(named(draft.properties)).toEqual(['own=1', 'build=7'])
    expect(new Set(draft.properties.map(({ key }) => key)).size).toBe(2)
  })
})
