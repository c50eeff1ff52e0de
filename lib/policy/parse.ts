import { apiError } from '@/lib/errors/api-error'
import { pythonKind } from './python-kind'
import { parseTemplate, type Template } from './template'

/** A parsed check. Leaves know their text, for whoever explains a decision. */
export type Check =
  | { readonly kind: 'always'; readonly text: string }
  /** Holds for nobody; `fault` tells why when it was not meant so. */
  | { readonly kind: 'never'; readonly text: string; readonly fault?: 'wordless' | 'unparsable' }
  | { readonly kind: 'not'; readonly check: Check }
  | { readonly kind: 'and' | 'or'; readonly checks: readonly Check[] }
  | { readonly kind: 'rule'; readonly text: string; readonly name: string }
  | { readonly kind: 'role'; readonly text: string; readonly match: Template }
  | { readonly kind: 'literal'; readonly text: string; readonly value: string; readonly match: Template }
  | { readonly kind: 'attribute'; readonly text: string; readonly path: readonly string[]; readonly match: Template }
  /** What no Python could parse stands before the colon: raises. */
  | { readonly kind: 'invalid'; readonly text: string; readonly match: Template }
  | { readonly kind: 'remote'; readonly text: string; readonly url: Template }

/** What policy files give as a rule. */
export type RuleValue = unknown

/**
 * Parses the value of a rule: a check string, lists of checks (any of them, of which each all), or what is empty, which
 * admits everybody. Throws `policy_invalid` for what Glance's own library cannot load. Source: policy.md 4.1 and 4.3.
 */
export function parseRule(value: RuleValue): Check {
  if (typeof value === 'string') return parseCheck(value)
  const items = isMap(value) ? Object.keys(value) : value
  if (items === null || items === undefined || items === false || items === 0) return { kind: 'always', text: '' }
  if (!Array.isArray(items)) throw unloadable(value)
  if (items.length === 0) return { kind: 'always', text: '' }
  const alternatives = items.flatMap((item) => alternativeOf(item) ?? [])
  return grouped('or', alternatives) ?? { kind: 'never', text: '[[]]' }
}

function alternativeOf(item: unknown): Check | undefined {
  if (item === '' || item === null || item === undefined || item === false || item === 0) return undefined
  const parts = typeof item === 'string' ? [item] : isMap(item) ? Object.keys(item) : item
  if (!Array.isArray(parts)) throw unloadable(item)
  const checks = parts.map((part): Check => {
    return typeof part === 'string' ? parseLeaf(part) : { kind: 'never', text: JSON.stringify(part), fault: 'wordless' }
  })
  return grouped('and', checks)
}

function grouped(kind: 'and' | 'or', checks: readonly Check[]): Check | undefined {
  return checks.length > 1 ? { kind, checks } : checks[0]
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unloadable(value: unknown) {
  return apiError('policy_invalid', { public: `${JSON.stringify(value)} is no rule: it must be a string or a list` })
}

/** Deeper parentheses and longer rows of `not` than anybody writes would end in an overflow of the stack. */
const DEPTH_MAX = 200

/**
 * Parses a check string of the policy language: `not` binds tightest, then `and`, then `or`. A string that does not
 * reduce to one expression holds for nobody. Source: policy.md 4.2.
 */
export function parseCheck(text: string): Check {
  if (text === '') return { kind: 'always', text }
  const parser = new Parser(tokenize(text))
  const check = parser.or(0)
  return check !== undefined && parser.isAtEnd ? check : { kind: 'never', text, fault: 'unparsable' }
}

type Token = '(' | ')' | 'and' | 'or' | 'not' | { readonly kind: 'check' | 'string'; readonly text: string }

// Python's whitespace, which has U+001C to U+001F and U+0085, and not U+FEFF.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these separate words
const whitespace = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/

/** Parentheses count only at the ends of words, so `%(key)s` stays whole. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  for (const word of text.split(whitespace)) {
    const opened = countOf(word, '(')
    for (let index = 0; index < opened; index++) tokens.push('(')
    if (opened === word.length) continue
    const rest = word.slice(opened)
    const closed = countEnd(rest, ')')
    const middle = rest.slice(0, rest.length - closed)
    if (middle !== '') tokens.push(tokenOf(middle, rest))
    for (let index = 0; index < closed; index++) tokens.push(')')
  }
  return tokens
}

function countOf(word: string, letter: string): number {
  let count = 0
  while (word[count] === letter) count += 1
  return count
}

function countEnd(word: string, letter: string): number {
  let count = 0
  while (word[word.length - 1 - count] === letter) count += 1
  return count
}

function tokenOf(middle: string, rest: string): Token {
  const operator = middle.toLowerCase()
  if (operator === 'and' || operator === 'or' || operator === 'not') return operator
  const isQuoted = rest.length >= 2 && /^['"]/.test(rest) && rest.endsWith(rest.charAt(0))
  return { kind: isQuoted ? 'string' : 'check', text: middle }
}

class Parser {
  #position = 0

  constructor(private readonly tokens: readonly Token[]) {}

  get isAtEnd(): boolean {
    return this.#position === this.tokens.length
  }

  or(depth: number): Check | undefined {
    return this.#series('or', () => this.#and(depth))
  }

  #and(depth: number): Check | undefined {
    return this.#series('and', () => this.#unary(depth))
  }

  #series(kind: 'and' | 'or', next: () => Check | undefined): Check | undefined {
    const checks: Check[] = []
    do {
      const check = next()
      if (check === undefined) return undefined
      checks.push(check)
    } while (this.#take(kind))
    return grouped(kind, checks)
  }

  #unary(depth: number): Check | undefined {
    if (depth > DEPTH_MAX) return undefined
    if (this.#take('not')) {
      const check = this.#unary(depth + 1)
      return check && { kind: 'not', check }
    }
    if (this.#take('(')) {
      const check = this.or(depth + 1)
      return check !== undefined && this.#take(')') ? check : undefined
    }
    const token = this.tokens[this.#position]
    if (typeof token !== 'object' || token.kind === 'string') return undefined
    this.#position += 1
    return parseLeaf(token.text)
  }

  #take(token: Token): boolean {
    if (this.tokens[this.#position] !== token) return false
    this.#position += 1
    return true
  }
}

function parseLeaf(text: string): Check {
  if (text === '@') return { kind: 'always', text }
  if (text === '!') return { kind: 'never', text }
  const colon = text.indexOf(':')
  if (colon < 0) return { kind: 'never', text, fault: 'wordless' }
  const kind = text.slice(0, colon)
  const rest = text.slice(colon + 1)
  if (kind === 'rule') return { kind: 'rule', text, name: rest }
  if (kind === 'http' || kind === 'https') return { kind: 'remote', text, url: parseTemplate(text) }
  const match = parseTemplate(rest)
  if (kind === 'role') return { kind: 'role', text, match: lowered(match) }
  const python = pythonKind(kind)
  if (python.kind === 'literal') return { kind: 'literal', text, value: python.text, match }
  if (python.kind === 'invalid') return { kind: 'invalid', text, match }
  return { kind: 'attribute', text, path: kind.split('.'), match }
}

/** Roles are compared without case, so a fixed one is lowered once. */
function lowered(match: Template): Template {
  return match.kind === 'text' ? { kind: 'text', text: match.text.toLowerCase() } : match
}
