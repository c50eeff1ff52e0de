import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { environment } from '@/lib/config/environment'
import { isApiError } from '@/lib/errors/api-error'
import { decide, type PolicyValue } from './evaluate'
import { buildRuleSet } from './rule-set'
import { referenceAnswer } from './test-reference-evaluator'

const numRuns = environment().GLIMPSE_TEST_LONG === '1' ? 100_000 : 3_000
const names = ['r', 'base', 'ops', 'edit', 'view']

const leaf = fc.constantFrom(
  ...['@', '!', 'garbage', 'rule:base', 'rule:ops', 'rule:edit', 'rule:view', 'rule:r', 'rule:gone', 'rule:default'],
  ...['role:member', 'role:ADMIN', 'role:%(role)s', 'role:reader', 'Role:member', 'roles:member', 'roles:MEMBER'],
  ...['project_id:%(project_id)s', 'user_id:%(user_id)s', 'project_id:%(gone)s', 'domain_id:%(none)s', 'tags:gold'],
  ...["'public':%(visibility)s", '"shared":%(visibility)s', 'True:%(flag)s', 'None:%(none)s', '7:%(count)s'],
  ...['user.domain.id:%(project_id)s', 'user.name:x', 'user_id.x:1', 'project_id:p%%', 'project_id:%', 'a:%(user_id'],
  ...[':x', 'a..b:%(flag)s', '1a:1', 'a$:%(gone)s', 'class:1', "'a':'a'", "'x:y", 'list.id:%(count)s', 'a:%(flag)z'],
)
const space = fc.constantFrom(' ', '  ', '\t', '\n', '\u00a0', '\u0085', '\ufeff', '')
const operator = fc.constantFrom('and', 'or', 'AND', 'Or')

const { expression } = fc.letrec<{ expression: string; atom: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('atom'),
    fc
      .tuple(tie('expression'), operator, tie('expression'), fc.constantFrom(' ', '\n', '\u2003'))
      .map(([left, word, right, gap]) => `${left}${gap}${word}${gap}${right}`),
    tie('expression').map((inner) => `(${inner})`),
    tie('expression').map((inner) => `( ${inner} )`),
    tie('expression').map((inner) => `not ${inner}`),
  ),
  atom: leaf,
}))

/** Text as nobody meant it: words in any order, a letter lost, a letter too many. */
const broken = fc.oneof(
  fc
    .array(fc.tuple(fc.oneof(leaf, operator, fc.constantFrom('(', ')', 'not', "'", '"')), space), { maxLength: 8 })
    .map((words) => words.flat().join('')),
  fc.tuple(expression, fc.nat(), fc.constantFrom('', '(', ')', ' ', ':', "'")).map(([text, place, letter]) => {
    const index = place % (text.length + 1)
    return text.slice(0, index) + letter + text.slice(index + (place % 2))
  }),
)
// Operators and parentheses are letters like others there.
const inList = fc.constantFrom('role:member and role:reader', '(role:member)', 'rule:base or role:member')
const lists = fc.array(
  fc.oneof(leaf, fc.array(fc.oneof(leaf, inList), { maxLength: 3 }), fc.constantFrom(null, '', false)),
  { maxLength: 4 },
)
const ruleValue = fc.oneof(
  { weight: 6, arbitrary: expression },
  { weight: 2, arbitrary: broken },
  { weight: 1, arbitrary: lists },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', null, false, 0) },
)
const rulesOf = fc.dictionary(fc.constantFrom(...names, 'default'), ruleValue, { noNullPrototype: true })

const values = fc.constantFrom('p', 'q', 'member', 'public', 'shared', 'p%')
const creds = fc.record(
  {
    roles: fc.subarray(['member', 'reader', 'admin', 'Auditor']),
    project_id: fc.option(values),
    user_id: values,
    domain_id: fc.constant(null),
    tags: fc.subarray(['gold', 'silver']),
    user: fc.oneof(
      fc.constant('text'),
      fc.constant({}),
      fc.record({ domain: fc.record({ id: values }), name: values }),
    ),
    list: fc.array(fc.record({ id: fc.constantFrom(7, 8) }), { maxLength: 2 }),
  },
  { requiredKeys: [], noNullPrototype: true },
)
const target = fc.record(
  {
    project_id: fc.option(values),
    user_id: values,
    visibility: values,
    role: fc.constantFrom('Member', 'admin', 'none'),
    flag: fc.boolean(),
    none: fc.constant(null),
    count: fc.constantFrom(7, 8),
  },
  { requiredKeys: [], noNullPrototype: true },
)

type Values = Readonly<Record<string, PolicyValue>>
const reading = (values: Values) => ({
  get: (key: string) => (Object.hasOwn(values, key) ? values[key] : undefined),
  entries: () => values,
})

function answer(rules: Readonly<Record<string, unknown>>, who: Values, what: Values): boolean | 'error' {
  try {
    const set = buildRuleSet([], new Map(Object.entries(rules)), { enforceNewDefaults: true })
    return decide(set, 'r', reading(who), reading(what))
  } catch (error) {
    if (isApiError(error) && error.code.startsWith('policy_')) return 'error'
    throw error
  }
}

describe('decide', () => {
  it('answers as an evaluator does that was written without it', { timeout: 600_000 }, () => {
    const seen = { true: 0, false: 0, error: 0 }
    fc.assert(
      fc.property(rulesOf, creds, target, (rules, who, what) => {
        const expected = referenceAnswer(rules, 'r', who, what)
        seen[`${expected}`] += 1
        expect(answer(rules, who, what)).toBe(expected)
      }),
      { numRuns },
    )
    // Questions that all had the same answer would tell nothing.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(numRuns / 50)
  })

  it('ends with an answer or an error of its own, whatever the text', { timeout: 600_000 }, () => {
    const letters = fc.constantFrom(...'()\'"%: .*{}[]<>=+-_!@,aorndt0195xsuUNb\\\n\u00a0\ud800é'.split(''))
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: letters, maxLength: 60 }),
      fc
        .tuple(fc.string({ unit: letters, maxLength: 20 }), fc.constantFrom(':%(x)s', ':', ':%s'))
        .map((two) => two.join('')),
      broken,
    )
    const rule = fc.oneof(text, fc.array(fc.oneof(text, fc.array(text, { maxLength: 3 })), { maxLength: 3 }))
    fc.assert(
      fc.property(rule, rule, (r, base) => {
        expect([true, false, 'error']).toContain(answer({ r, base }, { roles: ['a'] }, { x: 'x' }))
      }),
      { numRuns },
    )
  })

  it.each([
    ['parentheses', '('.repeat(100_000)],
    ['closed parentheses', `${'('.repeat(50_000)}@${')'.repeat(50_000)}`],
    ['negations', 'not '.repeat(100_000)],
    ['alternatives', 'role:x or '.repeat(100_000)],
    ['quotes', `${"'".repeat(20_000)}:x`],
    ['zeros', `${'0'.repeat(20_000)}:x`],
    ['brackets', `${'['.repeat(20_000)}:x`],
    ['formats', `a:${'%('.repeat(20_000)}`],
    ['points', `${'a.'.repeat(20_000)}:x`],
    ['signs', `${'-'.repeat(20_000)}1:x`],
  ])('does not overflow or stand still on a hundred thousand %s', (_, text) => {
    const start = performance.now()
    expect([false, 'error']).toContain(answer({ r: text }, {}, { x: 'x' }))
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
