import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileName, type SnippetSubject, shellWord, signInSnippet, snippetsFor } from './snippets'
import { tools } from './tool-preference'

const nasty = `it's "$HOME" \`id\` \\ ü`
const password = `p"w\\d'$(id)\``

const subject: SnippetSubject = {
  image: {
    id: '11111111-2222-3333-4444-555555555555',
    name: nasty,
    diskFormat: 'qcow2',
    hashAlgorithm: 'sha512',
    hashValue: 'ab'.repeat(64),
    minDiskGib: 20,
    minRamMib: 512,
  },
  imageUrl: 'http://127.0.0.1:9292',
  authUrl: 'http://127.0.0.1:9292/identity/v3',
  region: 'RegionOne',
  user: { name: nasty, domainName: 'Default' },
  project: { id: 'p1', name: nasty, domainName: 'Default' },
}

describe('shellWord', () => {
  it.each(['plain', '', nasty, "'", 'a b', '-n', '$(id)'])('survives a shell: %s', (value) => {
    const out = execFileSync('bash', ['-c', `printf %s ${shellWord(value)}`], { encoding: 'utf8' })
    expect(out).toBe(value)
  })
})

describe('fileName', () => {
  it('keeps nothing a shell or a file system could misread', () => {
    expect(fileName(subject.image)).toBe('it-s-HOME-id.qcow2')
    expect(fileName({ id: 'x', name: '../..', diskFormat: 'raw' })).toBe('x.img')
    expect(fileName({ id: 'x', name: 'disk.qcow2', diskFormat: 'qcow2' })).toBe('disk.qcow2')
  })
})

describe('signInSnippet', () => {
  it('sets the variables and asks for the password', () => {
    const script = `${signInSnippet(subject).code}\nprintf '%s\\n' "$OS_USERNAME" "$OS_PROJECT_NAME" "$OS_PASSWORD"`
    const out = execFileSync('bash', ['-c', script], { encoding: 'utf8', input: `${password}\n` })
    expect(out.split('\n').slice(1, 4)).toEqual([nasty, nasty, password])
  })
})

describe('the token of the curl snippet', () => {
  const bodies: string[] = []
  const server = createServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    req.on('end', () => {
      bodies.push(body)
      res.writeHead(201, { 'X-Subject-Token': 'tok-1' }).end('{}')
    })
  })
  let authUrl = ''
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    authUrl = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/v3` : ''
  })
  afterAll(() => {
    server.close()
  })

  it('sends names and password as they are, whatever characters they hold', async () => {
    const { spawn } = await import('node:child_process')
    const [token] = snippetsFor('curl', subject)
    const child = spawn('bash', ['-c', `${token?.code}\nprintf %s "$OS_TOKEN"`], {
      env: { ...process.env, OS_PASSWORD: password, OS_AUTH_URL: authUrl },
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    await new Promise((resolve) => child.on('close', resolve))
    expect(out).toBe('tok-1')
    expect(JSON.parse(bodies[0] ?? '')).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: nasty, domain: { name: 'Default' }, password } },
        },
        scope: { project: { id: 'p1' } },
      },
    })
  })
})

describe('snippetsFor', () => {
  it.each(tools)('names the image and nothing untrusted for %s', (tool) => {
    const code = snippetsFor(tool, { ...subject, user: { name: 'u', domainName: 'd' } })
      .map((snippet) => snippet.code)
      .join('\n')
    expect(code).toContain(subject.image.id)
    expect(code).not.toContain(nasty)
  })

  it('leaves the verification out when there is no hash yet', () => {
    const image = { ...subject.image, hashValue: null }
    expect(snippetsFor('curl', { ...subject, image }).at(-1)?.code).not.toContain('sum -c')
  })
})
