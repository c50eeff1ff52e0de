// A PostgreSQL of our own, from the server binaries that are installed, in a temporary folder.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, start, stop, waitUntil } from './processes.mjs'

/** Folder of initdb and postgres, the newest version that is installed; undefined when there is none. */
export function postgresBinaries() {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env.PATH ?? '').split(':')]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/**
 * Starts a server whose superuser needs no password on the loopback address; nothing it holds survives `stop`.
 * GLIMPSE_TEST_POSTGRES_URL names a running server to use instead.
 */
export async function startPostgres() {
  const given = process.env.GLIMPSE_TEST_POSTGRES_URL
  if (given !== undefined) return { url: given, stop: async () => {} }
  const binaries = postgresBinaries()
  if (binaries === undefined) throw new Error('PostgreSQL is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-postgres-'))
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  const owner = unprivilegedOwner()
  if (owner.uid !== undefined) for (const path of [folder, data]) chownSync(path, owner.uid, owner.gid)
  const initdb = ['--pgdata', data, '--username', 'glimpse', '--auth', 'trust', '--encoding', 'UTF8', '--no-locale']
  execFileSync(join(binaries, 'initdb'), [...initdb, '--no-sync'], { ...owner, cwd: folder, stdio: 'pipe' })
  const port = await freePort()
  const logFile = join(folder, 'log')
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'max_connections=200',
    // Tests end our servers, never this one.
    'fsync=off',
    'full_page_writes=off',
  ]
  const child = start(join(binaries, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...owner,
    cwd: folder,
    logFile,
  })
  const url = `postgresql://glimpse@127.0.0.1:${port}/postgres`
  await waitUntil(() => query(url, 'select 1'), { child, what: 'PostgreSQL', logFile, timeoutMs: 60_000 })
  return {
    url,
    async stop() {
      await stop(child, { signal: 'SIGINT' })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Makes an empty database on the server and returns its URL. */
export async function createDatabase(serverUrl, prefix = 'glimpse_e2e') {
  const name = `${prefix}_${randomBytes(6).toString('hex')}`
  await query(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

async function query(url, sql) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
  return true
}

/** initdb refuses to run as root; Debian's package brings an account for it. */
function unprivilegedOwner() {
  if (process.getuid?.() !== 0) return {}
  const id = (flag, name) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }))
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', name), gid: id('-g', name) }
    } catch {
      // the account is absent: try the next
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no account postgres or nobody')
}
