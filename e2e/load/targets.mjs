// The servers that a bench compares, each started on its own port and folder.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { answers, root, start, stop, waitUntil } from '../support/processes.mjs'
import { run } from './measure.mjs'

const serverFlags = ['--min-semi-space-size=32', '--max-semi-space-size=64']
const adminPassword = 'bench-password'

/** Starts a server whose output goes to `folder.log`; resolves when `url` is answered. */
async function launch(command, args, { folder, url, env = {} }) {
  const logFile = `${folder}.log`
  const child = start(command, args, { logFile, env: { ...process.env, ...env } })
  await waitUntil(() => answers(url), { child, what: command, logFile, timeoutMs: 60_000 })
  return child
}

function stopper(child, folder) {
  return async () => {
    await stop(child)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** With GLIMPSE_BENCH_PROFILE our server leaves CPU profiles in that folder when it stops. */
function profileFlags() {
  const folder = process.env.GLIMPSE_BENCH_PROFILE
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}

/** Our own server on SQLite in the folder, with the flags of `npm start`; `settings` are further GLIMPSE__ variables. */
export async function startGlimpse({ folder, port, settings = {} }) {
  mkdirSync(folder, { recursive: true })
  const origin = `http://127.0.0.1:${port}`
  const child = await launch(process.execPath, [...serverFlags, ...profileFlags(), 'lib/server/main.mjs'], {
    folder,
    url: `${origin}/healthcheck`,
    env: {
      NODE_ENV: 'production',
      GLIMPSE__SERVER__PORT: String(port),
      GLIMPSE__SERVER__DATA_FOLDER: folder,
      GLIMPSE__IDENTITY__ADMIN_PASSWORD: adminPassword,
      GLIMPSE__LOG__LEVEL: 'warn',
      ...settings,
    },
  })
  const { token, projectId } = await signIn(`${origin}/identity/v3`, {
    user: 'admin',
    password: adminPassword,
    project: 'admin',
  })
  const service = imageService(origin, token)
  return {
    ...service,
    name: 'Glimpse',
    projectId,
    password: adminPassword,
    pids: [child.pid],
    folder,
    stop: stopper(child, folder),
  }
}

/** A password sign-in against any Identity v3. */
async function signIn(authUrl, { user, password, project, domain = 'Default' }) {
  const response = await fetch(`${authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, domain: { name: domain }, password } } },
        scope: { project: { name: project, domain: { name: domain } } },
      },
    }),
  })
  const token = response.headers.get('x-subject-token')
  if (token === null) throw new Error(`sign-in at ${authUrl} answered ${response.status}`)
  return { token, projectId: (await response.json()).token.project.id }
}

/** An Image API to send bytes to and fetch them from. */
function imageService(origin, token) {
  const headers = { 'X-Auth-Token': token }
  return {
    origin,
    headers,
    putHeaders: { ...headers, 'Content-Type': 'application/octet-stream' },
    async create(fields = {}) {
      const response = await fetch(`${origin}/v2/images`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'bench', disk_format: 'raw', container_format: 'bare', ...fields }),
      })
      if (response.status !== 201) throw new Error(`create answered ${response.status}: ${await response.text()}`)
      const { id } = await response.json()
      return { id, url: `${origin}/v2/images/${id}/file` }
    },
    async remove({ id }) {
      await fetch(`${origin}/v2/images/${id}`, { method: 'DELETE', headers })
    },
  }
}

/** Plain Node: writes and hashes what it is sent, pipes files back. */
export async function startBare({ folder, port }) {
  mkdirSync(folder, { recursive: true })
  const origin = `http://127.0.0.1:${port}`
  writeFileSync(join(folder, 'ready'), '')
  const child = await launch(process.execPath, [...serverFlags, 'e2e/load/bare-server.mjs', folder, String(port)], {
    folder,
    url: `${origin}/ready`,
  })
  let next = 0
  return {
    name: 'bare Node',
    origin,
    pids: [child.pid],
    putHeaders: {},
    headers: {},
    create: async () => {
      next += 1
      return { id: String(next), url: `${origin}/file-${next}`, path: join(folder, `file-${next}`) }
    },
    remove: async (image) => rmSync(image.path, { force: true }),
    stop: stopper(child, folder),
  }
}

/** Plain Node that runs the same SQL as our lists over the database in `folder`. */
export async function startBareList({ folder, port, projectId }) {
  const origin = `http://127.0.0.1:${port}`
  const own = `${folder}-bare`
  // Bundled as the service is: a loader that compiles at start keeps names, which slows every closure down.
  await build({
    entryPoints: [join(root, 'e2e/load/bare-list.ts')],
    outfile: join(own, 'bare-list.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['better-sqlite3', 'zod'],
  })
  const args = [...serverFlags, join(own, 'bare-list.cjs'), folder, String(port), projectId]
  const env = { NODE_ENV: 'production', NODE_PATH: join(root, 'node_modules') }
  const child = await launch(process.execPath, args, { folder: own, url: `${origin}/first`, env })
  return { name: 'bare Node', origin, headers: {}, pids: [child.pid], stop: stopper(child, own) }
}

/** nginx with sendfile over the files of a folder. */
export async function startNginx({ folder, port }) {
  const work = `${folder}-nginx`
  mkdirSync(work, { recursive: true })
  const conf = join(work, 'nginx.conf')
  writeFileSync(
    conf,
    `daemon off; worker_processes 1; pid ${work}/pid; error_log ${work}/error.log;
user root;
events { worker_connections 64; }
http { access_log off; sendfile on; tcp_nopush on; client_body_temp_path ${work}/a; proxy_temp_path ${work}/b; fastcgi_temp_path ${work}/c; uwsgi_temp_path ${work}/d; scgi_temp_path ${work}/e;
  server { listen 127.0.0.1:${port}; root ${folder}; } }
`,
  )
  const origin = `http://127.0.0.1:${port}`
  const child = await launch('nginx', ['-c', conf, '-e', `${work}/error.log`], { folder: work, url: `${origin}/` })
  return { name: 'nginx sendfile', origin, pids: [child.pid], headers: {}, stop: stopper(child, work) }
}

/** A running Glance named by the environment, or undefined. */
export async function findGlance(env = process.env) {
  const origin = env.GLIMPSE_BENCH_REFERENCE_URL
  if (origin === undefined) return undefined
  const { token } = await signIn(env.GLIMPSE_BENCH_REFERENCE_AUTH_URL, {
    user: env.GLIMPSE_BENCH_REFERENCE_USER ?? 'admin',
    password: env.GLIMPSE_BENCH_REFERENCE_PASSWORD,
    project: env.GLIMPSE_BENCH_REFERENCE_PROJECT ?? 'admin',
  })
  const pids = (await run('pgrep', ['-f', env.GLIMPSE_BENCH_REFERENCE_PROCESS ?? 'glance-api']))
    .trim()
    .split('\n')
    .map(Number)
  return { ...imageService(origin, token), name: 'Glance', pids, stop: async () => {} }
}
