import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signIn } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'

const program = fileURLToPath(new URL('../../lib/server/glimpse.mjs', import.meta.url))
const MIB = 1024 * 1024

describe('glimpse upload', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-upload-'))
  const file = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), bytes)
    return { name, bytes, sha512: createHash('sha512').update(bytes).digest('hex') }
  }
  const begin = Buffer.from('begins with no format at all')
  let server: Awaited<ReturnType<typeof startServer>>
  let token = ''

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    server = await startServer({})
    const credentials = { username: 'admin', password: server.adminPassword, projectName: 'admin' }
    token = (await signIn(server.authUrl, credentials)).token
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  /** Runs the command in the files' folder; `stopAt` ends it like a crash at the first line that says so. */
  function glimpse(words: readonly string[], more: Readonly<Record<string, string>> = {}, killAfterMs?: number) {
    const { OS_CLOUD: _cloud, ...rest } = process.env
    const variables = {
      OS_AUTH_URL: server.authUrl,
      OS_USERNAME: 'admin',
      OS_PASSWORD: server.adminPassword,
      OS_PROJECT_NAME: 'admin',
    }
    const env = { ...rest, NODE_ENV: 'production' as const, ...(more.OS_CLOUD === undefined && variables), ...more }
    const child = spawn(process.execPath, [program, 'upload', ...words], { cwd: folder, env })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (text) => {
      stdout += text
    })
    child.stderr.on('data', (text) => {
      stderr += text
    })
    if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
      child.on('close', (status) => resolve({ status, stdout, stderr })),
    )
  }

  async function show(id: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${server.url}/v2/images/${id}`, { headers: { 'X-Auth-Token': token } })
    return await response.json()
  }

  it('makes an image of a file, names its zeros, and tells the id', async () => {
    const { name, bytes, sha512 } = file(
      'disk one.img',
      Buffer.concat([begin, randomBytes(MIB), Buffer.alloc(20 * MIB), randomBytes(MIB)]),
    )
    const { status, stdout, stderr } = await glimpse([name, '--tag', 'a', '--property', 'os_distro=debian'])
    expect([status, stderr]).toEqual([0, expect.stringContaining('equal to the file')])
    const image = await show(stdout.trim())
    const expected = { status: 'active', name: 'disk one', disk_format: 'raw', size: bytes.length, tags: ['a'] }
    expect(image).toMatchObject({ ...expected, os_distro: 'debian', os_hash_value: sha512 })
    const skipped = /([\d.]+) MiB of zeros skipped/.exec(stderr)?.[1]
    expect(Number(skipped)).toBeGreaterThan(18)
  }, 120_000)

  it('goes on with what an earlier run began, also when the service went away meanwhile', async () => {
    const { name, sha512 } = file('big.img', Buffer.concat([begin, randomBytes(300 * MIB)]))
    const first = glimpse([name])
    await uploadBegun()
    await server.kill()
    await server.restart()
    const early = await first
    expect([early.status, early.stdout]).toEqual([0, expect.stringMatching(/^[0-9a-f-]{36}\n$/)])
    expect(await show(early.stdout.trim())).toMatchObject({ status: 'active', os_hash_value: sha512 })

    const stopped = glimpse([name, '--name', 'again'], {}, 6_000)
    await uploadBegun()
    await stopped
    const { status, stdout, stderr } = await glimpse([name, '--name', 'again'])
    expect(status).toBe(0)
    if ((await stopped).status === null) expect(stderr).toContain('going on with image')
    expect(await show(stdout.trim())).toMatchObject({ status: 'active', name: 'again', os_hash_value: sha512 })
  }, 300_000)

  it('takes its cloud from a clouds.yaml', async () => {
    const { name } = file('small.img', begin)
    const auth = { auth_url: server.authUrl, username: 'admin', password: server.adminPassword, project_name: 'admin' }
    file('clouds.yaml', Buffer.from(JSON.stringify({ clouds: { here: { auth } } })))
    expect(await glimpse([name], { OS_CLOUD: 'here' })).toMatchObject({ status: 0 })
    const unknown = await glimpse([name], { OS_CLOUD: 'there' })
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining('has no cloud there')])
  }, 120_000)

  it('says what is wrong before it sends a byte', async () => {
    const { name } = file('claims.img', begin)
    const wrong = await glimpse([name, '--disk-format', 'qcow2'])
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('does not match')])
    expect(await glimpse(['absent.img'])).toMatchObject({ status: 1, stderr: expect.stringContaining('absent.img') })
    expect(await glimpse([])).toMatchObject({ status: 2, stderr: expect.stringContaining('glimpse upload FILE') })
    const refused = await glimpse([name], { OS_PASSWORD: 'wrong' })
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('401')])
  }, 120_000)

  /** Waits until an upload has got bytes. */
  async function uploadBegun(): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      const response = await fetch(`${server.url}/api/uploads`, { headers: { 'X-Auth-Token': token } })
      const { uploads }: { uploads: { state: string; offset: number }[] } = await response.json()
      if (uploads.some(({ state, offset }) => state === 'open' && offset > 0)) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error('no upload began')
  }
})
