import { describe, expect, it } from 'vitest'
import type { RuleName } from './defaults'
import { presetRules } from './presets'
import { buildRuleSet, defaultRuleSet, glanceRules } from './rule-set'
import {
  callerOf,
  explainQuestion,
  matrixDifference,
  type PersonaName,
  policyMatrix,
  type TargetName,
} from './simulate'

const rulesOf = (overrides: ReadonlyMap<string, unknown>) =>
  buildRuleSet(glanceRules, overrides, { enforceNewDefaults: true })

const matrix = policyMatrix(defaultRuleSet())
const statuses = (rule: RuleName, target: TargetName) =>
  Object.fromEntries(
    matrix
      .filter((cell) => cell.rule === rule && cell.target === target)
      .map(({ persona, status }) => [persona, status]),
  )
const expected = (...each: number[]) => {
  const names: PersonaName[] = ['no role', 'reader', 'member', 'other project', 'service', 'admin']
  return Object.fromEntries(names.map((name, index) => [name, each[index]]))
}

describe('policyMatrix', () => {
  it('asks every rule that has an operation, for every persona and target', () => {
    const rules = new Set(matrix.map(({ rule }) => rule))
    expect(matrix.length).toBe(rules.size * 18)
    expect(rules.has('delete_metadef_tags')).toBe(true)
    expect(rules.has('context_is_admin')).toBe(false)
  })

  // What the original was seen to answer: the tables of policy.md 7.
  it.each([
    ['get_image', 'own', expected(404, 200, 200, 404, 404, 200)],
    ['get_image', 'public', expected(404, 200, 200, 200, 404, 200)],
    ['get_image', 'other', expected(404, 404, 404, 404, 404, 200)],
    ['modify_image', 'own', expected(404, 403, 200, 404, 404, 200)],
    ['modify_image', 'public', expected(404, 403, 403, 403, 404, 200)],
    ['publicize_image', 'own', expected(403, 403, 403, 404, 403, 200)],
    ['publicize_image', 'other', expected(404, 404, 404, 404, 404, 200)],
    ['get_images', 'own', expected(403, 200, 200, 200, 403, 200)],
    ['add_image', 'own', expected(403, 403, 200, 403, 403, 200)],
    ['tasks_api_access', 'own', expected(403, 403, 403, 403, 403, 200)],
    ['get_metadef_namespace', 'own', expected(404, 200, 200, 404, 404, 200)],
    ['get_metadef_object', 'public', expected(404, 200, 200, 200, 404, 200)],
    ['modify_metadef_namespace', 'own', expected(404, 403, 403, 404, 404, 200)],
    ['delete_metadef_tags', 'public', expected(404, 403, 403, 403, 404, 200)],
    ['add_metadef_namespace', 'own', expected(404, 403, 403, 403, 404, 200)],
    ['get_metadef_namespaces', 'own', expected(404, 200, 200, 200, 404, 200)],
  ] as const)('%s of what is %s', (rule, target, answers) => expect(statuses(rule, target)).toEqual(answers))
})

describe('matrixDifference', () => {
  it('tells what the opened preset opens, and nothing else', () => {
    const changes = matrixDifference(defaultRuleSet(), rulesOf(presetRules('opened')))
    expect(changes.every(({ rule, after }) => rule.includes('metadef') && after === 200)).toBe(true)
    expect(changes).toContainEqual({
      ...{ rule: 'delete_metadef_namespace', persona: 'no role', target: 'public', before: 404, after: 200 },
    })
    expect(changes.filter(({ persona, target }) => persona === 'other project' && target === 'other')).toEqual(
      changes.filter(({ target, rule, persona }) => {
        return target === 'other' && persona === 'other project' && rule === 'add_metadef_namespace'
      }),
    )
    expect(matrixDifference(defaultRuleSet(), rulesOf(presetRules('upstream')))).toEqual([])
  })
})

describe('explainQuestion', () => {
  const target = { ownerId: 'p', visibility: 'private' }

  it('tells of the token that has the wrong scope', () => {
    const principal = callerOf({ roles: ['Admin'], projectId: null, systemScope: 'all' })
    const answer = explainQuestion(defaultRuleSet(), { rule: 'get_metadef_namespaces', principal, target })
    expect(answer).toMatchObject({ outcome: false, status: 404, reason: 'the token is not one for a project' })
    expect(answer.explanation.outcome).toBe(true)
  })

  it('tells of rules that cannot be evaluated', () => {
    const principal = callerOf({ roles: [], projectId: 'p' })
    const rules = rulesOf(new Map([['delete_image', '1a:x']]))
    expect(explainQuestion(rules, { rule: 'delete_image', principal, target })).toMatchObject({
      outcome: 'error',
      status: 500,
    })
  })
})
