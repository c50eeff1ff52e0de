import type { Check, Template } from './parse'

/** What a rule is asked about. A key that is not there makes a check false. */
export interface PolicyTarget {
  get(key: string): string | number | boolean | null | undefined
}

/** Who asks; keys as the policy language names them, roles in lower case. */
export interface Credentials {
  readonly roles: readonly string[]
  attribute(name: string): string | boolean | null | undefined
}

export type Rules = ReadonlyMap<string, Check>

/** Decides a rule by name; an unknown one falls to the rule `default`. Source: policy.md 4.2 and 4.4. */
export function decide(rules: Rules, name: string, who: Credentials, target: PolicyTarget): boolean {
  const check = rules.get(name) ?? rules.get('default')
  return check !== undefined && holds(rules, check, who, target)
}

function holds(rules: Rules, check: Check, who: Credentials, target: PolicyTarget): boolean {
  switch (check.kind) {
    case 'always':
      return true
    case 'never':
      return false
    case 'not':
      return !holds(rules, check.check, who, target)
    case 'and':
      return check.checks.every((part) => holds(rules, part, who, target))
    case 'or':
      return check.checks.some((part) => holds(rules, part, who, target))
    case 'rule':
      return decide(rules, check.name, who, target)
    case 'role': {
      const role = fill(check.match, target)
      return role !== undefined && who.roles.includes(role.toLowerCase())
    }
    case 'literal':
      return fill(check.match, target) === check.value
    default: {
      const value = who.attribute(check.name)
      // An absent value equals an absent value: both are written None.
      return value !== undefined && fill(check.match, target) === written(value)
    }
  }
}

/** Undefined when the target lacks a key. */
function fill(template: Template, target: PolicyTarget): string | undefined {
  let text = template[0] ?? ''
  for (let index = 1; index < template.length; index += 2) {
    const value = target.get(template[index] ?? '')
    if (value === undefined) return undefined
    text += written(value) + (template[index + 1] ?? '')
  }
  return text
}

function written(value: string | number | boolean | null): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  return String(value)
}
