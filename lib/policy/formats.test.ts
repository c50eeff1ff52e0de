import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policyFormats, readPolicyDocument, writePolicyDocument } from './formats'
import { metadefRules, presetRules, presetState } from './presets'

const valuesOf = (text: string) => {
  const { format, rules } = readPolicyDocument(text, 'file')
  return { format, rules: Object.fromEntries([...rules].map(([name, { value }]) => [name, value])) }
}

const map = `GlanceApiPolicies: {
    glance-metadef_default: { key: 'metadef_default', value: '' },
    glance-get_metadef_namespace: { key: 'get_metadef_namespace', value: 'rule:metadef_default' },
}`
const rules = { metadef_default: '', get_metadef_namespace: 'rule:metadef_default' }

describe('readPolicyDocument', () => {
  it.each([
    ['the map alone', map],
    [
      'the map within parameter_defaults, among others',
      `resource_registry: {}\nparameter_defaults:\n  Debug: true\n  ${map.replaceAll('\n', '\n  ')}`,
    ],
    ['what is in the map', map.replace('GlanceApiPolicies: ', '')],
    [
      'lines instead of braces',
      'parameter_defaults:\n  GlanceApiPolicies:\n    a:\n      key: metadef_default\n      value: ""\n    b:\n      key: get_metadef_namespace\n      value: rule:metadef_default\n',
    ],
  ])('reads %s', (_, text) => expect(valuesOf(text)).toEqual({ format: 'rhosp', rules }))

  it('reads policy files', () => {
    expect(valuesOf('# c\n"a": "role:x or role:y"\nb: [["role:x"], "role:y"]\n')).toEqual({
      format: 'oslo',
      rules: { a: 'role:x or role:y', b: [['role:x'], 'role:y'] },
    })
  })

  it('gives the place of each rule', () => {
    expect(readPolicyDocument(map, 'file').rules.get('get_metadef_namespace')).toMatchObject({ file: 'file', line: 3 })
  })

  it.each([
    ['a template without the map', 'parameter_defaults:\n  Debug: true', 'line 2: there is no GlanceApiPolicies'],
    ['an entry without a value', 'GlanceApiPolicies:\n  a: { key: b }', 'line 2: a must have a key and a value'],
    ['an entry with more', 'GlanceApiPolicies:\n  a: { key: b, value: c, d: e }', 'line 2: a must have'],
    [
      'a rule that is there twice',
      'GlanceApiPolicies:\n  a: {key: x, value: c}\n  b: {key: x, value: d}',
      'line 3: x is there',
    ],
    ['a key that is no text', 'GlanceApiPolicies:\n  a: {key: 7, value: c}', 'line 2: the key of a is no text'],
    ['text that is no YAML', 'a: b\na: c', 'file: line 2: a is there twice'],
  ])('refuses %s', (_, text, reason) => expect(() => readPolicyDocument(text, 'file')).toThrow(reason))
})

describe('writePolicyDocument', () => {
  it.each(policyFormats)('loses nothing in %s', (format) => {
    const name = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }).filter((text) => text !== '__proto__')
    const check = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', "'public':%(visibility)s", '"a":%(b)s', 'role:a'),
    )
    const value = fc.oneof(
      check,
      fc.array(fc.oneof(check, fc.array(check, { maxLength: 3 })), { minLength: 1, maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (each) => {
        const text = writePolicyDocument(new Map(Object.entries(each)), format)
        expect(valuesOf(text).rules).toEqual(each)
      }),
    )
  })

  it.each(policyFormats)('writes in %s by their numbers the letters that readers of YAML refuse', (format) => {
    const rules = new Map([['rule\u007f', 'role:\u2028\ufeff\u0085']])
    const text = writePolicyDocument(rules, format)
    expect(text).not.toMatch(/[\u007f-\u009f\u2028\ufeff]/)
    expect(valuesOf(text).rules).toEqual(Object.fromEntries(rules))
  })

  it('writes the opened preset as the manual has it', () => {
    const text = writePolicyDocument(presetRules('opened'), 'rhosp')
    expect(text).toContain("    glance-metadef_default: { key: 'metadef_default', value: '' },\n")
    expect(text.split('\n').filter((line) => line.includes('key:')).length).toBe(27)
  })
})

describe('presets', () => {
  it('set every rule of metadata definitions, and are recognised', () => {
    expect(metadefRules.length).toBe(28)
    expect(presetState(new Map()).name).toBe('upstream')
    for (const preset of ['upstream', 'rhosp', 'opened'] as const) {
      expect(presetState(presetRules(preset)).name).toBe(preset)
    }
  })

  it('are mixed when rules are of several, or of none', () => {
    const opened = new Map<string, string>(presetRules('opened'))
    opened.delete('delete_metadef_tags')
    const { name, rules: each } = presetState(opened)
    expect(name).toBe('mixed')
    expect(each.find((rule) => rule.name === 'delete_metadef_tags')?.presets).toEqual(['upstream', 'rhosp'])
    expect(presetState(new Map([['add_metadef_tag', 'role:x']])).name).toBe('mixed')
  })
})
