import { isIPv4, isIPv6 } from 'node:net'
import { commonWords, documentationHosts, fileEndings, privateSuffixes } from './known-words'

/** Something that should not be told to everybody. */
export interface Hit {
  /** as the text has it */
  readonly found: string
  /** for people, such as `the name of a project` */
  readonly reason: string
  /** a word that is often harmless, such as `internal`, above all in a sentence */
  readonly isVague: boolean
}

/** A name or an id, and what it is. */
export interface SoughtText {
  readonly text: string
  readonly reason: string
  readonly isVague?: boolean
}

const LETTERS_MIN = 3
const IDEOGRAPHS_MIN = 2
const DIGITS_MIN = 5
/** Identity services let names be longer than anybody repeats elsewhere. */
const LENGTH_MAX = 255
/** Names and titles repeat, sentences less so. */
const CACHED_LENGTH_MAX = 40
const CACHE_MAX = 20_000

/**
 * Words within words too, as `AcmeBilling2` has `Acme`: runs of letters end where small letters become capital ones and
 * where digits begin. Scripts that are written without spaces have a word at each letter.
 */
const piece =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lt}\p{Lm}\p{Lo}\p{M}]+|\p{N}+/gu

/** Where the pieces of a text begin and end: two numbers each. */
function piecesOf(text: string): readonly number[] {
  return isAscii(text)
    ? asciiPieces(text)
    : [...text.matchAll(piece)].flatMap(({ 0: { length }, index }) => [index, index + length])
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false
  return true
}

const [OTHER, SMALL, CAPITAL, DIGIT] = [0, 1, 2, 3]
const asciiClass = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 97 && code <= 122) return SMALL
  if (code >= 65 && code <= 90) return CAPITAL
  return code >= 48 && code <= 57 ? DIGIT : OTHER
})

/** The same as {@link piece} finds, several times faster: most texts of a catalog are English. */
function asciiPieces(text: string): readonly number[] {
  const bounds: number[] = []
  const classAt = (index: number) => asciiClass[text.charCodeAt(index)] ?? OTHER
  const { length } = text
  let index = 0
  while (index < length) {
    const first = classAt(index)
    const start = index
    index += 1
    if (first === OTHER) continue
    while (index < length && classAt(index) === first) index += 1
    // Of several capital letters the last one belongs to the small ones behind it.
    if (first === CAPITAL && index < length && classAt(index) === SMALL) {
      if (index - start > 1) {
        bounds.push(start, index - 1)
        index -= 1
        continue
      }
      while (index < length && classAt(index) === SMALL) index += 1
    }
    bounds.push(start, index)
  }
  return bounds
}

function joined(given: string): string {
  const text = given.normalize('NFKC')
  const bounds = piecesOf(text)
  let key = ''
  for (let index = 0; index < bounds.length; index += 2) key += text.slice(bounds[index], bounds[index + 1])
  return key.toLowerCase()
}

function isTooCommon(key: string, ignored: ReadonlySet<string>): boolean {
  if (ignored.has(key)) return true
  if (/^\p{N}+$/u.test(key)) return key.length < DIGITS_MIN
  const least = /\p{Script=Han}/u.test(key) ? IDEOGRAPHS_MIN : LETTERS_MIN
  return [...key].length < least
}

/** Finds texts as whole words, whatever their case and what stands between their parts; and what looks like an address. */
export class SensitiveText {
  readonly #sought = new Map<string, SoughtText>()
  readonly #beginnings = new Set<number>()
  readonly #cache = new Map<string, readonly Hit[]>()
  #longest = 0

