import { describe, expect, it } from 'vitest'
import { decide } from './evaluate'
import { buildRuleSet } from './rule-set'

interface Question {
  readonly rules: Readonly<Record<string, string>>
  readonly roles?: readonly string[]
  readonly who?: Readonly<Record<string, string | boolean | null>>
  readonly target?: Readonly<Record<string, string | boolean | number | null>>
}

function answer({ rules, roles = [], who = {}, target = {} }: Question): boolean {
  const set = buildRuleSet([], new Map(Object.entries(rules)), { enforceNewDefaults: true })
  return decide(set, 'r', { get: (name) => (name === 'roles' ? roles : who[name]) }, { get: (key) => target[key] })
}

const simple = (r: string) => answer({ rules: { r }, roles: ['a'] })

describe('decide', () => {
  it.each([
    ['', true],
    ['  ', false],
    ['@', true],
    ['!', false],
    ['role:a', true],
    ['role:A', true],
    ['role:b', false],
    ['not role:b', true],
    ['role:b or role:a and role:a', true],
    ['role:a or role:a and role:b', true],
    ['(role:a or role:a) and role:b', false],
    ['not role:b and role:a', true],
    ['not (role:b or role:a)', false],
    ['NOT role:b AND role:a', true],
    ['((role:a))', true],
    ['role:a and', false],
    ['(role:a', false],
    ['role:a role:a', false],
    ['or', false],
    ['word', false],
    ['not word', true],
  ])('%j: %j', (check, expected) => expect(simple(check)).toBe(expected))

  it('compares attributes of the caller with the target', () => {
    const rules = { r: 'project_id:%(project_id)s' }
    expect(answer({ rules, who: { project_id: 'p' }, target: { project_id: 'p' } })).toBe(true)
    expect(answer({ rules, who: { project_id: 'p' }, target: { project_id: 'q' } })).toBe(false)
    expect(answer({ rules, who: { project_id: 'p' } })).toBe(false)
    expect(answer({ rules, target: { project_id: 'p' } })).toBe(false)
  })

  it('takes an absent project for the owner of what nobody owns', () => {
    const rules = { r: 'project_id:%(project_id)s' }
    expect(answer({ rules, who: { project_id: null }, target: { project_id: null } })).toBe(true)
  })

  it('compares literals with the target', () => {
    const rules = { r: "'public':%(visibility)s" }
    expect(answer({ rules, target: { visibility: 'public' } })).toBe(true)
    expect(answer({ rules, target: { visibility: 'private' } })).toBe(false)
    expect(answer({ rules: { r: "'True':%(protected)s" }, target: { protected: true } })).toBe(true)
  })

  it('follows references, and takes the rule default for a name that no rule has', () => {
    expect(answer({ rules: { r: 'rule:s', s: 'role:a' }, roles: ['a'] })).toBe(true)
    expect(answer({ rules: { r: 'rule:none', default: '!' } })).toBe(false)
    expect(answer({ rules: { default: 'role:a' }, roles: ['a'] })).toBe(true)
    expect(answer({ rules: {} })).toBe(false)
  })
})
