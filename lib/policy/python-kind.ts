import { floatText, quoted } from './python-value'

/**
 * What stands before the colon of a check, as Python sees it: a literal with its `str`, another expression, which the
 * policy language takes for a path, or nothing that Python could parse.
 */
export type PythonKind =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'expression' }
  | { readonly kind: 'invalid' }

/** Sets, complex sums and a few other rarities count as invalid: what cannot be parsed raises, which allows nobody. */
export function pythonKind(text: string): PythonKind {
  if (/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(text)) return kindOfNames(text)
  try {
    const parser = new ExpressionParser(tokenize(text.replace(/^[ \t]+/, '')))
    const value = parser.whole()
    return value === undefined ? { kind: 'expression' } : { kind: 'literal', text: value.text }
  } catch (error) {
    if (error instanceof NotPython) return { kind: 'invalid' }
    throw error
  }
}

class NotPython extends Error {}

const constants = new Set(['None', 'True', 'False'])
const keywords = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
)

/** The usual case without the parser: names with points between. */
function kindOfNames(text: string): PythonKind {
  if (constants.has(text)) return { kind: 'literal', text }
  const [first = '', ...others] = text.split('.')
  const isBad = keywords.has(first) || others.some((name) => keywords.has(name) || constants.has(name))
  return { kind: isBad ? 'invalid' : 'expression' }
}

/** A literal's `str` and `repr`; undefined is an expression that is none. */
type Value = { readonly text: string; readonly repr: string; readonly isNumber?: boolean } | undefined

type Token =
  | { readonly kind: 'name' | 'operator'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly isBytes: boolean; readonly isFormat: boolean }

const numberPattern =
  /^(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][-+]?\d(?:_?\d)*)?)[jJ]?/
const stringPattern =
  /^([rRuUbBfF]{0,2})('''(?:\\[\s\S]|[^\\])*?'''|"""(?:\\[\s\S]|[^\\])*?"""|'(?:\\[\s\S]|[^\\'\n])*'|"(?:\\[\s\S]|[^\\"\n])*")/
const operatorPattern = /^(?:\*\*|\/\/|<<|>>|<=|>=|==|!=|\.\.\.|[-+*/%@&|^~<>()[\]{},.=])/
const prefixes = new Set(['', 'r', 'u', 'b', 'f', 'rb', 'br', 'rf', 'fr'])

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let rest = text
  while (rest !== '') {
    const space = /^[ \t\f]+|^\n+$/.exec(rest)?.[0]
    if (space !== undefined) {
      rest = rest.slice(space.length)
      continue
    }
    const { token, length } = nextToken(rest)
    tokens.push(token)
    rest = rest.slice(length)
  }
  return tokens
}

function nextToken(rest: string): { readonly token: Token; readonly length: number } {
  const string = stringPattern.exec(rest)
  if (string !== null) return stringToken(string[0], string[1] ?? '', string[2] ?? '')
  const number = numberPattern.exec(rest)?.[0]
  if (number !== undefined && !/^[\p{L}\p{N}_]/u.test(rest.slice(number.length))) {
    return { token: { kind: 'number', text: number }, length: number.length }
  }
  const name = /^[\p{L}_][\p{L}\p{N}_]*/u.exec(rest)?.[0]
  if (name !== undefined) return { token: { kind: 'name', text: name }, length: name.length }
  const operator = number === undefined ? operatorPattern.exec(rest)?.[0] : undefined
  if (operator === undefined) throw new NotPython()
  return { token: { kind: 'operator', text: operator }, length: operator.length }
}

