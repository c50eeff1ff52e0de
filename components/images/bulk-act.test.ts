import { describe, expect, it } from 'vitest'
import {
  addOutcomes,
  type BulkAct,
  type BulkOutcome,
  BulkPlanner,
  emptyTally,
  isNothingToDo,
  lookedAt,
  namedMax,
  undoOf,
  undosOf,
  whyUnaffected,
} from './bulk-act'
import { bulkTexts } from './bulk-messages'
import { imageTexts } from './messages'
import type { ImageCan, ImageItem } from './view'

const can: ImageCan = {
  modify: true,
  delete: true,
  download: true,
  downloadDeactivated: true,
  upload: true,
  deactivate: true,
  reactivate: true,
  share: true,
  copy: true,
  newVersion: true,
  visibilities: ['private', 'shared'],
}
const item = (image: Partial<ImageItem['image']> = {}, rights: Partial<ImageCan> = {}): ImageItem => ({
  image: {
    id: 'i',
    name: 'debian',
    status: 'active',
    visibility: 'private',
    ownerId: 'p1',
    diskFormat: 'raw',
    containerFormat: 'bare',
    sizeBytes: 5,
    virtualSizeBytes: null,
    checksum: null,
    hashAlgorithm: null,
    hashValue: null,
    minRamMib: 0,
    minDiskGib: 0,
    isProtected: false,
    isHidden: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    tags: ['a'],
    properties: { os_distro: 'debian' },
    storeIds: [],
    memberId: null,
    ...image,
  },
  can: { ...can, ...rights },
})

const { unaffected } = bulkTexts
const { blocked } = imageTexts

describe('whyUnaffected', () => {
  it.each<[BulkAct, Partial<ImageItem['image']>, Partial<ImageCan>, string | undefined]>([
    [{ kind: 'delete' }, {}, {}, undefined],
    [{ kind: 'delete' }, { isProtected: true }, {}, blocked.isProtected],
    [{ kind: 'delete' }, { isProtected: true }, { delete: false }, blocked.notAllowed],
    [{ kind: 'addTags', tags: ['a', 'b'] }, {}, {}, undefined],
    [{ kind: 'addTags', tags: ['a'] }, {}, {}, unaffected.hasTags],
    [{ kind: 'addTags', tags: ['b'] }, {}, { modify: false }, blocked.notAllowed],
    [{ kind: 'removeTag', tag: 'a' }, {}, {}, undefined],
    [{ kind: 'removeTag', tag: 'b' }, {}, {}, unaffected.lacksTag],
    [{ kind: 'setProperty', name: 'os_distro', value: 'ubuntu' }, {}, {}, undefined],
    [{ kind: 'setProperty', name: 'os_distro', value: 'debian' }, {}, {}, unaffected.already],
    [{ kind: 'setProperty', name: 'x', value: '' }, {}, {}, undefined],
    [{ kind: 'removeProperty', name: 'os_distro' }, {}, {}, undefined],
    [{ kind: 'removeProperty', name: 'x' }, {}, {}, unaffected.lacksProperty],
    [{ kind: 'setVisibility', visibility: 'shared' }, {}, {}, undefined],
    [{ kind: 'setVisibility', visibility: 'private' }, {}, {}, unaffected.already],
    [{ kind: 'setVisibility', visibility: 'public' }, {}, {}, unaffected.visibilityNotAllowed],
    [{ kind: 'setProtected', value: true }, {}, {}, undefined],
    [{ kind: 'setProtected', value: false }, {}, {}, unaffected.already],
    [{ kind: 'setHidden', value: true }, { isHidden: true }, {}, unaffected.already],
    [{ kind: 'setActive', value: false }, {}, { modify: false }, undefined],
    [{ kind: 'setActive', value: false }, { status: 'queued' }, {}, blocked.notActive],
    [{ kind: 'setActive', value: false }, { status: 'deactivated' }, {}, unaffected.already],
    [{ kind: 'setActive', value: false }, {}, { deactivate: false }, blocked.notAllowed],
    [{ kind: 'setActive', value: true }, { status: 'deactivated' }, {}, undefined],
    [{ kind: 'setActive', value: true }, { status: 'queued' }, {}, blocked.notDeactivated],
  ])('of %o on %o with %o is %s', (act, image, rights, reason) => {
    expect(whyUnaffected(item(image, rights), act)).toBe(reason)
  })

  it('tells what is as wanted already from what is refused', () => {
    expect(isNothingToDo(unaffected.already)).toBe(true)
    expect(isNothingToDo(blocked.notAllowed)).toBe(false)
    expect(isNothingToDo(unaffected.visibilityNotAllowed)).toBe(false)
  })
})

