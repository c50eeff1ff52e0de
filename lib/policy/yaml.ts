import { Composer, CST, isMap, isScalar, isSeq, Lexer, LineCounter, type ParsedNode, Parser, type Scalar } from 'yaml'

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

/** What cannot be read, or what policy files must not use; `line` counts from 1. */
export class YamlError extends Error {
  constructor(
    readonly line: number,
    readonly reason: string,
  ) {
    super(`line ${line}: ${reason}`)
  }
}

/** A fault while the text is read; `offset` counts UTF-16 units. */
class Fault extends Error {
  constructor(
    readonly offset: number,
    readonly reason: string,
  ) {
    super(reason)
  }
}

const DEPTH_MAX = 50

/**
 * Reads policy files and templates: one document of maps, lists and scalars, JSON too. What it gives is what PyYAML's
 * `safe_load`, by which the original reads them, gives. Anchors, aliases, tags, directives, several documents, keys that
 * are no text or repeated, and words that are a number or a time to some readers are refused, by {@link YamlError}: a
 * file that means something else to another reader must not decide who may do what.
 */
export function parseYaml(text: string): YamlNode {
  const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  const lineAt = (offset: number) => lines.linePos(offset).line
  try {
    refuseLetters(source)
    const tokens = tokensOf(source)
    refuseTokens(tokens)
    const isCut = source.slice(source.lastIndexOf('\n') + 1).trim() !== ''
    return nodeOf(composed(tokens, source), { lineAt, cutAt: isCut ? source.length : Number.POSITIVE_INFINITY })
  } catch (error) {
    if (error instanceof Fault) throw new YamlError(lineAt(error.offset), error.reason)
    throw error
  }
}

