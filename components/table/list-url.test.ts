import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addFilter, describeFilter, normalizeFilter } from './filter-value'
import type { FilterDef, ListSpec, ListState } from './list-spec'
import { emptyListState, fromFirstPage, listSearch, parseListSearch } from './list-url'

const status: FilterDef = { key: 'status', hint: '', type: 'choice', choices: ['queued', 'active'] }
const tag: FilterDef = { key: 'tag', hint: '', type: 'text', isRepeatable: true }
const size: FilterDef = { key: 'size', hint: '', type: 'size' }
const created: FilterDef = { key: 'created', hint: '', type: 'moment' }
const property: FilterDef = { key: 'property', hint: '', type: 'property', isRepeatable: true }
const spec: ListSpec = {
  views: ['all', 'mine'],
  filters: [status, tag, size, created, property],
  sorts: ['name', 'size'],
  columns: ['name', 'status', 'size'],
  pageSizes: [25, 50],
}
const parse = (search: string) => parseListSearch(new URLSearchParams(search), spec)

describe('parseListSearch', () => {
  it('reads the whole grammar', () => {
    const { state, dropped } = parse(
      'view=mine&q=ubuntu&status=active,queued&size=gte:1GiB&tag=prod&tag=db&sort=-size,name&after=abc&n=50&cols=name,size&density=compact&peek=0a-b',
    )
    expect(dropped).toEqual([])
    expect(state).toEqual({
      view: 'mine',
      text: 'ubuntu',
      filters: [
        { key: 'status', value: 'queued,active' },
        { key: 'size', value: 'gte:1073741824' },
        { key: 'tag', value: 'prod' },
        { key: 'tag', value: 'db' },
      ],
      sort: [
        { id: 'size', desc: true },
        { id: 'name', desc: false },
      ],
      after: 'abc',
      before: null,
      pageSize: 50,
      columns: ['name', 'size'],
      density: 'compact',
      peek: '0a-b',
    })
  })

  it('drops and names what it does not understand', () => {
    const { state, dropped } = parse('view=none&status=melted&sort=colour&n=7&after=%20&foo=1&size=big&cols=x')
    expect(state).toEqual(emptyListState(spec))
    expect(dropped).toHaveLength(8)
  })

  it('never throws, whatever the address says', () => {
    fc.assert(fc.property(fc.string(), (text) => parse(text).state.view !== ''))
  })

  it('reads back every state it writes', () => {
    const texts = fc.string({ minLength: 1 }).filter((text) => text.trim() === text)
    const states = fc.record<ListState>({
      view: fc.constantFrom('all', 'mine'),
      text: fc.string().map((text) => text.trim()),
      filters: fc.uniqueArray(texts, { maxLength: 3 }).map((values) => values.map((value) => ({ key: 'tag', value }))),
      sort: fc.constantFrom([], [{ id: 'name', desc: true }]),
      after: fc.constantFrom(null, 'x-_1'),
      before: fc.constant(null),
      pageSize: fc.constantFrom(null, 25, 50),
      columns: fc.constantFrom(null, ['name'], ['name', 'size']),
      density: fc.constantFrom(null, 'compact'),
      peek: fc.constantFrom(null, '0a-b'),
    })
    fc.assert(
      fc.property(states, (state) => {
        expect(parse(listSearch(state, spec))).toEqual({ state, dropped: [] })
      }),
    )
  })
})

describe('fromFirstPage', () => {
  it('forgets the cursor', () => {
    expect(fromFirstPage({ ...emptyListState(spec), after: 'abc' }, { text: 'x' })).toMatchObject({
      after: null,
      text: 'x',
    })
  })
})

describe('filters', () => {
  it('understands sizes as people write them', () => {
    expect(normalizeFilter(size, '>1.5 GiB')).toBe('gt:1610612736')
    expect(normalizeFilter(size, '<=10kb')).toBe('lte:10000')
    expect(normalizeFilter(size, '7')).toBe('gte:7')
    expect(normalizeFilter(size, 'gte:7')).toBe('gte:7')
    expect(normalizeFilter(size, '7 parsecs')).toBeNull()
  })

  it('understands days and refuses what is none', () => {
    expect(normalizeFilter(created, '>2026-11-01')).toBe('gt:2026-11-01')
    expect(normalizeFilter(created, '2026-13-01')).toBeNull()
    expect(normalizeFilter(created, 'soon')).toBeNull()
  })

  it('wants a key and an equals sign in a property', () => {
    expect(normalizeFilter(property, 'os_distro=ubuntu')).toBe('os_distro=ubuntu')
    expect(normalizeFilter(property, 'os_distro')).toBeNull()
  })

  it('widens choices, narrows repeatable filters, replaces the others', () => {
    const one = addFilter([], status, 'active')
    expect(addFilter(one, status, 'queued')).toEqual([{ key: 'status', value: 'queued,active' }])
    expect(addFilter([{ key: 'tag', value: 'a' }], tag, 'b')).toHaveLength(2)
    expect(addFilter([{ key: 'tag', value: 'a' }], tag, 'a')).toHaveLength(1)
    expect(addFilter([{ key: 'size', value: 'gte:1' }], size, 'lt:5')).toEqual([{ key: 'size', value: 'lt:5' }])
  })

  it('reads a filter back in words', () => {
    expect(describeFilter({ key: 'size', value: 'gte:1073741824' }, size)).toBe('size ≥ 1 GiB')
    expect(describeFilter({ key: 'status', value: 'queued,active' }, status)).toBe('status: queued, active')
  })
})
