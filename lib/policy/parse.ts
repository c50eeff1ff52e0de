/** A parsed check. `never` stands for what can hold for nobody, such as a word without a colon. */
export type Check =
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  | { readonly kind: 'not'; readonly check: Check }
  | { readonly kind: 'and' | 'or'; readonly checks: readonly Check[] }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'role'; readonly match: Template }
  | { readonly kind: 'literal'; readonly value: string; readonly match: Template }
  | { readonly kind: 'attribute'; readonly name: string; readonly match: Template }

/** Text with `%(key)s` placeholders, cut at them: text, key, text, … */
export type Template = readonly string[]

/**
 * Parses a check string of the policy language: `not` binds tightest, then `and`, then `or`. A string that does not
 * reduce to one expression holds for nobody. Source: policy.md 4.2.
 */
export function parseCheck(text: string): Check {
  if (text === '') return { kind: 'always' }
  const tokens = tokenize(text)
  const parser = new Parser(tokens)
  const check = parser.or()
  return check !== undefined && parser.isAtEnd ? check : { kind: 'never' }
}

/** Parentheses count only at the ends of words, so `%(key)s` stays whole. */
function tokenize(text: string): string[] {
  const tokens: string[] = []
  for (const word of text.split(/\s+/)) {
    if (word === '') continue
    const opened = /^\(*/.exec(word)?.[0].length ?? 0
    const rest = word.slice(opened)
    const closed = /\)*$/.exec(rest)?.[0].length ?? 0
    const middle = rest.slice(0, rest.length - closed)
    for (let index = 0; index < opened; index++) tokens.push('(')
    if (middle !== '') tokens.push(middle)
    for (let index = 0; index < closed; index++) tokens.push(')')
  }
  return tokens
}

class Parser {
  #position = 0

  constructor(private readonly tokens: readonly string[]) {}

  get isAtEnd(): boolean {
    return this.#position === this.tokens.length
  }

  or(): Check | undefined {
    return this.#series('or', () => this.#and())
  }

  #and(): Check | undefined {
    return this.#series('and', () => this.#unary())
  }

  #series(kind: 'and' | 'or', next: () => Check | undefined): Check | undefined {
    const checks: Check[] = []
    do {
      const check = next()
      if (check === undefined) return undefined
      checks.push(check)
    } while (this.#take(kind))
    const [only] = checks
    return checks.length === 1 ? only : { kind, checks }
  }

  #unary(): Check | undefined {
    if (this.#take('not')) {
      const check = this.#unary()
      return check && { kind: 'not', check }
    }
    if (this.#take('(')) {
      const check = this.or()
      return check !== undefined && this.#take(')') ? check : undefined
    }
    const word = this.tokens[this.#position]
    if (word === undefined || word === ')' || isOperator(word)) return undefined
    this.#position += 1
    return parseLeaf(word)
  }

  #take(token: string): boolean {
    if (this.tokens[this.#position]?.toLowerCase() !== token) return false
    this.#position += 1
    return true
  }
}

function isOperator(word: string): boolean {
  return /^(and|or|not)$/i.test(word)
}

function parseLeaf(word: string): Check {
  if (word === '@') return { kind: 'always' }
  const colon = word.indexOf(':')
  if (word === '!' || colon < 0) return { kind: 'never' }
  const kind = word.slice(0, colon)
  const rest = word.slice(colon + 1)
  if (kind === 'rule') return { kind: 'rule', name: rest }
  const match = rest.split(/%\(([^)]*)\)s/)
  if (kind === 'role') return { kind: 'role', match }
  const quoted = /^(['"])(.*)\1$/.exec(kind)
  if (quoted?.[2] !== undefined) return { kind: 'literal', value: quoted[2], match }
  return { kind: 'attribute', name: kind, match }
}