  constructor(sought: Iterable<SoughtText>, ignored: Iterable<string>) {
    const never = new Set([...commonWords, ...ignored].map(joined))
    for (const each of sought) {
      const key = joined(each.text)
      if (key.length > LENGTH_MAX || this.#sought.has(key) || isTooCommon(key, never)) continue
      this.#sought.set(key, each)
      this.#longest = Math.max(this.#longest, key.length)
      // A piece may be shorter than the key that it begins.
      for (let length = 1; length <= LETTERS_MIN; length += 1) this.#beginnings.add(beginningOf(key, 0, length))
    }
  }

  /** What the text has of that, each once. */
  in(text: string): readonly Hit[] {
    const known = this.#cache.get(text)
    if (known !== undefined) return known
    const hits = new Map<string, Hit>()
    const note = (hit: Hit) => {
      const key = `${hit.reason}\0${hit.found.toLowerCase()}`
      if (!hits.has(key)) hits.set(key, hit)
    }
    this.#names(text.normalize('NFKC'), note)
    for (const hit of patternsIn(text)) note(hit)
    const found = hits.size === 0 ? nothing : [...hits.values()]
    if (text.length > CACHED_LENGTH_MAX) return found
    if (this.#cache.size >= CACHE_MAX) this.#cache.clear()
    this.#cache.set(text, found)
    return found
  }

  #names(text: string, note: (hit: Hit) => void): void {
    const bounds = piecesOf(text)
    const small = text.toLowerCase()
    // Some capital letters are as two small ones.
    const isAligned = small.length === text.length
    for (let first = 0; first < bounds.length; first += 2) {
      const start = bounds[first] ?? 0
      if (isAligned && !this.#beginnings.has(beginningOf(small, start, (bounds[first + 1] ?? start) - start))) continue
      let key = ''
      for (let last = first; last < bounds.length && key.length < this.#longest; last += 2) {
        const [from = 0, end = 0] = [bounds[last], bounds[last + 1]]
        key += isAligned ? small.slice(from, end) : text.slice(from, end).toLowerCase()
        const sought = this.#sought.get(key)
        if (sought === undefined) continue
        note({ found: text.slice(start, end), reason: sought.reason, isVague: sought.isVague === true })
      }
    }
  }
}

const nothing: readonly Hit[] = []

/** The first three letters at most, as a number. */
function beginningOf(text: string, start: number, length: number): number {
  let number = 0
  for (let index = 0; index < Math.min(length, LETTERS_MIN); index += 1) {
    number = number * 65_536 + text.charCodeAt(start + index)
  }
  return number
}

const pattern = (found: string, reason: string): Hit => ({ found, reason, isVague: false })

function* patternsIn(text: string): Generator<Hit> {
  if (text.length >= 32) {
    for (const [found] of text.matchAll(/(?<![\da-z])[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}(?![\da-z])/gi)) {
      yield pattern(found, 'a UUID')
    }
    for (const [found] of text.matchAll(/(?<![\da-z])[\da-f]{32,}(?![\da-z])/gi)) {
      if (/\d/.test(found)) yield pattern(found, 'a long id or a digest')
    }
  }
  if (text.length >= 24) {
    for (const [found] of text.matchAll(/(?<![\w/+=-])[\w/+-]{24,}={0,2}(?![\w/+=-])/g)) {
      if (looksRandom(found)) yield pattern(found, 'what looks like a key or a token')
    }
  }
  if (text.includes('@')) {
    for (const [found] of text.matchAll(/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu)) {
      yield pattern(found, 'a mail address')
    }
  }
  if (text.includes(':')) yield* colonAddresses(text)
  if (text.includes('.')) yield* dottedAddresses(text)
}

/** Capital and small letters and digits that take turns: words and names of properties have long runs of one kind. */
function looksRandom(text: string): boolean {
  if (!/\d/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false
  const runs = text.match(/[a-z]+|[A-Z]+|\d+|[^a-zA-Z\d]+/g)?.length ?? 0
  return runs >= text.length / 3
}

function* colonAddresses(text: string): Generator<Hit> {
  for (const [found] of text.matchAll(/(?<![\w:])[\da-f]{2}(?::[\da-f]{2}){5}(?![\w:])/gi)) {
    yield pattern(found, 'a hardware address')
  }
  for (const [found] of text.matchAll(
    /(?<![\w:])(?:[\da-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4})(?![\w:])/gi,
  )) {
    // `Cafe::Bad` could be one too.
    const groups = found.split(':').filter((group) => group !== '')
    if (isIPv6(found) && found !== '::1' && /\d/.test(found) && groups.length > 1) yield pattern(found, 'an IP address')
  }
}

function* dottedAddresses(text: string): Generator<Hit> {
  for (const [found] of text.matchAll(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)/g)) {
    if (isIPv4(found) && !/^(?:0|127|255)\./.test(found)) yield pattern(found, 'an IP address')
  }
  for (const [found] of text.matchAll(
    /(?<![\p{L}\p{N}@._-])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}{2,}(?![\p{L}\p{N}_-])/gu,
  )) {
    if (looksLikeHost(found.toLowerCase())) yield pattern(found, 'a host name')
  }
}

function looksLikeHost(text: string): boolean {
  const labels = text.split('.')
  const last = labels.at(-1) ?? ''
  if (documentationHosts.some((host) => text === host || text.endsWith(`.${host}`))) return false
  if (privateSuffixes.has(last)) return true
  // Two letters are a country or the ending of a file's name.
  return /^[a-z]{2}$/.test(last) && (labels.length > 2 || (!fileEndings.has(last) && (labels[0] ?? '').length > 2))
}
