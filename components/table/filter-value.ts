import { formatBytes } from '@/components/ui/format'
import type { Filter, FilterDef } from './list-spec'

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kib: 1024,
  kb: 1000,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  mb: 1000 ** 2,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  gb: 1000 ** 3,
  t: 1024 ** 4,
  tib: 1024 ** 4,
  tb: 1000 ** 4,
}

const signs: Readonly<Record<string, string>> = { '>=': 'gte', '<=': 'lte', '>': 'gt', '<': 'lt' }
const words: Readonly<Record<string, string>> = { gte: '≥', lte: '≤', gt: '>', lt: '<' }

/**
 * Brings what a person typed, or what stands in an address, into the one written form of a filter.
 * Returns null when it means nothing.
 */
export function normalizeFilter(def: FilterDef, raw: string): string | null {
  const text = raw.trim()
  if (text === '') return null
  switch (def.type) {
    case 'text':
      return text
    case 'choice': {
      const wanted = new Set(text.split(',').map((part) => part.trim().toLowerCase()))
      const known = (def.choices ?? []).filter((choice) => wanted.has(choice.toLowerCase()))
      if (def.isSingle && wanted.size > 1) return null
      return known.length === wanted.size ? known.join(',') : null
    }
    case 'flag':
      if (/^(yes|true|1|on)$/i.test(text)) return 'yes'
      return /^(no|false|0|off)$/i.test(text) ? 'no' : null
    case 'property':
      return /^[^=\s][^=]*=.*$/.test(text) ? text : null
    case 'size':
      return compare(text, sizeOf)
    case 'moment':
      return compare(text, dayOf)
  }
}

function compare(text: string, read: (value: string) => string | null): string | null {
  const match = /^(>=|<=|>|<|gte:|lte:|gt:|lt:)?\s*(.+)$/.exec(text)
  if (match?.[2] === undefined) return null
  const sign = match[1] ?? 'gte:'
  const operator = signs[sign] ?? sign.slice(0, -1)
  const value = read(match[2].trim())
  return value === null ? null : `${operator}:${value}`
}

function sizeOf(text: string): string | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text)
  const factor = sizeUnits[(match?.[2] ?? '').toLowerCase()]
  if (match?.[1] === undefined || factor === undefined) return null
  const sizeBytes = Math.round(Number(match[1]) * factor)
  return Number.isSafeInteger(sizeBytes) ? String(sizeBytes) : null
}

function dayOf(text: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/.test(text)) return null
  return Number.isNaN(Date.parse(text)) ? null : text
}

/** Splits `gte:5` into its operator and value. */
export function splitComparison(value: string): { operator: string; value: string } {
  const colon = value.indexOf(':')
  return { operator: value.slice(0, colon), value: value.slice(colon + 1) }
}

/** A filter as a person reads it: `size ≥ 1 GiB`. */
export function describeFilter(filter: Filter, def: FilterDef | undefined): string {
  if (def?.type === 'size' || def?.type === 'moment') {
    const { operator, value } = splitComparison(filter.value)
    const shown = def.type === 'size' ? formatBytes(Number(value)) : value
    return `${filter.key} ${words[operator] ?? operator} ${shown}`
  }
  if (def?.type === 'property') return filter.value
  return `${filter.key}: ${filter.value.replaceAll(',', ', ')}`
}

/** Adds a filter: another choice widens the same one, another tag narrows further, anything else replaces. */
export function addFilter(filters: readonly Filter[], def: FilterDef, value: string): readonly Filter[] {
  if (def.isRepeatable) {
    const isThere = filters.some((filter) => filter.key === def.key && filter.value === value)
    return isThere ? filters : [...filters, { key: def.key, value }]
  }
  const existing = filters.find((filter) => filter.key === def.key)
  if (existing === undefined) return [...filters, { key: def.key, value }]
  const merged =
    def.type === 'choice' && !def.isSingle ? (normalizeFilter(def, `${existing.value},${value}`) ?? value) : value
  return filters.map((filter) => (filter === existing ? { key: def.key, value: merged } : filter))
}
