import { afterEach, describe, expect, it } from 'vitest'
import '@/components/locales/pseudo'
import { type Locale, setLocaleSource } from '@/lib/runtime/locale'
import { registerCatalogs, texts } from './texts'

let locale: Locale = 'en'
setLocaleSource(() => locale)
afterEach(() => {
  locale = 'en'
})

const made = texts('test', {
  plain: 'Hello',
  about: (name: string, count: number) => `${name} has ${count} ${count === 1 ? 'image' : 'images'}`,
  byKey: (key: 'a' | 'b') => ({ a: 'First', b: 'Second' })[key],
  list: (names: readonly string[]) => names.length,
  group: { one: 'One', many: (count: number) => `${count} of them` },
  pairs: [['Enter', 'Open']],
} as const)

describe('texts', () => {
  it('speak the language that there is when they are read', () => {
    registerCatalogs('de', { test: { plain: 'Hallo', about: (name: string) => `Von ${name}`, group: { one: 'Eins' } } })
    const { group, about } = made
    expect([made.plain, about('x', 2), group.one, group.many(2)]).toEqual([
      'Hello',
      'x has 2 images',
      'One',
      '2 of them',
    ])
    locale = 'de'
    expect([made.plain, about('x', 2), group.one, group.many(2)]).toEqual(['Hallo', 'Von x', 'Eins', '2 of them'])
    expect(Object.entries(group).map(([key, value]) => [key, typeof value])).toEqual([
      ['one', 'string'],
      ['many', 'function'],
    ])
  })

  it('grow and get accents in the language for tests, but for what they are about', () => {
    locale = 'en-XA'
    expect(made.plain).toBe('Ĥéļļö~~')
    expect(made.about('debian-12', 3)).toBe('debian-12 ĥåš 3 îɱåĝéš~~~~~~')
    expect(made.byKey('b')).toBe('Šéçöñð~~~')
    expect(made.list(['a'])).toBe(1)
    expect(made.pairs.map(([keys]) => keys)).toEqual(['Éñţéŕ~~'])
  })
})
