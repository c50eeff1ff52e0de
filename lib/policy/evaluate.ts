import { apiError, isApiError } from '@/lib/errors/api-error'
import type { Check } from './parse'
import { type PolicyValue, written } from './python-value'
import { fillTemplate, PolicyRaise, type PolicyTarget } from './template'

export type { PolicyTarget, PolicyValue }

/** Who asks; keys as the policy language names them. */
export interface Credentials {
  get(key: string): PolicyValue | undefined
  /** says that its roles are in lower case; comparing would fold each of them otherwise, which costs more than the rest */
  readonly hasLowerCaseRoles?: boolean
  /** all of them, for remote checks */
  entries?(): Readonly<Record<string, PolicyValue>>
}

/** Asks another service; throws when it cannot be asked. */
export type RemoteCheck = (url: string, rule: string, who: Credentials, target: PolicyTarget) => boolean

export interface Rules {
  get(name: string): Check | undefined
  readonly size: number
  /** absent where remote checks are switched off; they raise then */
  readonly remote?: RemoteCheck | undefined
  /** former defaults count too; they leave it to the code that images are their owners' */
  readonly hasFormerDefaults?: boolean
}

/**
 * Decides a rule by name; an unknown one falls to the rule `default`. Throws `policy_failed` where the check cannot be
 * evaluated: a cycle, a bad format, a path into something that has none. Source: policy.md 4.2 to 4.6.
 */
export function decide(rules: Rules, name: string, who: Credentials, target: PolicyTarget): boolean {
  try {
    return ruleHolds(rules, name, who, target, 0)
  } catch (error) {
    throw policyFailure(name, error)
  }
}

/** The API's error for what a check raised; other errors as they are. */
export function policyFailure(name: string, error: unknown): unknown {
  if (isApiError(error) || !(error instanceof PolicyRaise)) return error
  return apiError('policy_failed', { detail: { rule: name, reason: error.message }, cause: error })
}

/**
 * How often each rule may refer to others in a row. Evaluation depends on nothing that changes on its way, so a rule
 * that is entered again within itself comes back there forever: more steps than there are rules are a cycle.
 */
function ruleHolds(rules: Rules, name: string, who: Credentials, target: PolicyTarget, depth: number): boolean {
  if (depth > rules.size + 1) throw new PolicyRaise(`the rule ${name} refers to itself`)
  const check = rules.get(name)
  if (check !== undefined) return holds(rules, name, check, who, target, depth)
  const fallback = rules.get('default')
  return fallback !== undefined && holds(rules, 'default', fallback, who, target, depth)
}

function holds(
  rules: Rules,
  rule: string,
  check: Check,
  who: Credentials,
  target: PolicyTarget,
  depth: number,
): boolean {
  switch (check.kind) {
    case 'not':
      return !holds(rules, rule, check.check, who, target, depth)
    case 'and':
      for (const part of check.checks) if (!holds(rules, rule, part, who, target, depth)) return false
      return true
    case 'or':
      for (const part of check.checks) if (holds(rules, rule, part, who, target, depth)) return true
      return false
    case 'rule':
      return ruleHolds(rules, check.name, who, target, depth + 1)
    default:
      return leafHolds(rules, rule, check, who, target)
  }
}

export type Leaf = Exclude<Check, { readonly kind: 'not' | 'and' | 'or' | 'rule' }>

/** Decides one check without parts. Throws {@link PolicyRaise}. */
export function leafHolds(rules: Rules, rule: string, check: Leaf, who: Credentials, target: PolicyTarget): boolean {
  switch (check.kind) {
    case 'always':
      return true
    case 'never':
      return false
    case 'role': {
      const role = fillTemplate(check.match, target)
      if (role === undefined) return false
      const wanted = check.match.kind === 'text' ? role : role.toLowerCase()
      const roles = who.get('roles')
      return who.hasLowerCaseRoles && Array.isArray(roles) ? roles.includes(wanted) : hasRole(roles, wanted)
    }
    case 'literal':
      return fillTemplate(check.match, target) === check.value
    case 'attribute': {
      const match = fillTemplate(check.match, target)
      return match !== undefined && attributeEquals(who, check.path, match)
    }
    case 'invalid':
      if (fillTemplate(check.match, target) === undefined) return false
      throw new PolicyRaise(`${check.text} has no kind of check before its colon`)
    case 'remote': {
      if (rules.remote === undefined) throw new PolicyRaise('remote checks are switched off')
      const url = fillTemplate(check.url, target)
      if (url === undefined) throw new PolicyRaise(`${check.text} names what the target lacks`)
      return rules.remote(url, rule, who, target)
    }
  }
}

function hasRole(roles: PolicyValue | undefined, wanted: string): boolean {
  if (roles === undefined) return false
  if (!Array.isArray(roles)) return hasRole(listed(roles), wanted)
  let isHeld = false
  for (const role of roles) {
    if (typeof role !== 'string') throw new PolicyRaise('a role of the caller is no text')
    isHeld ||= role === wanted || role.toLowerCase() === wanted
  }
  return isHeld
}

/** What Python goes through: the letters of a text, the keys of a map. */
function listed(value: PolicyValue): readonly string[] {
  if (typeof value === 'string') return [...value]
  if (typeof value === 'object' && value !== null) return Object.keys(value)
  throw new PolicyRaise('the roles of the caller are no list')
}

function attributeEquals(who: Credentials, path: readonly string[], match: string): boolean {
  const value = who.get(path[0] ?? '')
  return value !== undefined && stepEquals(value, path, 1, match)
}

/** A list is searched for an element at which the rest of the path ends in the text. */
function stepEquals(value: PolicyValue, path: readonly string[], step: number, match: string): boolean {
  if (Array.isArray(value)) {
    for (const each of value) if (pathEquals(each, path, step, match)) return true
    return false
  }
  return pathEquals(value, path, step, match)
}

function pathEquals(value: PolicyValue, path: readonly string[], step: number, match: string): boolean {
  const key = path[step]
  // An absent value equals an absent value: both are written None.
  if (key === undefined) return written(value) === match
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PolicyRaise(`${path.slice(0, step).join('.')} of the caller has no ${key}`)
  }
  const next = Object.hasOwn(value, key) ? (value as Readonly<Record<string, PolicyValue>>)[key] : undefined
  return next !== undefined && stepEquals(next, path, step + 1, match)
}
