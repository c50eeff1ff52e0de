// The servers that a bench compares, each started on its own port and folder.
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './measure.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const serverFlags = ['--min-semi-space-size=32', '--max-semi-space-size=64']
export const adminPassword = 'bench-password'

/** Starts a child and waits until `ready` resolves true; the child's output goes to a log file. */
async function launch(command, args, env, ready) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  let ended = false
  child.on('exit', () => {
    ended = true
  })
  for (let tries = 0; tries < 300 && !ended; tries++) {
    if (await ready().catch(() => false)) return child
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  child.kill('SIGKILL')
  throw new Error(`${command} ${args.join(' ')} did not start`)
}

const answers = (url) => async () => (await fetch(url)).status < 500

function stopper(child, folder) {
  return async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 5000))])
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Our own server; `databaseUrl` absent means SQLite in the folder. */
export async function startGlimpse({ folder, port, databaseUrl }) {
  mkdirSync(folder, { recursive: true })
  const origin = `http://127.0.0.1:${port}`
  const child = await launch(
    process.execPath,
    [...serverFlags, 'lib/server/main.mjs'],
    {
      GLIMPSE__SERVER__PORT: String(port),
      GLIMPSE__SERVER__DATA_FOLDER: folder,
      GLIMPSE__IDENTITY__ADMIN_PASSWORD: adminPassword,
      GLIMPSE__LOG__LEVEL: 'warn',
      ...(databaseUrl && { GLIMPSE__DATABASE__URL: databaseUrl }),
    },
    answers(`${origin}/healthcheck`),
  )
  const { token, projectId } = await signIn(`${origin}/identity/v3`, {
    user: 'admin',
    password: adminPassword,
    project: 'admin',
  })
  const service = imageService(origin, token)
  return { ...service, name: 'Glimpse', projectId, pids: [child.pid], folder, stop: stopper(child, folder) }
}

/** A password sign-in against any Identity v3. */
export async function signIn(authUrl, { user, password, project, domain = 'Default' }) {
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
    async create(extra = {}) {
      const response = await fetch(`${origin}/v2/images`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'bench', disk_format: 'raw', container_format: 'bare', ...extra }),
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
  const child = await launch(
    process.execPath,
    [...serverFlags, 'e2e/load/bare-server.mjs', folder, String(port)],
    {},
    answers(`${origin}/ready`),
  )
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

/** Plain Node that runs the same SQL as the first page of a list over the database in `folder`. */
export async function startBareList({ folder, port, projectId }) {
  const origin = `http://127.0.0.1:${port}`
  const args = [...serverFlags, '--import', 'tsx', 'e2e/load/bare-list.ts', folder, String(port), projectId]
  const child = await launch(process.execPath, args, {}, answers(origin))
  return { name: 'bare Node, same SQL', origin, headers: {}, pids: [child.pid], stop: stopper(child, `${folder}-bare`) }
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
  const child = await launch('nginx', ['-c', conf, '-e', `${work}/error.log`], {}, answers(`${origin}/`))
  return { name: 'nginx sendfile', origin, pids: [child.pid], headers: {}, stop: stopper(child, work) }
}

/** A running Glance named by the environment, or undefined. */
export async function findGlance(env = process.env) {
  const origin = env.GLIMPSE_BENCH_GLANCE_URL
  if (origin === undefined) return undefined
  const { token } = await signIn(env.GLIMPSE_BENCH_GLANCE_AUTH_URL, {
    user: env.GLIMPSE_BENCH_GLANCE_USER ?? 'admin',
    password: env.GLIMPSE_BENCH_GLANCE_PASSWORD,
    project: env.GLIMPSE_BENCH_GLANCE_PROJECT ?? 'admin',
  })
  const pids = (await run('pgrep', ['-f', env.GLIMPSE_BENCH_GLANCE_PROCESS ?? 'glance-api']))
    .trim()
    .split('\n')
    .map(Number)
  return { ...imageService(origin, token), name: 'Glance', pids, stop: async () => {} }
}
