import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openUpload, send } from '../support/http-client'
import { signIn } from '../support/identity-client'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glimpse-start-'))
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function listening(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

async function freePort(): Promise<number> {
  const { server, port } = await listening()
  server.close()
  await once(server, 'close')
  return port
}

interface Started {
  readonly child: ChildProcess
  output(): string
  errors(): string
}

function launch(settings: Readonly<Record<string, string>>): Started {
  const env = { PATH: process.env.PATH, HOME: folder, DIST: process.env.DIST, NODE_ENV: 'production', ...settings }
  const child = spawn(process.execPath, ['lib/server/main.mjs'], { cwd: root, env: env as NodeJS.ProcessEnv })
  children.push(child)
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  return { child, output: () => output, errors: () => errors }
}

async function serving(started: Started): Promise<void> {
  await expect.poll(() => started.output() + started.errors(), { timeout: 60_000 }).toContain('Glimpse serves')
}

const data = (port: number) => ({
  GLIMPSE__SERVER__PORT: String(port),
  GLIMPSE__SERVER__DATA_FOLDER: join(folder, 'data'),
  GLIMPSE__LOG__LEVEL: 'warn',
})

async function refused(settings: Readonly<Record<string, string>>): Promise<string> {
  const started = launch(settings)
  // Only at 'close' has everything that it printed arrived.
  const [code] = await once(started.child, 'close')
  expect(code).toBe(1)
  expect(started.output() + started.errors()).not.toMatch(/^\s+at /m)
  const lines = started.errors().trimEnd().split('\n')
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

describe('the first start', () => {
  it('prints the address, a password that works, and a clouds.yaml; the second prints the address alone', async () => {
    const port = await freePort()
    const first = launch(data(port))
    await serving(first)
    await expect.poll(first.output).toContain('interface: public')
    expect(first.output()).toContain(`Glimpse serves http://127.0.0.1:${port}`)
    expect(first.output()).toContain(`auth_url: "http://127.0.0.1:${port}/identity"`)
    const password = /shown only now:\s+(\S+)/.exec(first.output())?.[1] ?? ''
    const { token } = await signIn(`http://127.0.0.1:${port}/identity/v3`, {
      username: 'admin',
      password,
      projectName: 'admin',
    })
    expect(token.length).toBeGreaterThan(30)
    first.child.kill('SIGTERM')
    expect((await once(first.child, 'exit'))[0]).toBe(0)

    const second = launch(data(port))
    await serving(second)
    expect(second.output()).not.toContain('shown only now')
    expect(second.output()).not.toContain(password)
  })
})

describe('a start that cannot be', () => {
  it('names a setting that does not exist', async () => {
    const line = await refused({ ...data(await freePort()), GLIMPSE__SERVER__PROT: '1' })
    expect(line).toBe('glimpse: GLIMPSE__SERVER__PROT: is not a setting of Glimpse')
  })

  it('names a setting whose value does not fit', async () => {
    expect(await refused({ ...data(1), GLIMPSE__SERVER__PORT: 'eighty' })).toMatch(/^glimpse: GLIMPSE__SERVER__PORT: /)
    const keystone = { ...data(await freePort()), GLIMPSE__IDENTITY__BACKEND: 'keystone' }
    expect(await refused(keystone)).toContain('GLIMPSE__KEYSTONE__AUTH_URL: is needed')
  })

  it('says that the port is taken, and how to take another', async () => {
    const { server, port } = await listening()
    const line = await refused(data(port))
    server.close()
    expect(line).toContain(`127.0.0.1:${port} is in use by another program`)
    expect(line).toContain('GLIMPSE__SERVER__PORT')
  })

  it('says that the data folder cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '')
    const line = await refused({
      ...data(await freePort()),
      GLIMPSE__SERVER__DATA_FOLDER: join(folder, 'file', 'data'),
    })
    expect(line).toContain(`the data folder ${join(folder, 'file', 'data')} cannot be written`)
    expect(line).toContain('GLIMPSE__SERVER__DATA_FOLDER')
  })

  it('refuses the database of a newer release', async () => {
    const settings = data(await freePort())
    const first = launch(settings)
    await serving(first)
    first.child.kill('SIGTERM')
    await once(first.child, 'exit')
    const database = new Database(join(folder, 'data', 'glimpse.db'))
    database
      .prepare('INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES (?, ?, ?, ?)')
      .run('x', 'x', '99990101000000_from_the_future', Date.now())
    database.close()
    expect(await refused(settings)).toMatch(/newer/i)
  })
})

describe('SIGTERM', () => {
  it('lets a running upload end, takes no new connection, and exits with 0 as soon as it has ended', async () => {
    const port = await freePort()
    const password = 'a password for the test'
    const started = launch({
      ...data(port),
      GLIMPSE__IDENTITY__ADMIN_PASSWORD: password,
      GLIMPSE__SERVER__SHUTDOWN_GRACE_SECONDS: '20',
    })
    await serving(started)
    const exited = once(started.child, 'close')
    const base = new URL(`http://127.0.0.1:${port}`)
    const { token } = await signIn(`${base.origin}/identity/v3`, { username: 'admin', password, projectName: 'admin' })
    const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ disk_format: 'raw', container_format: 'bare' })
    const made: { id: string } = JSON.parse(
      (await send(base, { method: 'POST', path: '/v2/images', headers, body })).text,
    )
    const upload = openUpload(base, {
      method: 'PUT',
      path: `/v2/images/${made.id}/file`,
      headers: { ...headers, 'Content-Type': 'application/octet-stream' },
    })
    await upload.write(Buffer.alloc(1024, 1))
    const show = async () => (await send(base, { path: `/v2/images/${made.id}`, headers })).text
    await expect.poll(show).toContain('"status":"saving"')
    // A browser opens connections ahead and may never use them.
    const unused = connect(port, '127.0.0.1')
    unused.on('error', () => undefined)
    await once(unused, 'connect')
    started.child.kill('SIGTERM')
    await expect
      .poll(() =>
        fetch(`${base.origin}/healthcheck`).then(
          () => 'answered',
          () => 'refused',
        ),
      )
      .toBe('refused')
    await upload.write(Buffer.alloc(1024, 2))
    expect((await upload.finish()).status).toBe(204)
    // The upload's connection is kept by its client; neither it nor the unused one may use up the grace period.
    expect((await exited)[0]).toBe(0)
    expect(started.errors()).toBe('')
  })
})
