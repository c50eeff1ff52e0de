import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseYaml, plainValue, YamlError } from './yaml'

const read = (text: string) => plainValue(parseYaml(text))

describe('parseYaml', () => {
  it.each([
    ['nothing', '', null],
    ['comments alone', '# a\n\n  # b\n', null],
    ['a map', "a: b\n\"c\": \"d\"\n'e f': 'it''s'\n", { a: 'b', c: 'd', 'e f': "it's" }],
    ['a document mark, comments and ends of lines as on Windows', '---\r\n# x\r\na: b # c\r\n', { a: 'b' }],
    ['colons and hashes within words', "a: role:x#y or 'p':%(v)s\n", { a: "role:x#y or 'p':%(v)s" }],
    [
      'words of other types',
      'a: null\nb: ~\nc:\nd: yes\ne: False\nf: 7\ng: 1.5',
      { a: null, b: null, c: null, d: true, e: false, f: 7, g: 1.5 },
    ],
    [
      'words as YAML 1.1 has them',
      '[on, OFF, No, TRUE, y, N, oN, nULL, ~, +1, -0.5, 1.5e+3, a1, "yes", \'7\', not ~, a 2001-01-01, 2001-01-01 a]',
      [true, false, false, true, 'y', 'N', 'oN', 'nULL', null, 1, -0.5, 1500, 'a1', 'yes', '7', 'not ~'].concat(
        'a 2001-01-01',
        '2001-01-01 a',
      ),
    ],
    ['lists in blocks', 'a:\n- b\n-  - c\n   - d\n-\n  - e\nf: g', { a: ['b', ['c', 'd'], ['e']], f: 'g' }],
    ['indented lists', 'a:\n  - b\n  - k: v\n    l: w\n', { a: ['b', { k: 'v', l: 'w' }] }],
    ['maps in maps', 'a:\n  b:\n    c: d\n  e: f\ng: h', { a: { b: { c: 'd' }, e: 'f' }, g: 'h' }],
    [
      'brackets',
      'a: [["role:x", role:y], []]\nb: {k: v, l: {m: n},}',
      { a: [['role:x', 'role:y'], []], b: { k: 'v', l: { m: 'n' } } },
    ],
    ['brackets over lines', 'a: {\n  b: c, # d\n  "e":"f"\n}\ng: h', { a: { b: 'c', e: 'f' }, g: 'h' }],
    ['JSON, with tabs', '{\n\t"a": "b\\u0041",\n\t"c": [1, null]\n}', { a: 'bA', c: [1, null] }],
    ['words that go on below', 'a: rule:x\n  or rule:y\nb: c', { a: 'rule:x or rule:y', b: 'c' }],
    ['quotes that go on below', 'a: "b\n  c\n\n  d \\\n  e"\nf: \'g\n  h\'', { a: 'b c\nd e', f: 'g h' }],
    ['folded and literal blocks', 'a: >-\n  b\n  c\nd: |\n  e\n   f\ng: h', { a: 'b c', d: 'e\n f\n', g: 'h' }],
    ['folded blocks with deeper lines', 'a: >\n  b\n    c\n  d\n', { a: 'b\n  c\nd\n' }],
    ['a block without an end of its last line', 'a: |\n  b\n  c', { a: 'b\nc' }],
    ['the end of a document', 'a: b\n...\n# c\n', { a: 'b' }],
    ['ends of lines of several kinds', 'a: b\rc: d\r\ne: "f\r g"\n', { a: 'b', c: 'd', e: 'f g' }],
    ['escapes', '"\\t\\"\\\\\\x41\\u00e9\\U0001F600": x', { '\t"\\Aé😀': 'x' }],
  ])('reads %s', (_, text, value) => expect(read(text)).toEqual(value))

  it.each([
    ['an anchor', 'a: b\nc: &x d', 2],
    ['an alias', 'a: *x', 1],
    ['a tag', 'a: b\nc: !', 2],
    ['a reserved letter', 'a: @', 1],
    ['a percent sign', 'a: %(x)s', 1],
    ['a directive', '%YAML 1.1\n---\na: b', 1],
    ['a second document', 'a: b\n---\nc: d', 2],
    ['a key that is there twice', 'a: b\nc: d\na: e', 3],
    ['a key that is there twice in brackets', '{a: b,\n a: c}', 2],
    ['a key that is no text', 'a: b\ntrue: c', 2],
    ['a merge', 'a: b\n<<: c', 2],
    ['a key after a question mark', '? a\n: b', 1],
    ['a colon in a value', 'a: b: c', 1],
    ['a colon in what goes on below', 'a: b\n  c: d', 2],
    ['a tab in front', 'a:\n\tb: c', 2],
    ['deeper lines', 'a:\n  b: c\n    d: e', 3],
    ['a line that is no pair', 'a: b\nc', 2],
    ['open quotes', 'a: b\nc: "d', 2],
    ['open brackets', 'a: [b,\n', 1],
    ['a lacking comma', 'a: ["b" "c"]', 1],
    ['more after quotes', 'a: "b" c', 1],
    ['a pair in a list', 'a: [b: c]', 1],
    ['an unknown escape', 'a: "\\q"', 1],
    ['what may be a time', 'a: 12:30', 1],
    ['what may be an octal number', 'a: 010', 1],
    ['what may be an octal number of YAML 1.2', 'a: 0o7', 1],
    ['what may be a number with underscores', 'a: b\nc: 1_000', 2],
    ['a day', 'a: 2001-01-01', 1],
    ['a time', 'a: 2001-01-01 12:30:00 +01:00', 1],
    ['what is a number to JSON and text to PyYAML', 'a: b\nc: 1e+5', 2],
    ['a number that is too large to be exact', 'a: 9007199254740993', 1],
    ['what stands for a value', 'a: =', 1],
    ['an anchor of the document', '--- &x\na: b', 1],
    ['an anchor of a block', 'a: b\nc: &x |\n  d', 2],
    ['an alias as a key', 'a: b\n*x : c', 2],
    ['a tag of a list in brackets', 'a: [\n  !!str b]', 2],
    ['a key after a question mark in a list', '- a\n- ? b', 2],
    ['a key after a question mark in brackets', '{a: b,\n ? c: d}', 2],
    ['a word after a question mark in brackets', '[a,\n?b]', 2],
    ['a list as a key', 'a: b\n[c]: d', 2],
    ['a document after the end of one', 'a: b\n...\nc: d', 3],
    ['endless documents', '---\n'.repeat(10_000), 2],
    ['a directive after the document', 'a: b\n...\n%YAML 1.1\n---\n', 3],
    ['open quotes before other lines', 'a: "b\nc: d\n\n', 1],
    ['quotes that go on without indentation', 'a: b\nc: "d\ne"', 2],
    ['an escaped end of a line before a blank one', 'a: b\nc: "d\\\n\n  e"', 2],
    ['open brackets before other lines', 'a: b\nc: {d: [e\n\n', 2],
    ['an escape that is no letter', 'a: "b\n  \\UFFFFFFFF"', 2],
    ['a block with a number for its indentation', 'a: b\nc: |2\n  d', 2],
    ['a block that ends with blanks that may be text', 'a: b\nc: >\n  d\n    \n', 2],
    ['a block alone', '# a\n|\n  b', 2],
    ['a list on the line of its key', 'a: b\nc: - d', 2],
    ['a letter that ends a line, and its comment, to PyYAML', 'a: b # c\u2028d: e', 1],
    ['another one', 'a: b\nc: "\x85"', 2],
    ['a letter that PyYAML does not take', 'a: b\nc: \x02', 2],
    ['a mark of the order of bytes within the text', 'a: b\nc: \ufeff', 2],
    ['endless nesting', '['.repeat(10_000), 1],
    ['endless nesting of lists on a line', '- '.repeat(10_000), 1],
    ['endless nesting of lines', Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''), 51],
  ])('refuses %s and names the line', (_, text, line) => {
    let refusal: unknown
    try {
      parseYaml(text)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(YamlError)
    expect(refusal).toMatchObject({ line })
  })

  it('reads what is nested as deeply as is taken', () => {
    const text = `${'['.repeat(50)}${']'.repeat(50)}`
    expect(read(text)).toEqual(JSON.parse(text))
    expect(() => read(`[${text}]`)).toThrow('is nested too deeply')
  })

  // How many runs there are is given, not how long they may take: a busy machine must not decide.
  const unhurried = 120_000

  it('reads every JSON', { timeout: unhurried }, () => {
    const key = fc.string({ maxLength: 8 }).filter((text) => text !== '__proto__')
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, false, 0, -7, 1.5),
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t'), (each, indent) => {
        expect(read(escaped(JSON.stringify(each, null, indent)))).toEqual(each)
      }),
    )
  })

  it('ends with a value, or an error of its own that names a line, on any text', { timeout: unhurried }, () => {
    const pieces = fc.constantFrom(
      ...'ab:-#\n\n  \t"\'[]{},|>&!?\\%@0'.split(''),
      ': ',
      '- ',
      '\n  ',
      '---',
      '...',
      '<<',
    )
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 40 }), (text) => {
        try {
          parseYaml(text)
        } catch (error) {
          if (!(error instanceof YamlError)) throw error
          expect(error.line).toBeGreaterThanOrEqual(1)
          expect(error.line).toBeLessThanOrEqual(text.split('\n').length)
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

/** Letters that PyYAML does not take, or takes for the end of a line, as JSON may have them. */
function escaped(json: string): string {
  return json.replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
