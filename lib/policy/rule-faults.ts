import { isRuleName, plainRules } from './defaults'
import { type Credentials, decide, type PolicyTarget, type RemoteCheck, type Rules } from './evaluate'
import { type Check, parseRule, type RuleValue } from './parse'
import { hostOfCheck } from './remote-check'
import { buildRuleSet, defaultCheckOf, glanceRules, type Overrides } from './rule-set'
import { templateFault } from './template'

/** Something about one rule that keeps a set of rules from being used, or that its author should know. */
export interface RuleFault {
  readonly rule: string
  readonly reason: string
  readonly isFatal: boolean
}

export interface JudgedRules {
  readonly rules: Rules
  readonly faults: readonly RuleFault[]
}

export interface JudgeOptions {
  readonly acceptUnsafe: boolean
  /** whether former defaults no longer count beside the new ones */
  readonly enforceNewDefaults: boolean
  /** asks other services; absent where that is switched off */
  readonly remote?: RemoteCheck | undefined
  /** whom it may ask */
  readonly remoteHosts?: readonly string[]
}

/** Checks that one decision may have to make; references that double at each step would go on for ever. */
const CHECKS_MAX = 10_000
const TEXT_MAX = 16_384

/**
 * The rules as they would be with these overrides, and what is wrong with them. Fatal is what the original loads and
 * then answers as nobody meant: open where a name is mistyped or a value empty, closed or an error of the server
 * elsewhere. Overrides with a fatal fault admit nobody, unless `acceptUnsafe` gives them the meaning that they have for
 * the original; what even that cannot load stays fatal. Source: policy.md 5.
 */
export function judgeRules(
  overrides: Overrides,
  { acceptUnsafe, enforceNewDefaults, remote, remoteHosts = [] }: JudgeOptions,
): JudgedRules {
  const options = { enforceNewDefaults, remote }
  const loadable = new Map([...overrides].map(([name, value]) => [name, isLoadable(value) ? value : '!']))
  const rules = buildRuleSet(glanceRules, loadable, options)
  const faults = [...overrides].flatMap(([rule, value]) => faultsOfRule(rule, value, rules, remoteHosts))
  if (acceptUnsafe) {
    return { rules, faults: faults.map((fault) => ({ ...fault, isFatal: !isLoadable(overrides.get(fault.rule)) })) }
  }
  const denied = faults.filter(({ isFatal }) => isFatal).map(({ rule }): [string, string] => [rule, '!'])
  if (denied.length === 0) return { rules, faults }
  const closed = new Map([...loadable, ...denied])
  return { rules: buildRuleSet(glanceRules, closed, options), faults }
}

function isLoadable(value: RuleValue): boolean {
  try {
    parseRule(value)
    return true
  } catch {
    return false
  }
}

function faultsOfRule(rule: string, value: RuleValue, rules: Rules, remoteHosts: readonly string[]): RuleFault[] {
  const fatal = (reason: string): RuleFault[] => [{ rule, reason, isFatal: true }]
  const valueFault = faultOfValue(value)
  if (valueFault !== undefined) return fatal(valueFault)
  const faults = faultsOfCheck(parseRule(value), rules, remoteHosts).map((found) => ({ rule, ...found }))
  if (faults.some(({ isFatal }) => isFatal)) return faults
  const problem = faultOfReferences(rule, rules)
  if (problem !== undefined) return [...faults, ...fatal(problem)]
  const remark = remarkOn(rule, value, rules)
  return remark === undefined ? faults : [...faults, { rule, reason: remark, isFatal: false }]
}

function remarkOn(rule: string, value: RuleValue, rules: Rules): string | undefined {
  if (!isRuleName(rule)) return 'is not a rule of the image service; only other rules can refer to it'
  if (value === defaultCheckOf(rule, rules.hasFormerDefaults !== true)) return 'is set to its default'
  return !plainRules.has(rule) && opensToRoleless(rules, rule) ? 'admits callers without any role' : undefined
}

