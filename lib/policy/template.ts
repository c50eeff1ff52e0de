import { asciiRepresented, type PolicyValue, represented, written } from './python-value'

/** What a rule is asked about. A key that is not there makes a check false. */
export interface PolicyTarget {
  get(key: string): PolicyValue | undefined
  /** all of it; only a template without any key, as `%s`, asks for that */
  entries?(): Readonly<Record<string, PolicyValue>>
}

interface Conversion {
  /** undefined takes the whole target */
  readonly key: string | undefined
  readonly flags: string
  readonly width: number
  /** undefined is no limit */
  readonly precision: number | undefined
  readonly letter: string
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly conversion: Conversion }
  /** Raises when it is reached, but a key that the target lacks comes first. */
  | { readonly kind: 'fault'; readonly key: string | undefined; readonly reason: string }

/** A Python format with the target as its mapping. The two usual forms need no work when they are filled. */
export type Template =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'parts'; readonly parts: readonly Part[] }

/** Thrown by what Python would raise on; whoever asks a rule by name makes an API error of it. */
export class PolicyRaise extends Error {}

/** Parses `%(key)s` and its relatives; what is wrong in it raises when it is filled. Source: policy.md 4.2. */
export function parseTemplate(text: string): Template {
  const parts: Part[] = []
  let literal = ''
  let position = 0
  const flush = () => {
    if (literal !== '') parts.push({ kind: 'text', text: literal })
    literal = ''
  }
  while (position < text.length) {
    const percent = text.indexOf('%', position)
    if (percent < 0) {
      literal += text.slice(position)
      break
    }
    literal += text.slice(position, percent)
    const { part, end } = parseSpecifier(text, percent + 1)
    position = end
    if (part === 'percent') {
      literal += '%'
      continue
    }
    flush()
    parts.push(part)
    if (part.kind === 'fault') break
  }
  flush()
  return simplest(parts)
}

function simplest(parts: readonly Part[]): Template {
  const [first, second] = parts
  if (first === undefined) return { kind: 'text', text: '' }
  if (second === undefined && first.kind === 'text') return first
  if (second === undefined && first.kind === 'value') {
    const { key, flags, width, precision, letter } = first.conversion
    if (key !== undefined && letter === 's' && flags === '' && width === 0 && precision === undefined) {
      return { kind: 'key', key }
    }
  }
  return { kind: 'parts', parts }
}

