import { definitionOf, type RuleName, ruleNames } from './defaults'
import type { RuleValue } from './parse'
import { defaultCheckOf } from './rule-set'

/** Ways to set all rules of metadata definitions at once. Source: policy.md 3. */
export const presetNames = ['upstream', 'rhosp', 'opened'] as const
export type PresetName = (typeof presetNames)[number]

export function isPresetName(name: string): name is PresetName {
  return (presetNames as readonly string[]).includes(name)
}

/** The rules of metadata definitions, with the two that the others refer to. */
export const metadefRules: readonly RuleName[] = ruleNames.filter((name) => name.includes('metadef'))

/**
 * What a preset sets. `upstream`: readers read, administrators write. `rhosp`: everybody with a token reads what is
 * public, administrators write. `opened`: everybody reads and writes, as the 27 lines that RHOSP's manual gives.
 */
export function presetRules(preset: PresetName): ReadonlyMap<RuleName, string> {
  return new Map(
    metadefRules.flatMap((name): [RuleName, string][] => {
      const value = presetValue(preset, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function presetValue(preset: PresetName, name: RuleName): string | undefined {
  const { check, rhospCheck } = definitionOf(name)
  if (preset === 'upstream') return check
  if (preset === 'rhosp') return rhospCheck
  if (name === 'metadef_admin') return undefined
  return name === 'metadef_default' ? '' : 'rule:metadef_default'
}

export interface PresetState {
  /** `mixed` when the rules are not all of one preset */
  readonly name: PresetName | 'mixed'
  /** for `mixed`: each rule with the presets that have it so */
  readonly rules: readonly { readonly name: RuleName; readonly presets: readonly PresetName[] }[]
}

/** Which preset is in force, given what is set in place of defaults and whether former defaults count beside those. */
export function presetState(overrides: ReadonlyMap<string, RuleValue>, enforceNewDefaults = true): PresetState {
  const currentOf = (name: RuleName) => {
    return overrides.has(name) ? overrides.get(name) : defaultCheckOf(name, enforceNewDefaults)
  }
  const rules = metadefRules.map((name) => ({
    name,
    presets: presetNames.filter((preset) => (presetValue(preset, name) ?? currentOf(name)) === currentOf(name)),
  }))
  const name = presetNames.find((preset) => rules.every(({ presets }) => presets.includes(preset)))
  return { name: name ?? 'mixed', rules }
}
