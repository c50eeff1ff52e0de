// Texts and values that services stumble over.
import fc from 'fast-check'

const awkward = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '😀',
  'é',
  'e\u0301',
  '\u2028',
  '\ufeff',
  '\r\nX-Evil: 1',
  'a'.repeat(256),
  '\u00e9'.repeat(255),
  'long'.repeat(1000),
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  'True',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e999',
  '1e21',
  'NaN',
  'Infinity',
  '0x10',
  '2147483648',
  '9007199254740993',
  '99999999999999999999999999',
  "' OR '1'='1",
  '"; DROP TABLE "Image"; --',
  '$1',
  '@p1',
  '?',
  '../../etc/passwd',
  '..',
  '.',
  '/',
  '\\',
  '~',
  '~2',
  '~0~1',
  '-',
  '<script>alert(1)</script>',
  '${'.concat('7*7}'),
  '%s%n',
  '%',
  '%00',
  '%zz',
  '%25',
  'in:',
  'in:a,b',
  'in:"a',
  'in:a"b,c',
  'in:"a","b"x',
  'eq:',
  'neq:x',
  'gt:',
  'gt:2026-01-01T00:00:00Z',
  'lte:9999-12-31T23:59:59-12:00',
  'eq:0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '0000-12-31',
  '0001-01-01T00:00:00+14:00',
  '2026-02-30',
  '2026-13-01T25:61:61Z',
  'os_glance_import_task',
  'http://127.0.0.1:1/x',
  'http://[::1',
  'http://user:secret@images.invalid/x',
  'file:///etc/passwd',
  'https://',
  'http://0x7f.1/',
  'http://\u2488.invalid/',
] as const

/** Any text, mostly one that somebody stumbled over before. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...awkward) },
  { weight: 2, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.uuid() },
)

const number = fc.constantFrom(0, -0, -1, 1, 1.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e21, 1e300, -1e300)

/** Any JSON value, nested a little. */
export const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 6, arbitrary: text },
    { weight: 2, arbitrary: number },
    { weight: 2, arbitrary: fc.constantFrom(null, true, false) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.dictionary(text, tie('value'), { maxKeys: 4 }) },
  ),
})).value

/** A part of a path or query as a client sends it: escaped, or broken on purpose. */
export const urlPart: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: text.map(escaped) },
  { weight: 1, arbitrary: fc.constantFrom('%', '%0', '%zz', '%ff', '%c0%80', '%ed%a0%80', '%E2%28%A1', '%00', '%2F') },
)

/** Percent-escapes whatever cannot stand in a request line, lone surrogates as the three bytes they would be. */
function escaped(part: string): string {
  return part.replace(/[^\w.~!*'()-]/gsu, (character) => {
    const code = character.codePointAt(0) ?? 0
    const isLone = code >= 0xd800 && code <= 0xdfff
    const bytes = isLone ? [0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)] : Buffer.from(character)
    return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  })
}

/** What can stand in a header: no line breaks, nothing outside Latin-1. */
export const headerText: fc.Arbitrary<string> = text.map((raw) =>
  raw
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
    .trim()
    .slice(0, 300),
)