function stringToken(whole: string, prefix: string, body: string) {
  const kind = prefix.toLowerCase()
  if (!prefixes.has(kind)) throw new NotPython()
  const quotes = /^('''|""")/.test(body) ? 3 : 1
  const raw = body.slice(quotes, -quotes)
  const isBytes = kind.includes('b')
  if (isBytes && /[^\0-\x7f]/.test(raw)) throw new NotPython()
  const text = kind.includes('r') ? raw : unescaped(raw, isBytes)
  const token: Token = { kind: 'string', text, isBytes, isFormat: kind.includes('f') }
  return { token, length: whole.length }
}

const escapes: Readonly<Record<string, string | undefined>> = {
  '\n': '',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

function unescaped(raw: string, isBytes: boolean): string {
  const pattern = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g
  return raw.replace(pattern, (whole, hex, short, long, octal, letter) => {
    if (hex !== undefined) return codePoint(hex, 16)
    if (octal !== undefined) return codePoint(octal, 8)
    if (short !== undefined || long !== undefined) return isBytes ? whole : codePoint(short ?? long, 16)
    if (letter === 'x' || (!isBytes && /[uUN]/.test(letter))) throw new NotPython()
    return escapes[letter] ?? whole
  })
}

function codePoint(digits: string, base: number): string {
  const code = Number.parseInt(digits, base)
  if (code > 0x10ffff) throw new NotPython()
  return String.fromCodePoint(code)
}

const levels: readonly (readonly string[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%', '@'],
]
const comparisons = new Set(['<', '>', '==', '>=', '<=', '!=', 'in', 'is'])
const DEPTH_MAX = 100

class ExpressionParser {
  #position = 0
  #depth = 0

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Value {
    const value = this.#list([])
    if (this.#position < this.tokens.length) throw new NotPython()
    return value
  }

  /** One expression, or several with commas, which make a tuple; `closers` may follow a last comma. */
  #list(closers: readonly string[]): Value {
    const first = this.#starred()
    if (this.#peek() !== ',') return first
    const items = [first]
    while (this.#take(',')) {
      const next = this.#peek()
      if (next === undefined || closers.includes(next)) break
      items.push(this.#starred())
    }
    return sequence('(', items, items.length === 1 ? ',)' : ')')
  }

  #starred(): Value {
    if (this.#take('*')) {
      this.#binary(0)
      return undefined
    }
    return this.#conditional()
  }

  #conditional(): Value {
    this.#depth += 1
    if (this.#depth > DEPTH_MAX) throw new NotPython()
    let value = this.#disjunction()
    if (this.#take('if')) {
      this.#disjunction()
      this.#expect('else')
      this.#conditional()
      value = undefined
    }
    this.#depth -= 1
    return value
  }

  #disjunction(): Value {
    let value = this.#negation()
    while (this.#take('or') || this.#take('and')) {
      this.#negation()
      value = undefined
    }
    return value
  }

  #negation(): Value {
    let isNegated = false
    while (this.#take('not')) isNegated = true
    const value = this.#comparison()
    return isNegated ? undefined : value
  }

  #comparison(): Value {
    let value = this.#binary(0)
    for (;;) {
      const next = this.#peek() ?? ''
      if (next === 'not') {
        this.#position += 1
        this.#expect('in')
      } else if (comparisons.has(next)) {
        this.#position += 1
        if (next === 'is') this.#take('not')
      } else return value
      this.#binary(0)
      value = undefined
    }
  }

  #binary(level: number): Value {
    const operators = levels[level]
    if (operators === undefined) return this.#unary()
    let value = this.#binary(level + 1)
    while (operators.includes(this.#peek() ?? '')) {
      this.#position += 1
      this.#binary(level + 1)
      value = undefined
    }
    return value
  }

  #unary(): Value {
    let signs = ''
    while (/^[-+~]$/.test(this.#peek() ?? '')) {
      signs += this.#peek()
      this.#position += 1
    }
    const isAwaited = this.#take('await')
    const value = this.#power()
    if (signs === '' && !isAwaited) return value
    if (value?.isNumber !== true || isAwaited || signs.length > 1 || signs === '~') return undefined
    if (signs === '+') return { ...value, isNumber: false }
    const text = value.text === '0' ? '0' : `-${value.text}`
    return { text, repr: text }
  }

  #power(): Value {
    const value = this.#trailed()
    if (!this.#take('**')) return value
    this.#unary()
    return undefined
  }

  #trailed(): Value {
    let value = this.#atom()
    for (;;) {
      if (this.#take('.')) {
        const name = this.#next()
        if (name.kind !== 'name' || keywords.has(name.text) || constants.has(name.text)) throw new NotPython()
      } else if (this.#take('(')) this.#arguments()
      else if (this.#take('[')) {
        this.#list([']'])
        this.#expect(']')
      } else return value
      value = undefined
    }
  }

  #arguments(): void {
    while (!this.#take(')')) {
      if (!this.#take('**')) {
        const following = this.tokens[this.#position + 1]
        if (following?.kind === 'operator' && following.text === '=') {
          if (this.#next().kind !== 'name') throw new NotPython()
          this.#expect('=')
        }
        this.#starred()
        this.#comprehension()
      } else this.#conditional()
      if (!this.#take(',')) {
        this.#expect(')')
        return
      }
    }
  }

  #comprehension(): boolean {
    let isOne = false
    while (this.#take('for')) {
      isOne = true
      do this.#binary(0)
      while (this.#take(','))
      this.#expect('in')
      this.#disjunction()
      while (this.#take('if')) this.#disjunction()
    }
    return isOne
  }

  #atom(): Value {
    const token = this.#next()
    if (token.kind === 'number') return numberValue(token.text)
    if (token.kind === 'string') return this.#strings(token)
    if (token.kind === 'name') {
      if (keywords.has(token.text)) throw new NotPython()
      return constants.has(token.text) ? { text: token.text, repr: token.text } : undefined
    }
    if (token.text === '(') return this.#parenthesized()
    if (token.text === '[') return this.#bracketed()
    if (token.text === '{' && this.#take('}')) return { text: '{}', repr: '{}' }
    if (token.text === '...') return { text: 'Ellipsis', repr: 'Ellipsis' }
    throw new NotPython()
  }

  #parenthesized(): Value {
    if (this.#take(')')) return { text: '()', repr: '()' }
    const inner = this.#list([')'])
    const isGenerator = this.#comprehension()
    this.#expect(')')
    return isGenerator ? undefined : inner
  }

  #bracketed(): Value {
    const items: Value[] = []
    while (!this.#take(']')) {
      items.push(this.#starred())
      if (this.#comprehension()) items.push(undefined)
      if (!this.#take(',')) {
        this.#expect(']')
        break
      }
    }
    return sequence('[', items, ']')
  }

  #strings(first: Token & { readonly kind: 'string' }): Value {
    let { text, isFormat } = first
    for (;;) {
      const next = this.tokens[this.#position]
      if (next?.kind !== 'string') break
      if (next.isBytes !== first.isBytes) throw new NotPython()
      text += next.text
      isFormat ||= next.isFormat
      this.#position += 1
    }
    if (isFormat) return undefined
    if (!first.isBytes) return { text, repr: quoted(text) }
    const repr = `b${quoted(text).replace(/[\x80-\xff]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`)}`
    return { text: repr, repr }
  }

  #peek(): string | undefined {
    const token = this.tokens[this.#position]
    return token === undefined || token.kind === 'string' || token.kind === 'number' ? undefined : token.text
  }

  #next(): Token {
    const token = this.tokens[this.#position]
    if (token === undefined) throw new NotPython()
    this.#position += 1
    return token
  }

  #take(text: string): boolean {
    if (this.#peek() !== text) return false
    this.#position += 1
    return true
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new NotPython()
  }
}

function sequence(open: string, items: readonly Value[], close: string): Value {
  const parts: string[] = []
  for (const item of items) {
    if (item === undefined) return undefined
    parts.push(item.repr)
  }
  const text = `${open}${parts.join(', ')}${close}`
  return { text, repr: text }
}

function numberValue(written: string): Value {
  const plain = written.replaceAll('_', '')
  if (/[jJ]$/.test(plain)) {
    const text = `${floatText(Number(plain.slice(0, -1))).replace(/\.0$/, '')}j`
    return { text, repr: text, isNumber: true }
  }
  const isInteger = /^0[xXoObB]/.test(plain) || /^\d+$/.test(plain)
  // Python has no numbers that begin with a zero, but for zero itself.
  if (/^0\d*[1-9]\d*$/.test(plain)) throw new NotPython()
  const text = isInteger ? BigInt(plain.replace(/^0+(?=\d)/, '')).toString() : floatText(Number(plain))
  return { text, repr: text, isNumber: true }
}
