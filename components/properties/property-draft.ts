import { isAttributeName } from '@/components/images/attribute-names'
import type { PropertyDefinition, PropertyGroup } from '@/lib/metadefs/view'
import { propertyTexts } from './property-messages'
import { problemOf } from './property-value'

export type Values = Readonly<Record<string, string>>

export interface Change {
  readonly name: string
  /** as the reader saw it when the editing began; null when it was not there */
  readonly was: string | null
  /** null: it goes */
  readonly value: string | null
}

/** What an image has of a group, and what of it could be added. */
export interface ShownGroup {
  readonly group: PropertyGroup
  readonly set: readonly PropertyDefinition[]
  readonly open: readonly PropertyDefinition[]
}

export interface Arrangement {
  readonly groups: readonly ShownGroup[]
  /** keys that no definition describes */
  readonly others: readonly string[]
  /** titles of the further groups that describe a key, by the key */
  readonly alsoIn: ReadonlyMap<string, readonly string[]>
}

/** Sorts properties under the definitions that describe them; the first of several that describe a key has it. */
export function arrange(groups: readonly PropertyGroup[], keys: ReadonlySet<string>, search: string): Arrangement {
  const owners = new Map<string, PropertyGroup>()
  const alsoIn = new Map<string, readonly string[]>()
  for (const group of groups) {
    for (const { key } of group.properties) {
      const owner = owners.get(key)
      if (owner === undefined) owners.set(key, group)
      else if (owner !== group) alsoIn.set(key, [...(alsoIn.get(key) ?? []), group.title])
    }
  }
  const words = search.trim().toLowerCase()
  const fits = (...texts: readonly (string | null)[]) =>
    words === '' || texts.some((text) => text?.toLowerCase().includes(words))
  const shown = groups.flatMap((group): ShownGroup[] => {
    const own = group.properties.filter(
      ({ key, title, description }) =>
        owners.get(key) === group && fits(key, title, description, group.title, group.namespace),
    )
    if (own.length === 0) return []
    return [{ group, set: own.filter(({ key }) => keys.has(key)), open: own.filter(({ key }) => !keys.has(key)) }]
  })
  const others = [...keys].filter((key) => !owners.has(key) && fits(key)).toSorted((a, b) => a.localeCompare(b))
  return { groups: shown, others, alsoIn }
}

/** What was edited, in the order of the keys. */
export function changesOf(before: Values, after: Values): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted((a, b) => a.localeCompare(b))
  return names.flatMap((name): Change[] => {
    const [was, value] = [before[name] ?? null, after[name] ?? null]
    return was === value ? [] : [{ name, was, value }]
  })
}

/** What keeps edited values from being saved, by key. What nobody edited is left as it is, right or wrong. */
export function problemsOf(
  groups: readonly PropertyGroup[],
  before: Values,
  after: Values,
): ReadonlyMap<string, string> {
  const definitions = new Map<string, PropertyDefinition>()
  for (const { properties } of groups) {
    for (const definition of properties)
      if (!definitions.has(definition.key)) definitions.set(definition.key, definition)
  }
  const problems = new Map<string, string>()
  for (const { name, value } of changesOf(before, after)) {
    const definition = definitions.get(name)
    const problem = definition === undefined || value === null ? undefined : problemOf(definition, value)
    if (problem !== undefined) problems.set(name, problem)
  }
  return problems
}

/** Keys that an object wants once any other of its keys is there. */
export function missingOf({ group, set }: ShownGroup, values: Values): readonly string[] {
  if (group.object === null || set.length === 0) return []
  return group.required.filter((key) => values[key] === undefined)
}

/** What is wrong with a key that somebody wants to add. */
export function keyProblem(key: string, values: Values): string | undefined {
  if (key === '') return propertyTexts.invalid.key
  if (isAttributeName(key) || key.startsWith('os_glance')) return propertyTexts.invalid.keyReserved
  return values[key] === undefined ? undefined : propertyTexts.invalid.keyTaken
}
