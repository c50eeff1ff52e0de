import { describe, expect, it } from 'vitest'
import type { FilterDef } from './list-spec'
import { suggestionsFor } from './suggest'

const defs: readonly FilterDef[] = [
  { key: 'status', hint: '', type: 'choice', choices: ['active', 'queued'] },
  { key: 'size', hint: '', type: 'size' },
  { key: 'protected', hint: '', type: 'flag' },
]
const ids = (input: string) => suggestionsFor(input, defs, []).map((suggestion) => suggestion.id)

describe('suggestionsFor', () => {
  it('offers every filter before anything is typed', () => {
    expect(ids('')).toEqual(['key-status', 'key-size', 'key-protected'])
  })

  it('searches by default, and finds keys and values by their beginning', () => {
    expect(ids('s')).toEqual(['search', 'key-status', 'key-size'])
    expect(ids('act')).toEqual(['search', 'filter-status-active'])
  })

  it('completes the value of a key', () => {
    expect(ids('status:q')).toEqual(['filter-status-queued'])
    expect(ids('protected:')).toEqual(['filter-protected-yes', 'filter-protected-no'])
    expect(ids('size:>1GiB')).toEqual(['filter-size-gt:1073741824'])
  })

  it('explains a key whose value makes no sense yet', () => {
    expect(ids('size:big')).toEqual(['key-size'])
  })

  it('searches for text with a colon that is no filter', () => {
    expect(ids('http://x')).toEqual(['search'])
  })
})
