import { addFilter, normalizeFilter } from './filter-value'
import type { Filter, FilterDef } from './list-spec'

export type Suggestion =
  | { readonly kind: 'search'; readonly id: string; readonly text: string }
  | { readonly kind: 'key'; readonly id: string; readonly key: string; readonly hint: string }
  | { readonly kind: 'filter'; readonly id: string; readonly filters: readonly Filter[]; readonly label: string }

/** What the text in the filter box may become, best first. */
export function suggestionsFor(
  input: string,
  defs: readonly FilterDef[],
  filters: readonly Filter[],
): readonly Suggestion[] {
  const text = input.trim()
  const colon = text.indexOf(':')
  const def = colon < 0 ? undefined : defs.find((candidate) => candidate.key === text.slice(0, colon).toLowerCase())
  if (def !== undefined) {
    const offered = valuesFor(def, text.slice(colon + 1)).map((value) => filterSuggestion(def, value, filters))
    return offered.length > 0 ? offered : [keySuggestion(def)]
  }
  const keys = defs.filter((candidate) => candidate.key.startsWith(text.toLowerCase())).map(keySuggestion)
  if (text === '') return keys
  const byValue = defs.flatMap((candidate) =>
    (candidate.choices ?? [])
      .filter((choice) => choice.toLowerCase().startsWith(text.toLowerCase()))
      .map((choice) => filterSuggestion(candidate, choice, filters)),
  )
  return [{ kind: 'search', id: 'search', text }, ...keys, ...byValue]
}

function valuesFor(def: FilterDef, typed: string): readonly string[] {
  if (def.type === 'flag') return ['yes', 'no'].filter((value) => value.startsWith(typed.trim().toLowerCase()))
  if (def.type === 'choice') {
    const start = typed.trim().toLowerCase()
    return (def.choices ?? []).filter((choice) => choice.toLowerCase().startsWith(start))
  }
  const normal = normalizeFilter(def, typed)
  return normal === null ? [] : [normal]
}

function keySuggestion(def: FilterDef): Suggestion {
  return { kind: 'key', id: `key-${def.key}`, key: def.key, hint: def.hint }
}

function filterSuggestion(def: FilterDef, value: string, filters: readonly Filter[]): Suggestion {
  return {
    kind: 'filter',
    id: `filter-${def.key}-${value}`,
    filters: addFilter(filters, def, value),
    label: `${def.key}:${value}`,
  }
}
