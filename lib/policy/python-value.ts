/** What credentials and targets hold: JSON, as the policy language knows no other values. */
export type PolicyValue =
  | string
  | number
  | boolean
  | null
  | readonly PolicyValue[]
  | { readonly [key: string]: PolicyValue }

/** The value as Python's `str` writes it, which is how the policy language compares. */
export function written(value: PolicyValue): string {
  return typeof value === 'string' ? value : represented(value)
}

/** The value as Python's `repr` writes it: strings in quotes. */
export function represented(value: PolicyValue): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return Number.isInteger(value) ? integerText(value) : floatText(value)
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (Array.isArray(value)) return `[${value.map(represented).join(', ')}]`
  return `{${Object.entries(value)
    .map(([key, each]) => `${quoted(key)}: ${represented(each)}`)
    .join(', ')}}`
}

function integerText(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString()
}

/** A float as Python writes it: always with a point or an exponent, exponents from 16 digits on and of two digits. */
export function floatText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'inf'
  if (value === Number.NEGATIVE_INFINITY) return '-inf'
  if (Number.isNaN(value)) return 'nan'
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  if (Number.isInteger(value)) return `${Object.is(value, -0) ? '-0' : BigInt(value)}.0`
  if (exponent >= 0) return String(value)
  const sign = value < 0 ? '-' : ''
  return `${sign}0.${'0'.repeat(-exponent - 1)}${digits.replace(/[-.]/g, '')}`
}

const shortEscapes: Readonly<Record<string, string | undefined>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** Text in Python's quotes: single ones unless it holds only those. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let result = quote
  for (const letter of text) {
    const short = shortEscapes[letter]
    if (short !== undefined) result += short
    else if (letter === quote) result += `\\${quote}`
    else result += isPrintable(letter) ? letter : escaped(letter)
  }
  return result + quote
}

function isPrintable(letter: string): boolean {
  return letter === ' ' || !/[\p{C}\p{Z}]/u.test(letter)
}

function escaped(letter: string): string {
  const code = letter.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}

/** Like {@link represented}, with everything beyond ASCII escaped: Python's `ascii`. */
export function asciiRepresented(value: PolicyValue): string {
  return represented(value).replace(/[^\0-\x7f]/gu, escaped)
}
