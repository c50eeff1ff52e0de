// Starts the built server for a test suite: fresh data folder, free port, known administrator.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers, freePort, start, stop, waitUntil } from './processes.mjs'

/**
 * Starts the server that the last build made.
 *   databaseUrl   a PostgreSQL database; SQLite in the data folder when absent
 *   keystone      { authUrl, password } of a real Keystone; the built-in identity when absent
 *   front         'listener' (npm start) or 'next' (plain next start)
 *   port          a free one when absent
 *   settings      further GLIMPSE__ variables
 * `url` is the root of the image API, `authUrl` that of the identity API, ending in /v3.
 */
export async function startServer({ databaseUrl, keystone, front = 'listener', port, settings = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-server-'))
  const chosenPort = port ?? (await freePort())
  const url = `http://127.0.0.1:${chosenPort}`
  const adminPassword = keystone?.password ?? randomBytes(12).toString('hex')
  const logFile = join(folder, 'server.log')
  const env = {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
    GLIMPSE__SERVER__PORT: String(chosenPort),
    GLIMPSE__SERVER__DATA_FOLDER: join(folder, 'data'),
    GLIMPSE__LOG__LEVEL: 'warn',
    // Tests let it download from servers of their own.
    GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
    GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
    GLIMPSE__IMPORTS__DISALLOWED_PORTS: '22',
    ...(databaseUrl !== undefined && { GLIMPSE__DATABASE__URL: databaseUrl }),
    ...(keystone === undefined ? { GLIMPSE__IDENTITY__ADMIN_PASSWORD: adminPassword } : keystoneSettings(keystone)),
    ...settings,
  }
  let child
  const launch = async () => {
    child = start(process.execPath, commandOf(front, chosenPort), { logFile, env })
    await waitUntil(() => answers(`${url}/healthcheck`), { child, what: 'the server', logFile, timeoutMs: 90_000 })
  }
  try {
    await launch()
  } catch (error) {
    await stop(child)
    throw error
  }
  return {
    url,
    authUrl: keystone?.authUrl ?? `${url}/identity/v3`,
    adminPassword,
    dataFolder: join(folder, 'data'),
    logFile,
    get pid() {
      return child.pid
    },
    /** Ends the process as a power cut would. */
    kill: () => stop(child, { signal: 'SIGKILL' }),
    /** Starts it again on the same port and data. */
    restart: launch,
    async stop() {
      await stop(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function commandOf(front, port) {
  if (front === 'next')
    return ['node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1', '--port', `${port}`]
  return ['--min-semi-space-size=32', '--max-semi-space-size=64', 'lib/server/main.mjs']
}

function keystoneSettings({ authUrl, password }) {
  return {
    GLIMPSE__IDENTITY__BACKEND: 'keystone',
    GLIMPSE__KEYSTONE__AUTH_URL: authUrl,
    GLIMPSE__KEYSTONE__USERNAME: 'glance',
    GLIMPSE__KEYSTONE__PASSWORD: password,
  }
}