function parseSpecifier(text: string, start: number): { readonly part: Part | 'percent'; readonly end: number } {
  let position = start
  let key: string | undefined
  if (text[position] === '(') {
    const close = closingParenthesis(text, position)
    if (close < 0) return { part: fault(undefined, 'a key is not closed'), end: text.length }
    key = text.slice(position + 1, close)
    position = close + 1
  }
  const rest = /^([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?(.?)/su.exec(text.slice(position))
  const [whole = '', flags = '', width = '', precision, letter = ''] = rest ?? []
  const end = position + whole.length
  if (letter === '') return { part: fault(key, 'a format ends too early'), end }
  if (width === '*' || precision === '*') return { part: fault(key, 'a format has a width of *'), end }
  if (letter === '%') {
    const isPlain = key === undefined
    return { part: isPlain ? 'percent' : { kind: 'value', conversion: literalPercent(key) }, end }
  }
  if (!/[sradiuoxXceEfF]/.test(letter)) return { part: fault(key, `%${letter} is no format`), end }
  const limit = precision === undefined ? undefined : Number(precision)
  if (Number(width) > 1000 || Number(limit ?? 0) > 100) return { part: fault(key, 'a format is too wide'), end }
  return { part: { kind: 'value', conversion: { key, flags, width: Number(width), precision: limit, letter } }, end }
}

function fault(key: string | undefined, reason: string): Part {
  return { kind: 'fault', key, reason }
}

function literalPercent(key: string | undefined): Conversion {
  return { key, flags: '', width: 0, precision: undefined, letter: '%' }
}

function closingParenthesis(text: string, open: number): number {
  let depth = 0
  for (let index = open; index < text.length; index++) {
    if (text[index] === '(') depth += 1
    else if (text[index] === ')') depth -= 1
    if (depth === 0) return index
  }
  return -1
}

/** The text; undefined when the target lacks a key. Throws {@link PolicyRaise} where Python raises. */
export function fillTemplate(template: Template, target: PolicyTarget): string | undefined {
  if (template.kind === 'text') return template.text
  if (template.kind === 'key') {
    const value = target.get(template.key)
    return value === undefined ? undefined : written(value)
  }
  let text = ''
  let isUsed = false
  for (const part of template.parts) {
    if (part.kind === 'text') {
      text += part.text
      continue
    }
    const key = part.kind === 'fault' ? part.key : part.conversion.key
    const value = key === undefined ? undefined : target.get(key)
    if (key !== undefined && value === undefined) return undefined
    if (part.kind === 'fault') throw new PolicyRaise(part.reason)
    if (value === undefined) {
      if (isUsed) throw new PolicyRaise('a format asks for more values than there are')
      isUsed = true
    }
    text += converted(part.conversion, value === undefined ? wholeOf(target) : value)
  }
  return text
}

function wholeOf(target: PolicyTarget): PolicyValue {
  if (target.entries === undefined) throw new PolicyRaise('a format asks for the whole target')
  return target.entries()
}

/** Why filling it would raise whatever the target holds; undefined when it would not. */
export function templateFault(template: Template): string | undefined {
  if (template.kind !== 'parts') return undefined
  for (const part of template.parts) {
    if (part.kind === 'fault') return part.reason
    if (part.kind === 'value' && part.conversion.key === undefined) return 'a format asks for the whole target'
  }
  return undefined
}

function converted({ letter, flags, width, precision }: Conversion, value: PolicyValue): string {
  if (letter === '%') return '%'
  if (/[sra]/.test(letter)) {
    const whole = letter === 's' ? written(value) : letter === 'r' ? represented(value) : asciiRepresented(value)
    const cut = precision === undefined ? whole : [...whole].slice(0, precision).join('')
    return padded(cut, flags.replace('0', ''), width)
  }
  if (letter === 'c') return padded(character(value), flags.replace('0', ''), width)
  const number = typeof value === 'boolean' ? Number(value) : value
  if (typeof number !== 'number') throw new PolicyRaise(`%${letter} needs a number`)
  const digits = digitsOf(Math.abs(number), letter, precision, flags)
  const sign = number < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const isZeroed = flags.includes('0') && !flags.includes('-')
  const zeros = isZeroed ? '0'.repeat(Math.max(width - sign.length - digits.length, 0)) : ''
  return padded(sign + zeros + digits, flags, width)
}

function digitsOf(number: number, letter: string, precision: number | undefined, flags: string): string {
  if (/[fF]/.test(letter)) return number.toFixed(precision ?? 6)
  if (/[eE]/.test(letter)) {
    const [digits = '', power = '0'] = number.toExponential(precision ?? 6).split('e')
    const exponent = Number(power)
    const text = `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
    return letter === 'E' ? text.toUpperCase() : text
  }
  if (/[oxX]/.test(letter) && !Number.isInteger(number)) throw new PolicyRaise(`%${letter} needs a whole number`)
  if (!Number.isFinite(number)) throw new PolicyRaise(`%${letter} needs a number`)
  const base = letter === 'o' ? 8 : /[xX]/.test(letter) ? 16 : 10
  const plain = BigInt(Math.trunc(number))
    .toString(base)
    .padStart(precision ?? 0, '0')
  const marked = flags.includes('#') && base !== 10 ? `0${letter}${plain}` : plain
  return letter === 'X' ? marked.toUpperCase() : marked
}

function character(value: PolicyValue): string {
  if (typeof value === 'string' && [...value].length === 1) return value
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x10ffff) {
    return String.fromCodePoint(value)
  }
  throw new PolicyRaise('%c needs a character')
}

function padded(text: string, flags: string, width: number): string {
  const missing = Math.max(width - [...text].length, 0)
  return flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text
}
