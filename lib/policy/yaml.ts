/** A value with where it stands; `line` counts from 1. */
export type YamlNode =
  | { readonly kind: 'map'; readonly line: number; readonly entries: readonly YamlEntry[] }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly YamlNode[] }
  | { readonly kind: 'scalar'; readonly line: number; readonly value: string | number | boolean | null }

export interface YamlEntry {
  readonly key: string
  readonly line: number
  readonly value: YamlNode
}

/** What cannot be read, or what this reader does not know; `line` counts from 1. */
export class YamlError extends Error {
  constructor(
    readonly line: number,
    readonly reason: string,
  ) {
    super(`line ${line}: ${reason}`)
  }
}

/**
 * Reads what policy files and templates are made of: maps, lists and scalars in block and flow form, JSON with them.
 * Anchors, aliases, tags, directives, several documents, keys of two meanings and keys that are repeated are refused,
 * by {@link YamlError}: a file that means something else to another reader must not decide who may do what.
 */
export function parseYaml(text: string): YamlNode {
  return new YamlReader(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')).document()
}

/** The value without the places. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainValue)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]))
}

const DEPTH_MAX = 50
const escapes: Readonly<Record<string, string | undefined>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
}

class YamlReader {
  #position = 0
  #depth = 0

  constructor(private readonly text: string) {}

  document(): YamlNode {
    this.#skipBlank()
    if (/^---(?=\s|$)/.test(this.#rest(4))) {
      this.#position += 3
      this.#skipBlank()
    }
    const node = this.#node(-1)
    this.#skipBlank()
    if (this.#position < this.text.length) {
      const isDocument = /^(---|\.\.\.)/.test(this.#rest(3))
      throw this.#error(isDocument ? 'there is more than one document' : 'this is no part of what stands before it')
    }
    return node
  }

  /** What stands next, if it is indented deeper than what it belongs to; else null. */
  #node(parentColumn: number): YamlNode {
    this.#depth += 1
    if (this.#depth > DEPTH_MAX) throw this.#error('is nested too deeply')
    this.#skipBlank()
    const column = this.#column()
    const isAbsent = this.#position >= this.text.length || column <= parentColumn
    const node = isAbsent ? this.#null() : this.#present(column, parentColumn)
    this.#depth -= 1
    return node
  }

  #present(column: number, parentColumn: number): YamlNode {
    if (this.#isDash()) return this.#list(column)
    return this.#keyLength() === undefined ? this.#inline(parentColumn) : this.#map(column)
  }

  #map(column: number): YamlNode {
    const line = this.#line()
    const entries: YamlEntry[] = []
    for (;;) {
      this.#skipBlank()
      if (this.#position >= this.text.length || this.#column() < column) break
      if (/^(---|\.\.\.)(\s|$)/.test(this.#rest(4)) && this.#column() === 0) break
      if (this.#column() > column) throw this.#error('is indented deeper than what stands before it')
      const entryLine = this.#line()
      if (this.#keyLength() === undefined) throw this.#error('is no key with a colon')
      const key = this.#key()
      this.#position += 1
      if (entries.some((entry) => entry.key === key)) throw new YamlError(entryLine, `${key} is there twice`)
      entries.push({ key, line: entryLine, value: this.#valueOfKey(column) })
    }
    return { kind: 'map', line, entries }
  }

  #valueOfKey(column: number): YamlNode {
    this.#skipSpaces()
    if (!this.#isAtLineEnd()) {
      if (this.#isDash()) throw this.#error('a list begins on a line of its own')
      return this.#inline(column)
    }
    const node = this.#null()
    this.#skipBlank()
    // The items of a list may stand right under its key.
    const isListBelow = this.#column() === column && this.#isDash()
    return isListBelow ? this.#list(column) : this.#column() > column ? this.#node(column) : node
  }

  #list(column: number): YamlNode {
    const line = this.#line()
    const items: YamlNode[] = []
    for (;;) {
      this.#skipBlank()
      if (this.#position >= this.text.length || this.#column() !== column || !this.#isDash()) break
      this.#position += 1
      this.#skipSpaces()
      items.push(this.#node(column))
    }
    this.#skipBlank()
    if (this.#position < this.text.length && this.#column() > column) {
      throw this.#error('is indented deeper than what stands before it')
    }
    return { kind: 'list', line, items }
  }

  /** A value that does not begin a block of lines. */
  #inline(parentColumn: number): YamlNode {
    const line = this.#line()
    const first = this.text[this.#position]
    if (first === '{' || first === '[') {
      const node = this.#flow()
      this.#endLine()
      return node
    }
    if (first === '"' || first === "'") {
      const value = first === '"' ? this.#doubleQuoted() : this.#singleQuoted()
      this.#endLine()
      return { kind: 'scalar', line, value }
    }
    if (first === '|' || first === '>') return this.#blockScalar(parentColumn)
    return { kind: 'scalar', line, value: this.#plainLines(parentColumn) }
  }

  #plainLines(parentColumn: number): string | number | boolean | null {
    const line = this.#line()
    let text = this.#plainPart(false)
    let isOne = true
    while (!this.#hasComment()) {
      const before = this.#position
      const end = /^[ \t]*\n(?:[ \t]*\n)*/.exec(this.text.slice(this.#position))?.[0]
      if (end === undefined) break
      this.#position += end.length
      this.#skipSpaces()
      const next = this.text[this.#position]
      if (next === undefined || next === '#' || next === '\n' || this.#column() <= parentColumn) {
        this.#position = before
        break
      }
      const breaks = end.split('\n').length - 2
      text += (breaks === 0 ? ' ' : '\n'.repeat(breaks)) + this.#plainPart(false)
      isOne = false
    }
    this.#endLine()
    return isOne ? resolved(text, line) : text
  }

  /** To the end of the line, a comment or, within brackets, what ends a value there. */
  #plainPart(isFlow: boolean): string {
    this.#refuseIndicator(isFlow)
    const start = this.#position
    while (this.#position < this.text.length) {
      const letter = this.text[this.#position] ?? ''
      const next = this.text[this.#position + 1] ?? '\n'
      if (letter === '\n') break
      if (/[ \t]/.test(letter) && next === '#') break
      if (isFlow && /[,[\]{}]/.test(letter)) break
      if (letter === ':' && (/\s/.test(next) || (isFlow && /[,[\]{}]/.test(next)))) {
        if (isFlow) break
        throw this.#error('a value with a colon and a space must be in quotes')
      }
      this.#position += 1
    }
    const text = this.text.slice(start, this.#position).trimEnd()
    this.#position = start + text.length
    return text
  }

  #refuseIndicator(isFlow: boolean): void {
    const first = this.text[this.#position] ?? ''
    const meanings: Readonly<Record<string, string | undefined>> = { '&': 'an anchor', '*': 'an alias', '!': 'a tag' }
    const meaning = meanings[first]
    if (meaning !== undefined) throw this.#error(`${first} begins ${meaning}, which is not taken; use quotes`)
    if (/[,[\]{}#|>%@`"']/.test(first)) throw this.#error(`a value that begins with ${first} must be in quotes`)
    const next = this.text[this.#position + 1] ?? '\n'
    if (/[-?:]/.test(first) && (/\s/.test(next) || (isFlow && /[,[\]{}]/.test(next)))) {
      throw this.#error(`a value that begins with ${first} must be in quotes`)
    }
  }

  #blockScalar(parentColumn: number): YamlNode {
    const line = this.#line()
    const header = /^([|>])(-?)[ \t]*(#[^\n]*)?(?:\n|$)/.exec(this.text.slice(this.#position))
    if (header === null) throw this.#error('only | and > with or without - are taken')
    this.#position += header[0].length
    const lines: string[] = []
    let indent: number | undefined
    while (this.#position < this.text.length) {
      const [whole = ''] = /^[^\n]*\n?/.exec(this.text.slice(this.#position)) ?? []
      const content = whole.replace(/\n$/, '')
      const column = content.length - content.trimStart().length
      if (content.trim() !== '') {
        if (column <= parentColumn) break
        indent ??= column
        if (column < indent) throw this.#error('is indented less than the first line')
        if (header[1] === '>' && column > indent) throw this.#error('is indented more than the first line')
      }
      lines.push(content.slice(indent ?? content.length))
      this.#position += whole.length
    }
    while (lines.at(-1) === '') lines.pop()
    const text = header[1] === '|' ? lines.join('\n') : folded(lines)
    return { kind: 'scalar', line, value: header[2] === '-' || text === '' ? text : `${text}\n` }
  }

  #flow(): YamlNode {
    this.#depth += 1
    if (this.#depth > DEPTH_MAX) throw this.#error('is nested too deeply')
    const line = this.#line()
    const node: YamlNode =
      this.text[this.#position] === '{'
        ? { kind: 'map', line, entries: this.#flowEntries() }
        : { kind: 'list', line, items: this.#flowItems() }
    this.#depth -= 1
    return node
  }

  #flowEntries(): YamlEntry[] {
    const entries: YamlEntry[] = []
    this.#flowSeries('}', () => {
      const line = this.#line()
      const key = this.#flowScalar()
      if (typeof key.value !== 'string') throw new YamlError(line, 'a key must be text; use quotes')
      if (entries.some((entry) => entry.key === key.value)) throw new YamlError(line, `${key.value} is there twice`)
      this.#skipBlank()
      const hasValue = this.text[this.#position] === ':'
      if (hasValue) this.#position += 1
      this.#skipBlank()
      const isEmpty = !hasValue || /[,}]/.test(this.text[this.#position] ?? '')
      entries.push({ key: key.value, line, value: isEmpty ? this.#null() : this.#flowValue() })
    })
    return entries
  }

  #flowItems(): YamlNode[] {
    const items: YamlNode[] = []
    this.#flowSeries(']', () => {
      items.push(this.#flowValue())
      this.#skipBlank()
      if (this.text[this.#position] === ':') throw this.#error('a pair in a list must be in braces')
    })
    return items
  }

  #flowSeries(closer: string, item: () => void): void {
    const line = this.#line()
    this.#position += 1
    for (;;) {
      this.#skipBlank()
      if (this.#position >= this.text.length) throw new YamlError(line, `there is no ${closer} for this`)
      if (this.text[this.#position] === closer) break
      item()
      this.#skipBlank()
      if (this.text[this.#position] === ',') this.#position += 1
      else if (this.text[this.#position] !== closer) throw this.#error(`there must be a comma or ${closer} before this`)
    }
    this.#position += 1
  }

  #flowValue(): YamlNode {
    const first = this.text[this.#position]
    return first === '{' || first === '[' ? this.#flow() : this.#flowScalar()
  }

  #flowScalar(): YamlNode & { readonly kind: 'scalar' } {
    const line = this.#line()
    const first = this.text[this.#position]
    if (first === '"') return { kind: 'scalar', line, value: this.#doubleQuoted() }
    if (first === "'") return { kind: 'scalar', line, value: this.#singleQuoted() }
    const parts = [this.#plainPart(true)]
    for (;;) {
      const before = this.#position
      this.#skipBlank()
      const next = this.text[this.#position]
      if (next === undefined || /[,[\]{}:#"']/.test(next)) {
        this.#position = before
        break
      }
      parts.push(this.#plainPart(true))
    }
    return { kind: 'scalar', line, value: parts.length === 1 ? resolved(parts[0] ?? '', line) : parts.join(' ') }
  }

  #doubleQuoted(): string {
    const line = this.#line()
    const pattern = /"((?:[^"\\]|\\[\s\S])*)"/y
    pattern.lastIndex = this.#position
    const body = pattern.exec(this.text)?.[1]
    if (body === undefined) throw new YamlError(line, 'the quotes are not closed')
    this.#position = pattern.lastIndex
    const lines = body.replace(/(^|[^\\])((?:\\\\)*)\\[ \t]*\n[ \t]*/g, '$1$2')
    const escapePattern = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g
    return foldedQuotes(lines).replace(escapePattern, (whole, byte, short, long, letter) => {
      const digits = byte ?? short ?? long
      const code = digits === undefined ? undefined : Number.parseInt(digits, 16)
      if (code !== undefined && code <= 0x10ffff) return String.fromCodePoint(code)
      const plain = letter === undefined ? undefined : escapes[letter]
      if (plain === undefined) throw new YamlError(line, `${whole} is no escape`)
      return plain
    })
  }

  #singleQuoted(): string {
    const pattern = /'((?:[^']|'')*)'/y
    pattern.lastIndex = this.#position
    const body = pattern.exec(this.text)?.[1]
    if (body === undefined) throw this.#error('the quotes are not closed')
    this.#position = pattern.lastIndex
    return foldedQuotes(body).replaceAll("''", "'")
  }

  /** How many characters a key on this line has up to its colon; undefined when the line does not begin with one. */
  #keyLength(): number | undefined {
    const lineEnd = this.text.indexOf('\n', this.#position)
    const line = this.text.slice(this.#position, lineEnd < 0 ? undefined : lineEnd)
    if (/^\?(\s|$)/.test(line)) throw this.#error('keys after a question mark are not taken')
    const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')[ \t]*(?=:(?:\s|$))/.exec(line)
    if (quoted !== null) return quoted[0].length
    if (/^["'{[|>]/.test(line)) return undefined
    const colon = /:(?=\s|$)/.exec(line)
    const comment = /(?:^|[ \t])#/.exec(line)
    if (colon === null || (comment !== null && comment.index < colon.index)) return undefined
    return colon.index
  }

  #key(): string {
    const line = this.#line()
    const length = this.#keyLength() ?? 0
    const end = this.#position + length
    const first = this.text[this.#position]
    if (first === '"' || first === "'") {
      const key = first === '"' ? this.#doubleQuoted() : this.#singleQuoted()
      this.#position = end
      return key
    }
    this.#refuseIndicator(false)
    const key = this.text.slice(this.#position, end).trimEnd()
    if (key === '<<' || typeof resolved(key, line) !== 'string') throw this.#error('a key must be text; use quotes')
    this.#position = end
    return key
  }

  #null(): YamlNode {
    return { kind: 'scalar', line: this.#line(), value: null }
  }

  #isDash(): boolean {
    return /^-(\s|$)/.test(this.#rest(2))
  }

  #rest(length: number): string {
    return this.text.slice(this.#position, this.#position + length)
  }

  #skipSpaces(): void {
    while (/[ \t]/.test(this.text[this.#position] ?? '')) this.#position += 1
  }

  #hasComment(): boolean {
    return /^[ \t]+#/.test(this.text.slice(this.#position))
  }

  #isAtLineEnd(): boolean {
    const letter = this.text[this.#position]
    return (
      letter === undefined || letter === '\n' || (letter === '#' && /\s/.test(this.text[this.#position - 1] ?? ' '))
    )
  }

  #endLine(): void {
    this.#skipSpaces()
    if (!this.#isAtLineEnd()) throw this.#error('there is more on the line than one value')
  }

  #skipBlank(): void {
    for (;;) {
      const letter = this.text[this.#position]
      if (letter === '#' && /\s/.test(this.text[this.#position - 1] ?? ' ')) {
        const end = this.text.indexOf('\n', this.#position)
        this.#position = end < 0 ? this.text.length : end
      } else if (letter === ' ' || letter === '\n' || letter === '\t') this.#position += 1
      else return
    }
  }

  /** Throws where a tab is part of the indentation: how wide it is nobody knows. */
  #column(): number {
    const start = this.text.lastIndexOf('\n', this.#position - 1) + 1
    const before = this.text.slice(start, this.#position)
    if (/^ *\t/.test(before) && this.#depth <= DEPTH_MAX) throw this.#error('is indented by a tab')
    return before.length
  }

  #line(): number {
    let line = 1
    for (let at = this.text.indexOf('\n'); at >= 0 && at < this.#position; at = this.text.indexOf('\n', at + 1))
      line += 1
    return line
  }

  #error(reason: string): YamlError {
    return new YamlError(this.#line(), reason)
  }
}

/** Lines within quotes: one break is a space, more are one fewer. */
function foldedQuotes(body: string): string {
  return body.replace(/[ \t]*\n\s*/g, (gap) => {
    const breaks = gap.split('\n').length - 2
    return breaks === 0 ? ' ' : '\n'.repeat(breaks)
  })
}

function folded(lines: readonly string[]): string {
  return lines.join('\n').replace(/\n+/g, (breaks) => (breaks.length === 1 ? ' ' : '\n'.repeat(breaks.length - 1)))
}

/** What a word without quotes means to readers of YAML 1.1, as Python's is. */
function resolved(text: string, line: number): string | number | boolean | null {
  if (/^(~|null|Null|NULL|)$/.test(text)) return null
  if (/^(yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true
  if (/^(no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false
  if (/^[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+][0-9]+)?$/.test(text)) return Number(text)
  if (/^[-+]?\.?[0-9][0-9_.:xXoObBa-fA-F]*([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|nan)$|^\d{4}-\d\d?-\d\d?/i.test(text)) {
    throw new YamlError(line, `${text} may be a number or a time; use quotes`)
  }
  return text
}
