import { type Credentials, type Leaf, leafHolds, type PolicyTarget, type Rules } from './evaluate'
import type { Check } from './parse'
import { written } from './python-value'
import { fillTemplate, PolicyRaise, type Template } from './template'

export type Outcome = boolean | 'error'

/** A check with what it came to. Every one is looked at, also those that the decision did not need. */
export interface ExplainedCheck {
  readonly kind: Check['kind'] | 'default'
  /** as the rule has it; of groups, their operator */
  readonly text: string
  readonly outcome: Outcome
  /** whether the decision looked at it */
  readonly isAsked: boolean
  /** for people: what was compared, or why there is no answer */
  readonly reason: string
  readonly parts: readonly ExplainedCheck[]
}

export interface Explanation {
  readonly rule: string
  readonly outcome: Outcome
  readonly tree: ExplainedCheck
  /** the check that settled it: the last one that was looked at */
  readonly decidingCheck: ExplainedCheck
  /** what would turn the answer round: any one of these, each with all its checks; the fewest checks first */
  readonly changes: readonly (readonly Change[])[]
}

export interface Change {
  readonly text: string
  readonly to: boolean
  readonly reason: string
}

const CHANGES_MAX = 20
const NODES_MAX = 2_000

/** Tells why a rule admits somebody or does not. Never throws because of the rule: an error is an outcome. */
export function explain(rules: Rules, name: string, who: Credentials, target: PolicyTarget): Explanation {
  const tree = new Explainer(rules, who, target).rule(name, name, true, [])
  const { outcome } = tree
  const changes =
    outcome === 'error' ? [] : changesOf(tree, !outcome).filter((set) => outcomeWith(tree, set) === !outcome)
  return { rule: name, outcome, tree, decidingCheck: lastAsked(tree), changes }
}

class Explainer {
  #nodes = 0

  constructor(
    private readonly rules: Rules,
    private readonly who: Credentials,
    private readonly target: PolicyTarget,
  ) {}

  rule(name: string, text: string, isAsked: boolean, open: readonly string[]): ExplainedCheck {
    const found = this.rules.get(name) === undefined ? 'default' : name
    const check = this.rules.get(found)
    const kind = found === name ? 'rule' : 'default'
    if (check === undefined) return leafOf(kind, text, false, isAsked, `there is no rule ${name}, and no default`)
    if (open.includes(found)) return leafOf(kind, text, 'error', isAsked, `the rule ${name} refers to itself`)
    const part = this.check(found, check, isAsked, [...open, found])
    const reason = found === name ? '' : `there is no rule ${name}; the rule default decides`
    return { kind, text, outcome: part.outcome, isAsked, reason, parts: [part] }
  }

  check(rule: string, check: Check, isAsked: boolean, open: readonly string[]): ExplainedCheck {
    this.#nodes += 1
    // References may double at each step; nobody reads on here.
    if (this.#nodes > NODES_MAX) return leafOf(check.kind, '…', 'error', isAsked, 'the rule is too long to be told')
    switch (check.kind) {
      case 'rule':
        return this.rule(check.name, check.text, isAsked, open)
      case 'not': {
        const part = this.check(rule, check.check, isAsked, open)
        const outcome = part.outcome === 'error' ? 'error' : !part.outcome
        return { kind: 'not', text: 'not', outcome, isAsked, reason: '', parts: [part] }
      }
      case 'and':
      case 'or':
        return this.#group(rule, check.kind, check.checks, isAsked, open)
      default:
        return this.#leaf(rule, check, isAsked)
    }
  }

  #group(
    rule: string,
    kind: 'and' | 'or',
    checks: readonly Check[],
    isAsked: boolean,
    open: readonly string[],
  ): ExplainedCheck {
    let outcome: Outcome | undefined
    const parts: ExplainedCheck[] = []
    for (const each of checks) {
      const part = this.check(rule, each, isAsked && outcome === undefined, open)
      parts.push(part)
      const settles = part.outcome === 'error' || part.outcome === (kind === 'or')
      if (settles) outcome ??= part.outcome
    }
    return { kind, text: kind, outcome: outcome ?? kind === 'and', isAsked, reason: '', parts }
  }

