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
    ['a block that is indented unevenly', 'a: >\n  b\n    c', 3],
    ['endless nesting', '['.repeat(10_000), 1],
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

  it('reads every JSON, and ends with a value or an error of its own on any text', () => {
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
        expect(read(JSON.stringify(each, null, indent))).toEqual(each)
      }),
    )
    const letters = fc.constantFrom(...'ab:-#\n\n  \t"\'[]{},|>&!?\\%@0'.split(''))
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 40 }), (text) => {
        try {
          parseYaml(text)
        } catch (error) {
          if (!(error instanceof YamlError)) throw error
        }
      }),
      { numRuns: 3_000 },
    )
  })
})
