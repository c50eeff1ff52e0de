import { describe, expect, it } from 'vitest'
import type { PropertyDefinition } from '@/lib/metadefs/view'
import { isTrue, parseList, parsePasted, problemOf, writeList } from './property-value'
import { definition } from './test-definitions'

describe('a value by its definition', () => {
  it.each<[string, Partial<PropertyDefinition>, string, string | undefined]>([
    ['any text', {}, '', undefined],
    ['one of the choices', { choices: ['a', 'b'] }, 'b', undefined],
    ['none of the choices', { choices: ['a', 'b'] }, 'c', 'Choose one of the values'],
    ['too short, in characters and not in units', { minLength: 2 }, '🐧', 'At least 2 characters'],
    ['too long', { maxLength: 3 }, 'four', 'At most 3 characters'],
    ['of another form', { pattern: '^\\d+$' }, 'x1', 'Must look like ^\\d+$'],
    ['a pattern that cannot be read', { pattern: '(?P<x>' }, 'x', undefined],
    ['a whole number', { type: 'integer', minimum: 1, maximum: 8 }, '8', undefined],
    ['a number that is not whole', { type: 'integer' }, '1.5', 'A whole number'],
    ['nothing for a number', { type: 'number' }, ' ', 'A number'],
    ['too small', { type: 'number', minimum: 1 }, '0.5', 'At least 1'],
    ['too large', { type: 'integer', maximum: 8 }, '9', 'At most 8'],
    ['a number of a list', { type: 'integer', choices: ['1', '2'] }, '2', undefined],
    ['a number that is not in the list', { type: 'integer', choices: ['1', '2'] }, '3', 'Choose one of the values'],
  ])('%s', (_, bounds, text, problem) => {
    expect(problemOf(definition('k', bounds), text)).toBe(problem)
  })

  it('means yes in many words', () => {
    expect(['true', 'True', 'YES', '1', 'on'].every(isTrue)).toBe(true)
    expect(['false', '', '0', 'no', 'sure'].some(isTrue)).toBe(false)
  })
})

describe('lists', () => {
  it.each([
    ['a,b', { operator: '', items: ['a', 'b'] }],
    ['<in> a,b', { operator: '<in>', items: ['a', 'b'] }],
    ['<or> a <or> b', { operator: '<or>', items: ['a', 'b'] }],
    ['', { operator: '', items: [] }],
  ])('%s', (text, value) => {
    expect(parseList(text)).toEqual(value)
    expect(writeList(value)).toBe(text)
  })
})

describe('pasted properties', () => {
  it('are lines as for a command, or a JSON object', () => {
    expect(parsePasted('a=1\n\n# note\n--property b=x=y\n c = d ').values).toEqual({ a: '1', b: 'x=y', c: 'd' })
    expect(parsePasted('{"a": 1, "b": true, "c": "d"}').values).toEqual({ a: '1', b: 'true', c: 'd' })
  })
  it.each(['a', '=b', '{"a": {}}', '{"a": 1', '{"a": null}'])('refuse %s', (text) => {
    expect(parsePasted(text).mistake).toBeDefined()
  })
})
