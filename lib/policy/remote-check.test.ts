import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { isApiError } from '@/lib/errors/api-error'
import { PrincipalCredentials } from './enforce'
import { decide } from './evaluate'
import { type RemoteContentType, remoteChecker } from './remote-check'
import { buildRuleSet } from './rule-set'

// In a process of its own, since the one that asks stands still meanwhile.
const service = `
  const server = require('node:http').createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => { body += chunk })
    request.on('end', () => {
      const name = request.url.slice(1)
      if (name === 'silent') return
      const json = request.headers['content-type'] === 'application/json'
      const form = json ? JSON.parse(body) : Object.fromEntries([...new URLSearchParams(body)].map(([k, v]) => [k, JSON.parse(v)]))
      const answers = { yes: 'True', quoted: '"True"', lower: 'true', line: 'True\\n', no: 'False',
        told: form.rule === 'r' && form.target.name === 'told' && form.credentials.roles[0] === 'a' ? 'True' : 'no' }
      response.statusCode = name === 'quoted' ? 500 : 200
      response.end(answers[name] ?? 'no')
    })
  })
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`
let host = ''
const child = spawn(process.execPath, ['-e', service], { stdio: ['ignore', 'pipe', 'inherit'] })
beforeAll(async () => {
  const [line] = await once(child.stdout, 'data')
  host = `127.0.0.1:${String(line).trim()}`
})
afterAll(() => {
  child.kill()
})

const form: RemoteContentType = 'application/x-www-form-urlencoded'
const who = new PrincipalCredentials(contextOf({ roles: ['a'] }).principal)

function answer(
  url: string,
  { name = 'x', contentType = form as RemoteContentType, hosts = [host], timeoutMs = 3_000 } = {},
) {
  const remote = remoteChecker({ hosts, timeoutMs, contentType })
  const rules = buildRuleSet([], new Map([['r', url]]), { enforceNewDefaults: true, remote })
  const values = { name }
  try {
    return decide(rules, 'r', who, { get: (key) => (key === 'name' ? name : undefined), entries: () => values })
  } catch (error) {
    return isApiError(error) ? String(error.detail.reason) : error
  }
}

describe('remote checks', () => {
  it.each([
    ['yes', true],
    ['quoted', true],
    ['lower', false],
    ['line', false],
    ['no', false],
    ['told', true],
  ])('take %s for %s', (name, expected) => {
    expect(answer(`http://${host}/%(name)s`, { name })).toBe(expected)
    expect(answer(`http://${host}/%(name)s`, { name, contentType: 'application/json' })).toBe(expected)
  })

  it('ask no host that is not named, and none at all unless they are switched on', () => {
    expect(answer(`http://${host}/yes`, { hosts: ['example.org'] })).toBe(`${host} may not be asked`)
    expect(answer('http://%(name)s/yes', { name: 'elsewhere.test' })).toBe('elsewhere.test may not be asked')
    const rules = buildRuleSet([], new Map([['r', 'http://x/']]), { enforceNewDefaults: true })
    expect(() => decide(rules, 'r', who, { get: () => undefined })).toThrow()
  })

  it('raise when the target lacks what the URL names', () => {
    expect(answer(`http://${host}/%(none)s`)).toContain('names what the target lacks')
  })

  it('give up on who does not answer, and do not ask again at once', () => {
    const remote = remoteChecker({ hosts: [host], timeoutMs: 300, contentType: form })
    const start = performance.now()
    const target = { get: () => undefined }
    expect(() => remote(`http://${host}/silent`, 'r', who, target)).toThrow(`${host} does not answer`)
    const first = performance.now() - start
    expect(first).toBeGreaterThan(250)
    expect(() => remote(`http://${host}/yes`, 'r', who, target)).toThrow('did not answer a moment ago')
    expect(performance.now() - start - first).toBeLessThan(200)
  })
})
