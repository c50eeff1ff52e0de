import { definitionOf, isRuleName, ruleNames } from './defaults'
import type { RemoteCheck, Rules } from './evaluate'
import { type Check, parseRule, type RuleValue } from './parse'

/** A rule with its default, as the program that asks it registers it. */
export interface RegisteredRule {
  readonly name: string
  readonly check: string
  /** what the default was before, and under which name */
  readonly former?: { readonly name: string; readonly check: string }
}

/** What somebody set instead of defaults, by the names of rules. */
export type Overrides = ReadonlyMap<string, RuleValue>

export interface RuleSetOptions {
  /** whether former defaults no longer count beside the new ones */
  readonly enforceNewDefaults: boolean
  readonly remote?: RemoteCheck | undefined
}

export const glanceRules: readonly RegisteredRule[] = ruleNames.map((name) => {
  const { check, formerCheck } = definitionOf(name)
  return { name, check, ...(formerCheck !== undefined && { former: { name, check: formerCheck } }) }
})

/**
 * The rules that are in force: overrides, and for what they leave out the defaults. Throws `policy_invalid` when a
 * value is none that a rule may have. Source: policy.md 6.
 */
export function buildRuleSet(
  registered: readonly RegisteredRule[],
  overrides: Overrides,
  { enforceNewDefaults, remote }: RuleSetOptions,
): Rules {
  const checks = new Map<string, Check>()
  for (const [name, value] of overrides) checks.set(name, parseRule(value))
  for (const rule of registered) {
    if (!overrides.has(rule.name)) checks.set(rule.name, checkOf(rule, overrides, enforceNewDefaults))
  }
  return { get: (name) => checks.get(name), size: checks.size, remote, hasFormerDefaults: !enforceNewDefaults }
}

function checkOf({ name, check, former }: RegisteredRule, overrides: Overrides, enforceNewDefaults: boolean): Check {
  if (former !== undefined && former.name !== name && overrides.has(former.name)) {
    const value = overrides.get(former.name)
    if (value !== former.check && value !== `rule:${name}`) return parseRule(value)
  }
  if (former === undefined || enforceNewDefaults || former.check === check) return parseRule(check)
  return { kind: 'or', checks: [parseRule(check), parseRule(former.check)] }
}

/** Glance's rules alone. */
export function defaultRuleSet(): Rules {
  return buildRuleSet(glanceRules, new Map(), { enforceNewDefaults: true })
}

/**
 * What a rule says when nobody sets it: its default, with the former one beside it where that still counts; undefined
 * when Glance registers none of that name.
 */
export function defaultCheckOf(name: string, enforceNewDefaults: boolean): string | undefined {
  if (!isRuleName(name)) return undefined
  const { check, formerCheck } = definitionOf(name)
  const isAlone = enforceNewDefaults || formerCheck === undefined || formerCheck === check || check === ''
  return isAlone ? check : `(${check}) or (${formerCheck})`
}