  #leaf(rule: string, check: Leaf, isAsked: boolean): ExplainedCheck {
    // Nobody is asked over the network for what the decision did not need.
    if (check.kind === 'remote' && !isAsked) return leafOf(check.kind, check.text, false, false, 'was not asked')
    try {
      const outcome = leafHolds(this.rules, rule, check, this.who, this.target)
      return leafOf(check.kind, check.text, outcome, isAsked, this.#reasonOf(check))
    } catch (error) {
      if (error instanceof PolicyRaise) return leafOf(check.kind, check.text, 'error', isAsked, error.message)
      throw error
    }
  }

  #reasonOf(check: Leaf): string {
    switch (check.kind) {
      case 'always':
        return 'admits everybody'
      case 'never':
        if (check.fault === 'unparsable') return 'cannot be parsed, so it holds for nobody'
        return check.fault === 'wordless' ? 'is a word without a colon, which holds for nobody' : 'admits nobody'
      case 'role':
        return `the caller has ${listOf(this.who.get('roles'))}; asked for is ${this.#matched(check.match)}`
      case 'literal':
        return `${check.value} is compared with ${this.#matched(check.match)}`
      case 'attribute': {
        const value = this.who.get(check.path[0] ?? '')
        const text = value === undefined ? 'nothing of that name' : written(value)
        return `the caller has ${text}; asked for is ${this.#matched(check.match)}`
      }
      case 'invalid':
        return 'the target lacks what it names'
      case 'remote':
        return 'another service decides'
    }
  }

  #matched(match: Template): string {
    return fillTemplate(match, this.target) ?? 'what the target does not have'
  }
}

function listOf(roles: unknown): string {
  return Array.isArray(roles) && roles.length > 0 ? `the roles ${roles.join(', ')}` : 'no role'
}

function leafOf(
  kind: ExplainedCheck['kind'],
  text: string,
  outcome: Outcome,
  isAsked: boolean,
  reason: string,
): ExplainedCheck {
  return { kind, text, outcome, isAsked, reason, parts: [] }
}

function lastAsked(check: ExplainedCheck): ExplainedCheck {
  const part = check.parts.findLast(({ isAsked }) => isAsked)
  return part === undefined ? check : lastAsked(part)
}

/** Sets of leaves that give the check this outcome once they turn round; none when it has it, an empty list never. */
function changesOf(check: ExplainedCheck, to: boolean): readonly (readonly Change[])[] {
  if (check.outcome === to) return [[]]
  const [only] = check.parts
  if (check.kind === 'not' && only !== undefined) return changesOf(only, !to)
  if ((check.kind === 'rule' || check.kind === 'default') && only !== undefined) return changesOf(only, to)
  if (check.kind === 'and' || check.kind === 'or') {
    const isOneEnough = (check.kind === 'or') === to
    const each = check.parts.map((part) => changesOf(part, to))
    return fewest(isOneEnough ? each.flat() : combined(each))
  }
  const { kind, text, reason } = check
  return kind === 'always' || kind === 'never' || check.outcome === 'error' ? [] : [[{ text, to, reason }]]
}

function combined(each: readonly (readonly (readonly Change[])[])[]): readonly (readonly Change[])[] {
  return each.reduce<readonly (readonly Change[])[]>(
    (sets, alternatives) => fewest(sets.flatMap((set) => alternatives.map((more) => [...set, ...more]))),
    [[]],
  )
}

/** Without repetitions, the smallest first. */
function fewest(sets: readonly (readonly Change[])[]): readonly (readonly Change[])[] {
  const known = new Map<string, readonly Change[]>()
  for (const set of sets) {
    const unique = new Map(set.map((change) => [`${change.to} ${change.text}`, change]))
    known.set([...unique.keys()].sort().join('\n'), [...unique.values()])
  }
  return [...known.values()].sort((one, other) => one.length - other.length).slice(0, CHANGES_MAX)
}

/** What the tree would come to if these turned round: a check may stand in several places, where it helps and where not. */
function outcomeWith(check: ExplainedCheck, changes: readonly Change[]): Outcome {
  const [only] = check.parts
  if (check.kind === 'and' || check.kind === 'or') {
    for (const part of check.parts) {
      const outcome = outcomeWith(part, changes)
      if (outcome === 'error' || outcome === (check.kind === 'or')) return outcome
    }
    return check.kind === 'and'
  }
  if (only === undefined) return changes.find(({ text }) => text === check.text)?.to ?? check.outcome
  const outcome = outcomeWith(only, changes)
  return check.kind === 'not' && outcome !== 'error' ? !outcome : outcome
}
