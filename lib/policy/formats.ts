import { apiError } from '@/lib/errors/api-error'
import type { RuleValue } from './parse'
import { type PlacedRule, readPolicyText } from './policy-file'
import { parseYaml, plainValue, YamlError, type YamlNode } from './yaml'

/** `oslo-yaml` and `oslo-json` are policy files; `rhosp` is an environment file of TripleO with `GlanceApiPolicies`. */
export const policyFormats = ['oslo-yaml', 'oslo-json', 'rhosp'] as const
export type PolicyFormat = (typeof policyFormats)[number]

const PARAMETER = 'GlanceApiPolicies'

/**
 * Reads rules from a policy file, or from RHOSP's map of policies: bare, as `GlanceApiPolicies`, or within
 * `parameter_defaults`, whatever else is there. `name` stands for the document in messages. Throws `policy_invalid`
 * that names the line; it does not judge the rules.
 */
export function readPolicyDocument(
  text: string,
  name: string,
): { readonly format: 'oslo' | 'rhosp'; readonly rules: ReadonlyMap<string, PlacedRule> } {
  try {
    const policies = rhospMap(parseYaml(text))
    if (policies !== undefined) return { format: 'rhosp', rules: rhospRules(policies, name) }
  } catch (error) {
    if (error instanceof YamlError) {
      throw apiError('policy_invalid', { public: `${name}: line ${error.line}: ${error.reason}`, cause: error })
    }
    throw error
  }
  return { format: 'oslo', rules: readPolicyText(text, name) }
}

function rhospMap(root: YamlNode): YamlNode | undefined {
  const defaults = entryOf(root, 'parameter_defaults')
  if (defaults !== undefined) {
    const policies = entryOf(defaults, PARAMETER)
    if (policies === undefined) throw new YamlError(defaults.line, `there is no ${PARAMETER} in parameter_defaults`)
    return policies
  }
  const policies = entryOf(root, PARAMETER)
  if (policies !== undefined) return policies
  // No rule of a policy file is a map.
  const isBare =
    root.kind === 'map' && root.entries.length > 0 && root.entries.every(({ value }) => value.kind === 'map')
  return isBare ? root : undefined
}

function entryOf(node: YamlNode, key: string): YamlNode | undefined {
  return node.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined
}

function rhospRules(policies: YamlNode, file: string): Map<string, PlacedRule> {
  if (policies.kind === 'scalar' && policies.value === null) return new Map()
  if (policies.kind !== 'map') throw new YamlError(policies.line, `${PARAMETER} must be a map`)
  const rules = new Map<string, PlacedRule>()
  for (const { key: label, line, value } of policies.entries) {
    const key = entryOf(value, 'key')
    const check = entryOf(value, 'value')
    const isPair = value.kind === 'map' && value.entries.length === 2 && key !== undefined && check !== undefined
    if (!isPair) throw new YamlError(line, `${label} must have a key and a value, and nothing else`)
    if (key.kind !== 'scalar' || typeof key.value !== 'string')
      throw new YamlError(line, `the key of ${label} is no text`)
    if (rules.has(key.value)) throw new YamlError(line, `${key.value} is there twice`)
    rules.set(key.value, { value: plainValue(check), file, line })
  }
  return rules
}

/** Writes rules so that {@link readPolicyDocument} reads the same again. */
export function writePolicyDocument(rules: ReadonlyMap<string, RuleValue>, format: PolicyFormat): string {
  const entries = [...rules].sort(([one], [other]) => (one < other ? -1 : 1))
  if (format === 'oslo-json') return `${escaped(JSON.stringify(Object.fromEntries(entries), null, 2))}\n`
  if (format === 'oslo-yaml')
    return entries.map(([name, value]) => `${json(name)}: ${json(value)}\n`).join('') || '{}\n'
  const lines = entries.map(([name, value], index) => {
    const label = /^[A-Za-z]\w*$/.test(name) ? `glance-${name}` : json(`glance-${name}`)
    return `    ${label}: { key: ${quoted(name)}, value: ${quoted(value)} }${index === entries.length - 1 ? '' : ','}\n`
  })
  return `parameter_defaults:\n  ${PARAMETER}: {\n${lines.join('')}  }\n`
}

/** JSON is YAML; characters that other readers of YAML refuse are escaped. */
function json(value: RuleValue): string {
  return escaped(JSON.stringify(value))
}

/** JSON with what readers of YAML do not take as it is, JSON being YAML to them, written by its number. */
function escaped(json: string): string {
  return json.replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function quoted(value: RuleValue): string {
  return typeof value === 'string' && /^[ -~]*$/.test(value) ? `'${value.replaceAll("'", "''")}'` : json(value)
}