/** The value without the places. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainValue)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]))
}

/** PyYAML ends lines, and so comments, at letters that newer readers take for text; others it does not take at all. */
function refuseLetters(source: string): void {
  const at = source.search(/[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u)
  if (at < 0) return
  const code = source.charCodeAt(at).toString(16).padStart(4, '0')
  throw new Fault(at, `the letter \\u${code} must be written as an escape, within double quotes`)
}

/** The nesting is looked at while it grows: both the parser and whoever reads its tree call themselves for each level. */
function tokensOf(source: string): readonly CST.Token[] {
  const tokens: CST.Token[] = []
  let documents = 0
  const parser = new Parser()
  const take = (each: Iterable<CST.Token>) => {
    for (const token of each) {
      if (token.type === 'directive') throw new Fault(token.offset, 'directives are not taken')
      if (token.type === 'error') throw new Fault(token.offset, sentence(token.message))
      if (token.type === 'document') documents += 1
      if (documents > 1) throw new Fault(token.offset, 'there is more than one document')
      tokens.push(token)
    }
  }
  for (const lexeme of new Lexer().lex(source)) {
    take(parser.next(lexeme))
    const isDeep = parser.stack.length > DEPTH_MAX && parser.stack.filter(CST.isCollection).length > DEPTH_MAX
    if (isDeep) throw new Fault(parser.offset, 'is nested too deeply')
  }
  take(parser.end())
  return tokens
}

function refuseTokens(tokens: readonly CST.Token[]): void {
  for (const token of tokens) {
    if (token.type !== 'document') continue
    refuseMarks(token.start)
    // PyYAML ends it where it is not indented.
    if (token.value?.type === 'block-scalar') throw new Fault(token.value.offset, 'a block must belong to a key')
    if (token.value !== undefined) refuseIn(token.value)
  }
}

const refusedMarks: Readonly<Record<string, string | undefined>> = {
  anchor: '& begins an anchor, which is not taken; use quotes',
  alias: '* begins an alias, which is not taken; use quotes',
  tag: '! begins a tag, which is not taken; use quotes',
  'explicit-key-ind': 'keys after a question mark are not taken',
}

function refuseMarks(tokens: readonly CST.Token[]): void {
  for (const { type, offset } of tokens) {
    const reason = refusedMarks[type]
    if (reason !== undefined) throw new Fault(offset, reason)
  }
}

function refuseIn(token: CST.Token): void {
  refuseMarks([token])
  if (token.type === 'block-scalar') refuseBlock(token)
  if (token.type === 'single-quoted-scalar' || token.type === 'double-quoted-scalar') refuseQuotes(token)
  if (token.type !== 'block-map' && token.type !== 'block-seq' && token.type !== 'flow-collection') return
  for (const item of token.items) refuseInItem(item, token)
  if (token.type === 'flow-collection') refuseOpen(token)
}

/** PyYAML takes blanks at the end that are deeper than the text before them for text, other readers do not always. */
function refuseBlock({ props, source, offset }: CST.BlockScalar): void {
  refuseMarks(props)
  const header = props.find(({ type }) => type === 'block-scalar-header')
  if (header !== undefined && 'source' in header && /\d/.test(header.source)) {
    throw new Fault(header.offset, 'a number after | or > is not taken')
  }
  const start = source.search(/\S/)
  const indent = start - source.lastIndexOf('\n', start) - 1
  const [, ...blanks] = source.slice(source.trimEnd().length).split('\n')
  if (start >= 0 && blanks.some((line) => line.length > indent)) {
    throw new Fault(offset, 'a block must not end with blanks that are deeper than its text')
  }
}

function refuseInItem(
  { start, key, sep = [], value }: CST.CollectionItem,
  parent: CST.BlockMap | CST.BlockSequence | CST.FlowCollection,
): void {
  refuseMarks(start)
  if (key) refuseIn(key)
  refuseMarks(sep)
  if (parent.type === 'flow-collection') for (const each of [key, value]) refuseQuestion(each)
  const colon = sep.find(({ type }) => type === 'map-value-ind')
  if (parent.type === 'flow-collection' && parent.start.type === 'flow-seq-start' && colon !== undefined) {
    throw new Fault(colon.offset, 'a pair in a list must be in braces')
  }
  if (parent.type === 'block-map' && value?.type === 'block-map' && !sep.some(({ type }) => type === 'newline')) {
    const inner = value.items[0]?.sep?.find(({ type }) => type === 'map-value-ind')
    throw new Fault(inner?.offset ?? value.offset, 'a value with a colon and a space must be in quotes')
  }
  if (value) refuseIn(value)
}

/** To PyYAML any question mark that begins a word within brackets is that of a key. */
function refuseQuestion(token: CST.Token | null | undefined): void {
  if (token?.type === 'scalar' && token.source.startsWith('?')) {
    throw new Fault(token.offset, 'a word that begins with ? must be in quotes')
  }
}

/** The composer names the line where what is not closed ends, the last one often; we name where it begins. */
function refuseQuotes(token: CST.FlowScalar): void {
  const body = token.source.slice(1)
  if (token.type === 'single-quoted-scalar' && body.replaceAll("''", '').endsWith("'")) return
  if (token.type === 'double-quoted-scalar' && body.replace(/\\[\s\S]/g, '').endsWith('"')) {
    // Whether the text has a break there differs.
    const isBlank = /\\\n[ \t]*\n/.test(body.replace(/\\[^\n]/g, ''))
    if (isBlank) throw new Fault(token.offset, 'an escaped end of a line must not stand before a blank line')
    return
  }
  throw new Fault(token.offset, 'the quotes are not closed, or go on at a line that is not indented')
}

function refuseOpen({ start, end }: CST.FlowCollection): void {
  if (end.some(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end')) return
  throw new Fault(
    start.offset,
    `there is no ${start.type === 'flow-map-start' ? '}' : ']'} for this, or it goes on at a line that is not indented`,
  )
}

/** A message of the library as we write them. */
function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}

interface Place {
  lineAt(offset: number): number
  /** where the text ends without the end of a line, which a block there lacks too, as in PyYAML; else infinite */
  readonly cutAt: number
}

/** The failsafe schema makes text of every scalar: {@link resolved} decides. */
function composed(tokens: readonly CST.Token[], source: string): ParsedNode | null {
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' })
  const [document] = composer.compose(tokens, true, source.length)
  const [problem] = [...(document?.errors ?? []), ...(document?.warnings ?? [])].sort((a, b) => a.pos[0] - b.pos[0])
  if (problem === undefined) return document?.contents ?? null
  const { code, message, pos } = problem
  const isKeyless = code === 'MULTILINE_IMPLICIT_KEY'
  throw new Fault(pos[0], isKeyless ? 'is no key with a colon' : sentence(message))
}

function nodeOf(node: ParsedNode | null, place: Place): YamlNode {
  if (node === null) return { kind: 'scalar', line: 1, value: null }
  const line = place.lineAt(node.range[0])
  if (isSeq(node)) return { kind: 'list', line, items: node.items.map((item) => nodeOf(item, place)) }
  if (isScalar(node)) return { kind: 'scalar', line, value: scalarOf(node, place) }
  if (!isMap(node)) throw new Fault(node.range[0], 'an alias is not taken')
  const known = new Set<string>()
  const entries = node.items.map(({ key, value }): YamlEntry => {
    const name = nodeOf(key, place)
    if (name.kind !== 'scalar' || typeof name.value !== 'string') {
      throw new Fault(key.range[0], 'a key must be text; use quotes')
    }
    if (known.has(name.value)) throw new Fault(key.range[0], `${name.value} is there twice`)
    known.add(name.value)
    return { key: name.value, line: name.line, value: value === null ? nullAt(name.line) : nodeOf(value, place) }
  })
  return { kind: 'map', line, entries }
}

function scalarOf({ value, type, range }: Scalar.Parsed, { cutAt }: Place): string | number | boolean | null {
  const text = String(value)
  if (type === 'PLAIN') return resolved(text, range[0])
  const isCut = (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') && range[1] >= cutAt
  return isCut ? text.replace(/\n$/, '') : text
}

function nullAt(line: number): YamlNode {
  return { kind: 'scalar', line, value: null }
}

const likeNumber = /^[-+]?\.?[0-9][0-9_.:xoba-f]*(e[-+]?[0-9]+)?$|^[-+]?\.(inf|nan)$/i
const likeTime = /^\d{4}-\d\d?-\d\d?([t \t][-+:.\dtz \t]*)?$/i

/** What a word without quotes means to PyYAML, which reads YAML 1.1. Throws what other readers take for something else. */
function resolved(text: string, offset: number): string | number | boolean | null {
  if (/^(~|null|Null|NULL|)$/.test(text)) return null
  if (/^(yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true
  if (/^(no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false
  if (text === '<<' || text === '=') throw new Fault(offset, `${text} must be in quotes`)
  const isNumber = /^[-+]?(0|[1-9][0-9]*)(\.[0-9]*([eE][-+][0-9]+)?)?$/.test(text)
  if (isNumber && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER) return Number(text)
  if (likeNumber.test(text) || likeTime.test(text)) {
    throw new Fault(offset, `${text} may be a number or a time; use quotes`)
  }
  return text
}
