// A real Keystone from Debian's package, on SQLite in a temporary folder.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers, freePort, start, stop, waitUntil } from './processes.mjs'

const host = '127.0.0.1'

/**
 * Starts Keystone with an administrator (user and project `admin`), the service user `glance` and an image service at
 * `imageUrl` in the catalog. `authUrl` ends in /v3; both users have the password `password`.
 */
export async function startKeystone({ imageUrl }) {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-keystone-'))
  const port = await freePort()
  const authUrl = `http://${host}:${port}/v3`
  const password = randomBytes(12).toString('hex')
  const configFile = writeConfig(folder)
  manage(configFile, ['db_sync'])
  const urls = ['admin', 'public', 'internal'].flatMap((kind) => [`--bootstrap-${kind}-url`, authUrl])
  manage(configFile, ['bootstrap', '--bootstrap-password', password, '--bootstrap-region-id', 'RegionOne', ...urls])
  const logFile = join(folder, 'uwsgi.log')
  const child = start(
    'uwsgi_python3',
    [
      ...['--http-socket', `${host}:${port}`, '--wsgi-file', '/usr/bin/keystone-wsgi-public'],
      ...['--processes', '1', '--enable-threads', '--die-on-term', '--need-app', '--buffer-size', '65535'],
      ...['--disable-logging', '--add-header', 'Connection: close'],
    ],
    {
      logFile,
      cwd: folder,
      env: systemPython({ OS_KEYSTONE_CONFIG_FILES: configFile, OS_KEYSTONE_CONFIG_DIR: folder }),
    },
  )
  await waitUntil(() => answers(`${authUrl}/`), { child, what: 'Keystone', logFile, timeoutMs: 90_000 })
  await seed({ authUrl, password, imageUrl })
  return {
    authUrl,
    password,
    async stop() {
      await stop(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function writeConfig(folder) {
  for (const name of ['fernet', 'credential']) {
    mkdirSync(join(folder, name), { mode: 0o700 })
    for (const index of ['0', '1']) {
      const key = randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
      writeFileSync(join(folder, name, index), key, { mode: 0o600 })
    }
  }
  const file = join(folder, 'keystone.conf')
  const sections = {
    DEFAULT: { log_file: join(folder, 'keystone.log'), use_stderr: 'false' },
    database: { connection: `sqlite:///${join(folder, 'keystone.db')}` },
    token: { provider: 'fernet' },
    fernet_tokens: { key_repository: join(folder, 'fernet') },
    fernet_receipts: { key_repository: join(folder, 'fernet') },
    credential: { key_repository: join(folder, 'credential') },
    // The cheapest hash: tests sign in often.
    identity: { password_hash_algorithm: 'bcrypt', password_hash_rounds: '4' },
    cache: { enabled: 'true', backend: 'dogpile.cache.memory_pickle' },
  }
  const text = Object.entries(sections).map(
    ([name, options]) =>
      `[${name}]\n${Object.entries(options)
        .map(([key, value]) => `${key} = ${value}\n`)
        .join('')}`,
  )
  writeFileSync(file, text.join('\n'))
  return file
}

function manage(configFile, args) {
  execFileSync('keystone-manage', ['--config-file', configFile, ...args], {
    env: systemPython(),
    stdio: 'pipe',
    timeout: 120_000,
  })
}

/** Debian's programs want Debian's Python, whatever else the developer has first on the path. */
function systemPython(more = {}) {
  return {
    PATH: '/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    LC_ALL: 'C.UTF-8',
    ...more,
  }
}

async function seed({ authUrl, password, imageUrl }) {
  const call = await signedIn(authUrl, password)
  const find = async (kind, name) => (await call('GET', `/${kind}?name=${name}`))[kind][0]?.id
  const make = async (kind, one, body) => (await call('POST', `/${kind}`, { [one]: body }))[one].id
  const adminRole = await find('roles', 'admin')
  const serviceRole = (await find('roles', 'service')) ?? (await make('roles', 'role', { name: 'service' }))
  const project = await make('projects', 'project', { name: 'service', domain_id: 'default' })
  const user = await make('users', 'user', { name: 'glance', password, domain_id: 'default' })
  for (const role of [adminRole, serviceRole]) {
    await call('PUT', `/projects/${project}/users/${user}/roles/${role}`)
  }
  // What limits there are only the whole system tells.
  await call('PUT', `/system/users/${user}/roles/${await find('roles', 'reader')}`)
  const service = await make('services', 'service', { name: 'glance', type: 'image' })
  for (const kind of ['public', 'internal', 'admin']) {
    const endpoint = { service_id: service, interface: kind, region_id: 'RegionOne', url: imageUrl }
    await make('endpoints', 'endpoint', endpoint)
  }
}

async function signedIn(authUrl, password) {
  const domain = { id: 'default' }
  const identity = { methods: ['password'], password: { user: { name: 'admin', domain, password } } }
  const send = async (method, path, body, token) => {
    const response = await fetch(authUrl + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { 'x-auth-token': token }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`Keystone: ${method} ${path} answered ${response.status}: ${text}`)
    return { token: response.headers.get('x-subject-token'), json: text === '' ? {} : JSON.parse(text) }
  }
  const auth = { identity, scope: { project: { name: 'admin', domain } } }
  const { token } = await send('POST', '/auth/tokens', { auth })
  return async (method, path, body) => (await send(method, path, body, token)).json
}