function faultOfValue(value: RuleValue): string | undefined {
  if (typeof value === 'string') {
    if (value.length > TEXT_MAX) return `is longer than ${TEXT_MAX} characters`
    return undefined
  }
  if (!Array.isArray(value)) {
    const written = JSON.stringify(value) ?? 'nothing'
    const opens = value === null || value === false || value === 0 ? ', which would admit everybody' : ''
    return `has the value ${written}${opens}; a rule is a string or a list`
  }
  if (value.length === 0) return 'is an empty list, which would admit everybody; write "@" or "" for that'
  const isList = value.every((item) => typeof item === 'string' || (Array.isArray(item) && item.every(isText)))
  return isList ? undefined : 'holds something else than strings, or lists of strings'
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

type Found = Pick<RuleFault, 'reason' | 'isFatal'>

function faultsOfCheck(
  check: Check,
  rules: Rules,
  remoteHosts: readonly string[],
  isNegated = false,
): readonly Found[] {
  const fatal = (reason: string): readonly Found[] => [{ reason, isFatal: true }]
  const broken = (reason: string | undefined) =>
    reason === undefined ? [] : fatal(`${textOf(check)} cannot be evaluated: ${reason}`)
  switch (check.kind) {
    case 'always':
      return []
    case 'never':
      if (check.fault === 'unparsable') return fatal(`"${check.text}" cannot be parsed, and would admit nobody`)
      if (check.fault !== 'wordless') return []
      return [{ reason: `"${check.text}" is a word without a colon, which never holds`, isFatal: isNegated }]
    case 'not':
      return faultsOfCheck(check.check, rules, remoteHosts, !isNegated)
    case 'and':
    case 'or':
      return check.checks.flatMap((part) => faultsOfCheck(part, rules, remoteHosts, isNegated))
    case 'rule':
      if (rules.get(check.name) !== undefined) return []
      return fatal(`refers to ${check.name}, a rule that nobody defines; the rule default would decide`)
    case 'role':
    case 'literal':
      return broken(templateFault(check.match))
    case 'attribute':
      if (check.path[0] === 'is_admin') return [{ reason: 'asks for is_admin, which never holds', isFatal: false }]
      return broken(templateFault(check.match))
    case 'invalid':
      return fatal(`"${check.text}" has no kind of check before its colon`)
    case 'remote':
      return [...broken(templateFault(check.url)), ...faultsOfRemote(check.text, remoteHosts)]
  }
}

function textOf(check: Check): string {
  return 'text' in check ? `"${check.text}"` : 'it'
}

function faultsOfRemote(text: string, remoteHosts: readonly string[]): readonly Found[] {
  if (remoteHosts.length === 0) return [{ reason: `asks ${text}, but remote checks are switched off`, isFatal: true }]
  // What is substituted in the host is looked at when it is asked.
  const host = hostOfCheck(text.replace(/%\([^)]*\)s/g, 'x'))
  const isKnown = host !== undefined && remoteHosts.some((each) => each.toLowerCase() === host)
  return isKnown ? [] : [{ reason: `asks ${text}, whose host remote checks may not ask`, isFatal: true }]
}

/** Cycles, and references that branch so often that a decision would take too long. */
function faultOfReferences(name: string, rules: Rules): string | undefined {
  const counts = new Map<string, number>()
  try {
    const count = checksOf(name, rules, [], counts)
    return count > CHECKS_MAX ? `may need ${CHECKS_MAX} checks and more for one decision` : undefined
  } catch (error) {
    if (error instanceof Cycle) return error.message
    throw error
  }
}

class Cycle extends Error {}

function checksOf(name: string, rules: Rules, open: readonly string[], counts: Map<string, number>): number {
  const found = rules.get(name) === undefined ? 'default' : name
  const known = counts.get(found)
  if (known !== undefined) return known
  if (open.includes(found)) throw new Cycle(`refers to itself: ${[...open, found].join(' → ')}`)
  const check = rules.get(found)
  const count = check === undefined ? 1 : countOf(check, (next) => checksOf(next, rules, [...open, found], counts))
  counts.set(found, count)
  return count
}

function countOf(check: Check, ofRule: (name: string) => number): number {
  if (check.kind === 'rule') return ofRule(check.name)
  if (check.kind === 'not') return countOf(check.check, ofRule)
  if (check.kind !== 'and' && check.kind !== 'or') return 1
  return check.checks.reduce((sum, part) => Math.min(sum + countOf(part, ofRule), Number.MAX_SAFE_INTEGER), 0)
}

/** Somebody without a role, in another project than what is asked about, which is public. */
function opensToRoleless(rules: Rules, rule: string): boolean {
  try {
    return decide({ ...rules, remote: () => false }, rule, nobody, somebodyElses)
  } catch {
    return false
  }
}

const nobodyValues: Readonly<Record<string, string | null | readonly string[]>> = {
  roles: [],
  user_id: 'u',
  project_id: 'p',
  user_domain_id: 'd',
  project_domain_id: 'd',
  domain_id: null,
  system_scope: null,
}
const targetValues: Readonly<Record<string, string | null>> = {
  project_id: 'other',
  owner: 'other',
  member_id: null,
  visibility: 'public',
}
const nobody: Credentials = { get: (key) => nobodyValues[key] }
const somebodyElses: PolicyTarget = { get: (key) => targetValues[key] }
