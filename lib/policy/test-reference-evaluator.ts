/**
 * For tests: a second evaluator of the policy language, written from policy.md 4 on its own and sharing nothing with
 * the first. It works on words and closures instead of trees, slowly, and knows no formats but `%(key)s` and `%%`.
 */
export function referenceAnswer(
  rules: Readonly<Record<string, unknown>>,
  name: string,
  creds: Readonly<Record<string, unknown>>,
  target: Readonly<Record<string, unknown>>,
): boolean | 'error' {
  try {
    return askRule(name, [])
  } catch (error) {
    if (error instanceof Raised) return 'error'
    throw error
  }

  function askRule(asked: string, open: readonly string[]): boolean {
    const found = Object.hasOwn(rules, asked) ? asked : 'default'
    if (!Object.hasOwn(rules, found)) return false
    if (open.includes(found)) throw new Raised()
    return askValue(rules[found], [...open, found])
  }

  function askValue(value: unknown, open: readonly string[]): boolean {
    if (!value || (Array.isArray(value) && value.length === 0)) return true
    if (typeof value === 'string') return askText(value, open)
    if (!Array.isArray(value)) throw new Raised()
    const groups = value.filter((item) => item && item.length !== 0).map((item) => [item].flat())
    return groups.some((group) => group.every((leaf: unknown) => typeof leaf === 'string' && askLeaf(leaf, open)))
  }

  function askText(text: string, open: readonly string[]): boolean {
    const items = wordsOf(text).map((word): Item => {
      return typeof word === 'string' ? word : () => askLeaf(word.leaf, open)
    })
    for (;;) {
      const end = items.indexOf(')')
      if (end < 0) break
      const start = items.lastIndexOf('(', end)
      if (start < 0) return false
      const inner = flat(items.slice(start + 1, end))
      if (inner === undefined) return false
      items.splice(start, end - start + 1, inner)
    }
    return flat(items)?.() ?? false
  }

  function askLeaf(leaf: string, open: readonly string[]): boolean {
    if (leaf === '@') return true
    if (!leaf.includes(':')) return false
    const [kind = ''] = leaf.split(':', 1)
    const match = leaf.slice(kind.length + 1)
    if (kind === 'rule') return askRule(match, open)
    const text = substitute(match)
    if (text === undefined) return false
    if (kind === 'role') return ((creds.roles ?? []) as string[]).some((role) => sameLetters(role, text))
    // Python reads a negation there, which no caller has a value for.
    const isNegated = /^not['"]/.test(kind)
    const bare = isNegated ? kind.slice(3) : kind
    const strings = /^('[^']*'|"[^"]*")+$/.test(bare) && !bare.includes('\\')
    if (strings) return !isNegated && bare.replace(/'([^']*)'|"([^"]*)"/g, '$1$2') === text
    if (/^(True|False|None|0|[1-9][0-9]*)$/.test(kind)) return kind === text
    if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/i.test(kind) || keywords.includes(kind)) throw new Raised()
    return search(creds, kind.split('.'), text)
  }

  function substitute(match: string): string | undefined {
    let result = ''
    let isWholeUsed = false
    for (let rest = match; rest !== ''; ) {
      const plain = /^[^%]+/.exec(rest)?.[0]
      const key = /^%\(([^()]*)\)/.exec(rest)
      if (plain !== undefined) {
        result += plain
        rest = rest.slice(plain.length)
      } else if (rest.startsWith('%%')) {
        result += '%'
        rest = rest.slice(2)
      } else if (/^%[sra]/.test(rest) && !isWholeUsed) {
        // Without a key it is the text of the whole target.
        isWholeUsed = true
        result += '{…}'
        rest = rest.slice(2)
      } else if (key === null) throw new Raised()
      else {
        if (!Object.hasOwn(target, key[1] ?? '')) return undefined
        if (rest[key[0].length] !== 's') throw new Raised()
        result += asText(target[key[1] ?? ''])
        rest = rest.slice(key[0].length + 1)
      }
    }
    return result
  }
}

class Raised extends Error {}

const keywords = ['class', 'and', 'or', 'not']

type Thunk = () => boolean
type Item = Thunk | '(' | ')' | 'and' | 'or' | 'not' | 'string'

const spaces = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000'

function wordsOf(text: string): (Exclude<Item, Thunk> | { leaf: string })[] {
  const words: (Exclude<Item, Thunk> | { leaf: string })[] = []
  let word = ''
  const finish = () => {
    while (word.startsWith('(')) {
      words.push('(')
      word = word.slice(1)
    }
    const whole = word
    let closers = 0
    while (word.endsWith(')')) {
      closers += 1
      word = word.slice(0, -1)
    }
    const small = word.toLowerCase()
    const quote = whole[0]
    if (small === 'and' || small === 'or' || small === 'not') words.push(small)
    else if (whole.length > 1 && (quote === '"' || quote === "'") && whole.at(-1) === quote) words.push('string')
    else if (word !== '') words.push({ leaf: word })
    for (; closers > 0; closers--) words.push(')')
    word = ''
  }
  for (const letter of text) {
    if (spaces.includes(letter) || (letter >= '\u2000' && letter <= '\u200a')) finish()
    else word += letter
  }
  finish()
  return words
}

/** A row without parentheses as one thunk; undefined when it is no expression. */
function flat(items: readonly Item[]): Thunk | undefined {
  const alternatives = splitAt(items, 'or').map((group) => splitAt(group, 'and').map(negated))
  const whole = alternatives.map((group) => {
    const thunks = group.filter((thunk) => thunk !== undefined)
    return thunks.length === group.length ? () => thunks.every((thunk) => thunk()) : undefined
  })
  const known = whole.filter((thunk) => thunk !== undefined)
  return known.length === whole.length ? () => known.some((thunk) => thunk()) : undefined
}

function negated(items: readonly Item[]): Thunk | undefined {
  const last = items.at(-1)
  const nots = items.slice(0, -1)
  if (typeof last !== 'function' || nots.some((item) => item !== 'not')) return undefined
  return () => last() !== (nots.length % 2 === 1)
}

function splitAt(items: readonly Item[], word: Item): Item[][] {
  const groups: Item[][] = [[]]
  for (const item of items) {
    if (item === word) groups.push([])
    else groups.at(-1)?.push(item)
  }
  return groups
}

function search(value: unknown, path: readonly string[], text: string): boolean {
  const [key, ...rest] = path
  if (key === undefined) return asText(value) === text
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Raised()
  if (!Object.hasOwn(value, key)) return false
  const next = (value as Record<string, unknown>)[key]
  return [next].flat(1).some((each) => search(each, rest, text))
}

function asText(value: unknown): string {
  if (value === null) return 'None'
  // No question here holds Python's text of a map.
  if (typeof value === 'object') return '{…}'
  return value === true ? 'True' : value === false ? 'False' : `${value}`
}

function sameLetters(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
