import { describe, expect, it } from 'vitest'
import { imageListSpec } from '@/components/images/image-list-spec'
import { parseListSearch } from '@/components/table/list-url'
import type { RequestContext } from '@/lib/context/request-context'
import { catalogFilters, catalogSort, decodeCursor, encodeCursor } from './catalog-query'

const spec = imageListSpec({ disk: ['qcow2', 'raw'], container: ['bare'] }, ['file', 'archive'], true)
const state = (search: string) => parseListSearch(new URLSearchParams(search), spec).state
const ctx = { principal: { projectId: 'p1' } } as RequestContext
const filters = (search: string) => catalogFilters(ctx, state(search))

describe('catalogFilters', () => {
  it('asks for what the view holds', () => {
    expect(filters('')).toMatchObject({ isHidden: false })
    expect(filters('view=mine')).toMatchObject({ ownerId: 'p1', visibility: 'all' })
    expect(filters('view=shared')).toMatchObject({ visibility: 'shared', isSharedWithMe: true })
    expect(filters('view=hidden')).toMatchObject({ isHidden: true })
  })

  it('narrows by every filter of the address', () => {
    expect(
      filters('q=ub&status=active&format=raw&tag=a&tag=b&property=x=y=z&protected=no&size=>1GiB&created=lt:2026-01-01'),
    ).toMatchObject({
      text: 'ub',
      oneOf: [
        { column: 'status', values: ['active'] },
        { column: 'diskFormat', values: ['raw'] },
      ],
      tags: ['a', 'b'],
      properties: [{ name: 'x', value: 'y=z' }],
      isProtected: false,
      ranges: [{ column: 'sizeBytes', min: 2 ** 30 + 1 }],
      times: [{ column: 'createdAt', operator: 'lt', at: new Date('2026-01-01') }],
    })
  })

  it('finds nothing where view and filter exclude each other', () => {
    expect(filters('view=public&visibility=private').visibility).toBe('none')
    expect(filters('store=file')).toMatchObject({ storeId: 'file' })
    expect(filters('view=mine&owner=p2').visibility).toBe('none')
    expect(filters('view=mine&visibility=private').visibility).toBe('private')
  })
})

describe('catalogSort', () => {
  it('ends in the id, so that pages never repeat a row', () => {
    expect(catalogSort(state('sort=-size')).map((key) => key.column)).toEqual(['sizeBytes', 'createdAt', 'id'])
    expect(catalogSort(state('')).at(-1)?.column).toBe('id')
  })
})

describe('cursors', () => {
  it('survive the way through an address', () => {
    expect(decodeCursor(encodeCursor(['ä/ö', 5, null]), 3)).toEqual(['ä/ö', 5, null])
  })

  it('are refused when they are none or belong to another order', () => {
    expect(decodeCursor('%%%', 1)).toBeNull()
    expect(decodeCursor(encodeCursor(['a', 1]), 3)).toBeNull()
    expect(decodeCursor(Buffer.from('[{}]').toString('base64url'), 1)).toBeNull()
  })
})
