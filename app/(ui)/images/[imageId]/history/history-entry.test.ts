import { describe, expect, it } from 'vitest'
import type { Image } from '@/lib/images/image'
import { historyEntry } from './history-entry'

const current: Image = {
  id: 'i',
  name: 'new',
  status: 'active',
  visibility: 'shared',
  ownerId: 'p',
  memberId: null,
  diskFormat: 'raw',
  containerFormat: 'bare',
  sizeBytes: 1,
  virtualSizeBytes: 1,
  checksum: null,
  hashAlgorithm: null,
  hashValue: null,
  minRamMib: 0,
  minDiskGib: 2,
  isProtected: false,
  isHidden: false,
  createdAt: 0,
  updatedAt: 0,
  tags: ['b'],
  properties: { kept: '1', added: '2', again: 'later' },
  locations: [],
}
const record = (more: object) => ({
  id: 7,
  type: 'image.update',
  outcome: 'success',
  imageId: 'i',
  taskId: null,
  memberId: null,
  userId: 'u',
  projectId: 'p',
  requestId: 'req-1',
  at: '2026-01-01T00:00:00.000Z',
  before: null,
  after: {},
  ...more,
})
const asked = { current, readerId: 'u', canModify: true }

describe('an entry of the history', () => {
  const before = {
    name: 'old',
    updated_at: 'x',
    tags: ['a'],
    status: 'queued',
    properties: { kept: '1', gone: '3', again: 'first' },
  }
  const after = {
    name: 'new',
    updated_at: 'y',
    tags: ['b'],
    status: 'active',
    properties: { kept: '1', added: '2', again: 'second' },
  }

  it('tells what changed, each property by itself', () => {
    const entry = historyEntry(record({ before, after }), asked)
    expect(entry).toMatchObject({ who: { userId: 'u', isReader: true }, isRefused: false, reason: null })
    expect(entry.changes).toEqual([
      { name: 'name', was: 'old', is: 'new' },
      { name: 'tags', was: 'a', is: 'b' },
      { name: 'status', was: 'queued', is: 'active' },
      { name: 'added', was: null, is: '2' },
      { name: 'again', was: 'first', is: 'second' },
      { name: 'gone', was: '3', is: null },
    ])
  })

  it('takes back what still is as it was made, and what a person may set', () => {
    expect(historyEntry(record({ before, after }), asked).revert).toEqual([
      { op: 'replace', path: '/name', value: 'old' },
      { op: 'replace', path: '/tags', value: ['a'] },
      { op: 'remove', path: '/added' },
      { op: 'add', path: '/gone', value: '3' },
    ])
    expect(historyEntry(record({ before, after }), asked).expected).toEqual({
      name: 'new',
      tags: ['b'],
      added: '2',
      gone: null,
    })
    expect(historyEntry(record({ before, after }), { ...asked, canModify: false }).revert).toBeNull()
    const other = { ...asked, current: { ...current, name: 'x', tags: [], properties: {} } }
    expect(historyEntry(record({ before: { name: 'old' }, after: { name: 'new' } }), other).revert).toBeNull()
  })

  it('names why something was refused, and nobody where the service did it', () => {
    const refused = record({ type: 'PATCH /v2/images/i', outcome: 'refused', userId: null, after: { reason: 'no' } })
    expect(historyEntry(refused, asked)).toMatchObject({ isRefused: true, reason: 'no', who: null, changes: [] })
  })
})
