import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonParts } from './json-parts'

describe('jsonParts', () => {
  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const json = JSON.stringify(JSON.parse(text), null, 2)
        expect(
          jsonParts(json)
            .map((part) => part.text)
            .join(''),
        ).toBe(json)
      }),
    )
  })

  it('tells keys, texts, numbers and words apart', () => {
    const kinds = jsonParts('{"a": "b: true", "n": -1.5e3, "w": null}').filter(({ kind }) => kind !== 'mark')
    expect(kinds.map(({ kind, text }) => [kind, text])).toEqual([
      ['key', '"a"'],
      ['text', '"b: true"'],
      ['key', '"n"'],
      ['number', '-1.5e3'],
      ['key', '"w"'],
      ['word', 'null'],
    ])
  })
})
