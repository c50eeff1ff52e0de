import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { isApiError } from '@/lib/errors/api-error'
import { PrincipalCredentials } from './enforce'
import { decide, type PolicyTarget, type Rules } from './evaluate'
import { type ExplainedCheck, explain } from './explain'
import { buildRuleSet, defaultRuleSet, glanceRules } from './rule-set'

const who = (roles: readonly string[]) => new PrincipalCredentials(contextOf({ roles }).principal)
const target = (values: Readonly<Record<string, string | null>>): PolicyTarget => ({ get: (key) => values[key] })
const own = target({ project_id: 'mine', member_id: null, visibility: 'private' })
const theirs = target({ project_id: 'theirs', member_id: null, visibility: 'private' })
const rulesOf = (rules: Readonly<Record<string, unknown>>): Rules =>
  buildRuleSet(glanceRules, new Map(Object.entries(rules)), { enforceNewDefaults: true })

describe('explain', () => {
  it('tells what would let a reader delete an image', () => {
    const { outcome, decidingCheck, changes } = explain(defaultRuleSet(), 'delete_image', who(['reader']), own)
    expect(outcome).toBe(false)
    expect(decidingCheck).toMatchObject({
      text: 'role:member',
      reason: 'the caller has the roles reader; asked for is member',
    })
    expect(changes.map((set) => set.map(({ text, to }) => `${text} ${to}`))).toEqual([
      ['role:admin true'],
      ['role:member true'],
    ])
  })

  it('tells what would shut a member out', () => {
    const { outcome, decidingCheck, changes } = explain(defaultRuleSet(), 'delete_image', who(['member']), own)
    expect([outcome, decidingCheck.text]).toEqual([true, 'project_id:%(project_id)s'])
    expect(changes.map((set) => set.map(({ text }) => text))).toEqual([['role:member'], ['project_id:%(project_id)s']])
  })

  it('gives each check of the tree, also those that were not needed', () => {
    const { tree } = explain(defaultRuleSet(), 'delete_image', who(['admin']), theirs)
    const leaves: string[] = []
    const walk = (check: ExplainedCheck) => {
      if (check.parts.length === 0) leaves.push(`${check.text} ${check.outcome} ${check.isAsked}`)
      for (const part of check.parts) walk(part)
    }
    walk(tree)
    expect(leaves).toEqual(['role:admin true true', 'role:member false false', 'project_id:%(project_id)s false false'])
  })

  it('names the default that stands in, cycles and what cannot be evaluated', () => {
    expect(explain(defaultRuleSet(), 'typo', who([]), own).tree).toMatchObject({
      kind: 'default',
      outcome: true,
      reason: 'there is no rule typo; the rule default decides',
    })
    const circle = rulesOf({ a: 'rule:b', b: 'rule:a' })
    expect(explain(circle, 'a', who([]), own)).toMatchObject({
      outcome: 'error',
      decidingCheck: { reason: 'the rule a refers to itself' },
      changes: [],
    })
    expect(explain(rulesOf({ a: '1a:x' }), 'a', who([]), own).outcome).toBe('error')
  })

  it('ends, also where references double at each step', () => {
    const doubling = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`d${index}`, `rule:d${index + 1} and rule:d${index + 1}`]),
    )
    expect(explain(rulesOf(doubling), 'd0', who([]), own).outcome).toBe('error')
  })

  it('comes to what the decision comes to, and its changes do turn it round', () => {
    const leaf = fc.constantFrom(
      '@',
      '!',
      'role:a',
      'role:b',
      'role:c',
      'rule:s',
      'rule:t',
      "'private':%(visibility)s",
      '1a:1',
    )
    const { text } = fc.letrec<{ text: string }>((tie) => ({
      text: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.tuple(tie('text'), fc.constantFrom('and', 'or'), tie('text')).map((parts) => `(${parts.join(' ')})`),
        tie('text').map((inner) => `not ${inner}`),
      ),
    }))
    const roleNames = ['a', 'b', 'c']
    fc.assert(
      fc.property(text, text, text, fc.subarray(roleNames), (r, s, t, roles) => {
        const rules = rulesOf({ r, s, t })
        const decided = answer(rules, roles)
        const { outcome, changes } = explain(rules, 'r', who(roles), own)
        expect(outcome).toBe(decided)
        for (const set of changes) {
          if (!set.every((change) => change.text.startsWith('role:'))) continue
          const given = set.filter(({ to }) => to).map((change) => change.text.slice(5))
          const taken = set.filter(({ to }) => !to).map((change) => change.text.slice(5))
          const other = answer(rules, [...roles.filter((role) => !taken.includes(role)), ...given])
          expect(other).toBe(!decided)
        }
      }),
    )
  })

  function answer(rules: Rules, roles: readonly string[]): boolean | 'error' {
    try {
      return decide(rules, 'r', who(roles), own)
    } catch (error) {
      if (isApiError(error)) return 'error'
      throw error
    }
  }
})
