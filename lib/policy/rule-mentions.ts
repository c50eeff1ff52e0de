import type { Rules } from './evaluate'
import type { Check } from './parse'
import type { Template } from './template'

/** What rules say of callers by name, all together. */
export interface Mentions {
  /** names of roles, in lower case */
  readonly roles: ReadonlySet<string>
  /** attributes of callers that must have a certain value, with these values */
  readonly attributes: ReadonlyMap<string, ReadonlySet<string>>
  /** every text that something is compared with */
  readonly texts: ReadonlySet<string>
  /** whether values of the target are only ever compared as they are, so that one is like any other unnamed one */
  readonly isPlain: boolean
}

/** What these rules, and those that they refer to, mention. */
export function mentionsOf(rules: Rules, names: readonly string[]): Mentions {
  const found = {
    roles: new Set<string>(),
    attributes: new Map<string, Set<string>>(),
    texts: new Set<string>(),
    isPlain: true,
  }
  const seen = new Set<string>()
  const look = (name: string): void => {
    const known = rules.get(name) === undefined ? 'default' : name
    if (seen.has(known)) return
    seen.add(known)
    const check = rules.get(known)
    if (check !== undefined) walk(check)
  }
  const textOf = (match: Template): string | undefined => {
    if (match.kind === 'parts') found.isPlain = false
    if (match.kind !== 'text') return undefined
    found.texts.add(match.text)
    return match.text
  }
  const note = (key: string, value: string) =>
    found.attributes.set(key, (found.attributes.get(key) ?? new Set()).add(value))
  const walk = (check: Check): void => {
    switch (check.kind) {
      case 'rule':
        look(check.name)
        return
      case 'not':
        walk(check.check)
        return
      case 'and':
      case 'or':
        for (const each of check.checks) walk(each)
        return
      case 'role': {
        const role = textOf(check.match)
        if (role !== undefined) found.roles.add(role.toLowerCase())
        return
      }
      case 'attribute': {
        const value = textOf(check.match)
        const [key = '', ...more] = check.path
        if (value === undefined || more.length > 0) return
        if (key === 'roles') found.roles.add(value.toLowerCase())
        note(key, value)
        return
      }
      case 'literal':
        found.texts.add(check.value)
        textOf(check.match)
        // Calls about nothing in particular are about the caller's own project.
        if (check.match.kind === 'key' && check.match.key === 'project_id') note('project_id', check.value)
        return
      case 'remote':
        found.isPlain = false
        return
      case 'invalid':
        textOf(check.match)
        return
      default:
        return
    }
  }
  for (const name of names) look(name)
  return found
}
