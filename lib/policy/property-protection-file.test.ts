import { describe, expect, it } from 'vitest'
import { parsePropertyProtections } from './property-protection-file'

const all = (who: string) => ['create', 'read', 'update', 'delete'].map((action) => `${action} = ${who}`).join('\n')

describe('parsePropertyProtections', () => {
  it('reads sections in order, with comments, either sign, any case and names trimmed', () => {
    const text = `# first\n; second\n[^x_a]\nCREATE: admin , Member\nread=@\nupdate =\ndelete = !\n\n[.*]\n${all('@')}\n`
    expect(parsePropertyProtections(text)).toEqual([
      {
        title: '^x_a',
        expression: /^x_a/,
        permissions: { create: ['admin', 'Member'], read: ['@'], update: [], delete: ['!'] },
      },
      { title: '.*', expression: /.*/, permissions: { create: ['@'], read: ['@'], update: ['@'], delete: ['@'] } },
    ])
  })

  it('goes on with a value on indented lines, and takes what a section leaves out from DEFAULT', () => {
    const [section] = parsePropertyProtections('[DEFAULT]\ndelete = !\n[a]\ncreate = b,\n  c\nread = d\nupdate = e\n')
    expect(section?.permissions).toEqual({ create: ['b', 'c'], read: ['d'], update: ['e'], delete: ['!'] })
  })

  it('takes brackets, and spellings of Python, in expressions', () => {
    const [first, second] = parsePropertyProtections(`[[a-c]_x]\n${all('@')}\n[(?i)\\AHW_\\Z]\n${all('@')}`)
    expect([first?.expression.test('b_x'), first?.expression.test('d_x')]).toEqual([true, false])
    expect([second?.expression.test('hw_'), second?.expression.test('hw_x')]).toEqual([true, false])
  })

  it.each([
    ['an operation that is left out', '[a]\ncreate = @\nread = @\nupdate = @', 'does not say who may delete'],
    ['everybody and nobody at once', `[a]\n${all('@,!')}`, 'exclude each other'],
    ['an expression that is none', `[a(]\n${all('@')}`, 'no regular expression'],
    ['a second section of the same name', `[a]\n${all('@')}\n[a]\n${all('!')}`, 'already'],
    ['a second option of the same name', `[a]\n${all('@')}\nread = !`, 'second read'],
    ['something that is no option', `[a]\nread`, 'no option'],
    ['an option outside any section', 'read = @', 'no option'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parsePropertyProtections(text)).toThrow(reason)
  })
})
