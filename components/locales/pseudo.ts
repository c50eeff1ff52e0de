import { registerTranslator, type Translator } from '@/components/ui/texts'

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const accented = [...'åƀçðéƒĝĥîĵķļɱñöþqŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ']
const accents: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  [...plain].map((letter, index) => [letter, accented[index]]),
)

/** Around what came in from outside, while a text is made with it. */
const [OPEN, CLOSE] = ['\uE000', '\uE001']

/** English with accents and two fifths longer, so that what lacks room or is in no catalog shows. */
export function pseudoText(english: string): string {
  const parts = english.split(new RegExp(`(${OPEN}[^${CLOSE}]*${CLOSE})`))
  const shown = parts.map((part) =>
    part.startsWith(OPEN) ? part.slice(1, -1) : [...part].map((letter) => accents[letter] ?? letter).join(''),
  )
  const own = parts.filter((part) => !part.startsWith(OPEN)).join('').length
  return shown.join('') + fill(Math.ceil(own * 0.4))
}

/** As a long word where there is little of it, else as words that a line can break between. */
function fill(length: number): string {
  return '~'.repeat(length).replace(/(?<=^~{8,})~~~~~~/g, ' ~~~~~')
}

const translate: Translator = (_catalog, _path, english) => {
  if (typeof english === 'string') return pseudoText(english)
  return (...about) => {
    const plain = english(...about)
    if (typeof plain !== 'string') return plain
    return pseudoText(marked(english, about, plain))
  }
}

/** The text with marks around the names in it, where these only pass through. */
function marked(english: (...about: unknown[]) => unknown, about: readonly unknown[], plain: string): string {
  try {
    const made = english(...about.map((one) => (typeof one === 'string' ? `${OPEN}${one}${CLOSE}` : one)))
    const isSame = typeof made === 'string' && made.replaceAll(OPEN, '').replaceAll(CLOSE, '') === plain
    return isSame ? made : plain
  } catch {
    return plain
  }
}

registerTranslator('en-XA', translate)
