import type { PropertyDefinition } from '@/lib/metadefs/view'
import { propertyTexts } from './property-messages'

const { invalid } = propertyTexts

const truths = ['true', 'yes', 'on', '1', 't', 'y']

/** Whether a text means yes, as the services that read properties take it. */
export function isTrue(text: string): boolean {
  return truths.includes(text.trim().toLowerCase())
}

/** What is wrong with a value by its definition; undefined when nothing is. */
export function problemOf(definition: PropertyDefinition, text: string): string | undefined {
  switch (definition.type) {
    case 'integer':
      return /^[+-]?\d+$/.test(text.trim()) ? outside(definition, Number(text)) : invalid.integer
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? outside(definition, Number(text)) : invalid.number
    case 'string':
      return textProblem(definition, text)
    default:
      return undefined
  }
}

function outside({ minimum, maximum, choices }: PropertyDefinition, value: number): string | undefined {
  if (choices !== null && !choices.some((choice) => Number(choice) === value)) return invalid.choice
  if (minimum !== null && value < minimum) return invalid.minimum(minimum)
  return maximum !== null && value > maximum ? invalid.maximum(maximum) : undefined
}

function textProblem({ choices, minLength, maxLength, pattern }: PropertyDefinition, text: string) {
  if (choices !== null && !choices.includes(text)) return invalid.choice
  const { length } = [...text]
  if (minLength !== null && length < minLength) return invalid.minLength(minLength)
  if (maxLength !== null && length > maxLength) return invalid.maxLength(maxLength)
  return pattern !== null && !fits(pattern, text) ? invalid.pattern(pattern) : undefined
}

/** A pattern that this browser cannot read forbids nothing: the definitions were written for other languages too. */
function fits(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}

export interface ListValue {
  /** empty where the items simply stand side by side */
  readonly operator: string
  readonly items: readonly string[]
}

/** Reads `a,b`, `<in> a,b` or `<or> a <or> b`, which is how schedulers want lists. */
export function parseList(text: string): ListValue {
  const operator = /^\s*(<[a-z-]+>)/.exec(text)?.[1] ?? ''
  const rest = text.slice(text.indexOf(operator) + operator.length)
  const items = operator === '<or>' ? rest.split('<or>') : rest.split(',')
  return { operator, items: items.map((item) => item.trim()).filter(Boolean) }
}

export function writeList({ operator, items }: ListValue): string {
  if (operator === '') return items.join(',')
  return operator === '<or>' ? items.map((item) => `<or> ${item}`).join(' ') : `${operator} ${items.join(',')}`
}

export type Pasted =
  | { readonly values: Readonly<Record<string, string>>; readonly mistake?: undefined }
  | { readonly values?: undefined; readonly mistake: string }

/** Reads `key=value` lines, as command lines write properties, or a JSON object of plain values. */
export function parsePasted(text: string): Pasted {
  if (text.trimStart().startsWith('{')) return parsePastedJson(text)
  const values: [string, string][] = []
  for (const line of text.split('\n')) {
    const bare = line.trim().replace(/^--property\s+/, '')
    if (bare === '' || bare.startsWith('#')) continue
    const equals = bare.indexOf('=')
    if (equals < 1) return { mistake: propertyTexts.pasteMistake(bare) }
    values.push([bare.slice(0, equals).trim(), bare.slice(equals + 1).trim()])
  }
  return { values: Object.fromEntries(values) }
}

function parsePastedJson(text: string): Pasted {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return { mistake: propertyTexts.pasteJson }
    const entries = Object.entries(parsed)
    const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)
    if (!entries.every(([, value]) => isPlain(value))) return { mistake: propertyTexts.pasteJson }
    return { values: Object.fromEntries(entries.map(([key, value]) => [key, String(value)])) }
  } catch {
    return { mistake: propertyTexts.pasteJson }
  }
}
