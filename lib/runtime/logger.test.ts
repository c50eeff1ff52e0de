import { expect, it } from 'vitest'
import { makeLogger } from './logger'

it('writes no secret: by the name of a field, nor in a URL anywhere in a line', () => {
  const lines: string[] = []
  const log = makeLogger({ level: 'info' }, { write: (line) => void lines.push(line) })
  const cause = new Error('cannot read "https://user:s3cr3t@store.example/a" nor s3://KEY:s3cr3t@h/b')
  log.warn({
    err: new Error('http://s3cr3t@h', { cause }),
    token: 's3cr3t',
    deep: { url: 'swift+http://a:s3cr3t@h/c' },
  })
  log.child({ uri: 'http://u:s3cr3t@h/' }).info('read http://u:s3cr3t@h/x@2 for somebody@example.org')
  expect(lines).toHaveLength(2)
  expect(lines.join('')).not.toContain('s3cr3t')
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  expect(lines[1]).toContain('read http://***@h/x@2 for somebody@example.org')
})