describe('BulkPlanner', () => {
  it('counts all, names the first, and groups by reason', () => {
    const planner = new BulkPlanner({ keepsIds: true })
    for (let index = 0; index < 10; index++) planner.add({ id: `${index}`, name: null, sizeBytes: 3 }, undefined)
    planner.add({ id: 'x', name: 'x', sizeBytes: 9 }, 'rare')
    for (const id of ['y', 'z']) planner.add({ id, name: id, sizeBytes: 9 }, 'often')
    expect(planner.count).toBe(13)
    const { affected, unaffected: groups } = planner.plan(false)
    expect(affected).toMatchObject({ count: 10, sizeBytes: 30 })
    expect(affected.imageIds).toHaveLength(10)
    expect(affected.sample).toHaveLength(8)
    expect(groups.map(({ reason, count }) => [reason, count])).toEqual([
      ['often', 2],
      ['rare', 1],
    ])
  })

  it('keeps no ids of a query', () => {
    const planner = new BulkPlanner({ keepsIds: false })
    planner.add({ id: 'x', name: 'x', sizeBytes: null }, undefined)
    expect(planner.plan(false).affected).toMatchObject({ count: 1, imageIds: [] })
  })
})

describe('addOutcomes', () => {
  const outcome = (id: number, result: BulkOutcome['result'], message?: string): BulkOutcome => ({
    id: String(id),
    name: null,
    result,
    ...(message !== undefined && { message }),
  })

  it('counts everything and names no more failures than are read', () => {
    const failures = Array.from({ length: namedMax + 5 }, (_, index) => outcome(index, 'failed', 'why'))
    const first = addOutcomes(emptyTally, [outcome(1, 'done'), outcome(2, 'skipped', 'already')])
    const tally = addOutcomes(addOutcomes(first, failures), [outcome(3, 'skipped', 'already'), outcome(4, 'done')])
    expect(tally).toMatchObject({ doneCount: 2, failedCount: namedMax + 5 })
    expect(tally.failed).toHaveLength(namedMax)
    expect([...tally.skipped]).toEqual([['already', 2]])
    expect(lookedAt(tally)).toBe(namedMax + 9)
  })
})

describe('undoOf', () => {
  const image = { tags: ['a'], properties: { os_distro: 'debian' }, visibility: 'private' } as const

  it.each<[BulkAct, readonly BulkAct[]]>([
    [{ kind: 'delete' }, []],
    [
      { kind: 'addTags', tags: ['a', 'b', 'c'] },
      [
        { kind: 'removeTag', tag: 'b' },
        { kind: 'removeTag', tag: 'c' },
      ],
    ],
    [{ kind: 'removeTag', tag: 'a' }, [{ kind: 'addTags', tags: ['a'] }]],
    [
      { kind: 'setProperty', name: 'os_distro', value: 'suse' },
      [{ kind: 'setProperty', name: 'os_distro', value: 'debian' }],
    ],
    [{ kind: 'setProperty', name: 'new', value: 'v' }, [{ kind: 'removeProperty', name: 'new' }]],
    [{ kind: 'removeProperty', name: 'os_distro' }, [{ kind: 'setProperty', name: 'os_distro', value: 'debian' }]],
    [{ kind: 'setVisibility', visibility: 'public' }, [{ kind: 'setVisibility', visibility: 'private' }]],
    [{ kind: 'setProtected', value: true }, [{ kind: 'setProtected', value: false }]],
    [{ kind: 'setActive', value: false }, [{ kind: 'setActive', value: true }]],
  ])('of %j takes it back', (act, undo) => {
    expect(undoOf(image, act)).toEqual(undo)
  })

  it('is grouped, so that images with the same way back go together', () => {
    const done = (id: string, undo: readonly BulkAct[]) => ({ id, name: null, result: 'done', undo }) as const
    const [hide, show] = [
      { kind: 'setHidden', value: true },
      { kind: 'setHidden', value: false },
    ] as const
    const failed = { id: '4', name: null, result: 'failed' } as const
    expect(undosOf([done('1', [hide]), done('2', [show]), done('3', [hide]), failed])).toEqual([
      { act: hide, imageIds: ['1', '3'] },
      { act: show, imageIds: ['2'] },
    ])
  })
})
