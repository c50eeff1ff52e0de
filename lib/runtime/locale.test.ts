import { describe, expect, it } from 'vitest'
import { negotiateLocale, parseLocale } from './locale'

describe('the language of a reader', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5', 'en'],
    ['fr, de;q=0.3', 'de'],
    ['en;q=0.1, de; q=0.5', 'de'],
    ['de;q=0, en', 'en'],
    ['ja,*', 'en'],
    [';;;,q=,de;q=x', 'de'],
  ])('of %j is %s', (header, locale) => {
    expect(negotiateLocale(header)).toBe(locale)
  })

  it('is chosen among those that there are', () => {
    expect(['de', 'en-XA', 'xx', undefined].map(parseLocale)).toEqual(['de', 'en-XA', undefined, undefined])
  })
})
