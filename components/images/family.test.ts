import { describe, expect, it } from 'vitest'
import type { ImageView } from '@/lib/images/view'
import { retirable } from './family'
import { imageOf } from './test-image'

const can = {
  modify: true,
  delete: true,
  download: true,
  upload: true,
  deactivate: true,
  reactivate: true,
  share: true,
  copy: true,
  newVersion: true,
  downloadDeactivated: true,
  visibilities: [],
} as const
const version = (id: string, change: Partial<ImageView> = {}) => ({ image: imageOf({ id, ...change }), can })
const ids = (versions: Parameters<typeof retirable>[0], keep: number) =>
  retirable(versions, keep).map(({ image }) => image.id)

describe('versions to be retired', () => {
  const versions = [
    version('5', { status: 'queued' }),
    version('4'),
    version('3', { isHidden: true }),
    version('2'),
    version('1'),
  ]

  it('are those older than the newest usable ones', () => {
    expect(ids(versions, 1)).toEqual(['3', '2', '1'])
    expect(ids(versions, 2)).toEqual(['1'])
  })

  it('are none where fewer are usable than are to be kept', () => {
    expect(ids(versions, 4)).toEqual([])
    expect(ids([version('2', { status: 'deactivated' }), version('1', { isHidden: true })], 1)).toEqual([])
  })
})
