#!/usr/bin/env node
// npm run bench [-- hash bytes memory list show create metadefs convert policy audit pages catalog uploads live] [--quick]: compares this server with bare Node, nginx, openssl
// and, when the environment names one, a real Glance; all in one run, in turn, medians. Needs curl, wrk, nginx, qemu-img
// and, for pages, catalog, uploads and live, Chromium; for catalog PostgreSQL.
//   GLIMPSE_BENCH_REFERENCE_URL, _AUTH_URL, _PASSWORD   a running Glance; _USER and _PROJECT are admin otherwise,
//   _PROCESS glance-api. Its catalog should hold 20,000 images that the user sees, on files as fast as ours.
//   GLIMPSE_BENCH_REFERENCE_SQL   runs MariaDB's statements from its standard input on that Glance's database; for metadefs
//   GLIMPSE_BENCH_PROFILE   a folder for CPU profiles of our server; they cost speed
//   GLIMPSE_BENCH_BYTES, _ROUNDS, _SECONDS, _MINUTES, _FOLDER, _PORT   2 GiB, 3, 5, 60, memory, 19700
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/processes.mjs'
import { benchAudit } from './audit.mjs'
import { benchBytes, benchHashRate } from './bytes.mjs'
import { benchCatalog } from './catalog.mjs'
import { benchConversion } from './conversion.mjs'
import { benchLive } from './live.mjs'
import { GiB, MiB } from './measure.mjs'
import { benchMemory } from './memory.mjs'
import { benchMetadefs } from './metadefs.mjs'
import { benchPages } from './pages.mjs'
import { benchPolicy } from './policy.mjs'
import { benchRequests } from './requests.mjs'
import { findGlance } from './targets.mjs'
import { benchUploads } from './uploads.mjs'
import { reportVerdicts } from './verdicts.mjs'

const parts = [
  'hash',
  'bytes',
  'memory',
  'list',
  'show',
  'create',
  'metadefs',
  'convert',
  'policy',
  'audit',
  'pages',
  'catalog',
  'uploads',
  'live',
]
const asked = process.argv.slice(2)
const isQuick = asked.includes('--quick')
const wanted = asked.filter((name) => name !== '--quick')
const unknown = wanted.filter((name) => !parts.includes(name))
if (unknown.length > 0) stop(`there is no part ${unknown.join(', ')}; the parts are ${parts.join(', ')}`)
const does = (...names) => wanted.length === 0 || names.some((name) => wanted.includes(name))
const env = (name, whole, quick) => Number(process.env[`GLIMPSE_BENCH_${name}`] ?? (isQuick ? quick : whole))
const settings = {
  rounds: env('ROUNDS', 3, 1),
  port: env('PORT', 19700, 19700),
  totalBytes: env('BYTES', 2 * GiB, 256 * MiB),
  durationSeconds: env('SECONDS', 5, 2),
  minutes: env('MINUTES', 60, 2),
}

// These decisions need no server and none of the programs around one.
const needsServer = wanted.length === 0 || wanted.some((name) => name !== 'policy')
if (needsServer) requirePrograms()
const prepared = needsServer && spawnSync(process.execPath, ['lib/server/prepare.mjs'], { cwd: root, stdio: 'inherit' })
if (prepared && prepared.status !== 0) process.exit(1)
const folder = benchFolder()
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const where = folder.startsWith('/dev/shm/') ? 'memory' : 'the given folder'
console.log(
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()[0].toFixed(2)}, files in ${where}, ${settings.rounds} rounds, medians`,
)
const glance = await findGlance()
if (glance === undefined) console.log('No Glance beside it: GLIMPSE_BENCH_REFERENCE_URL is not set.')
const run = { ...settings, folder, glance, does }
if (does('hash')) await benchHashRate()
if (does('bytes')) await benchBytes(run)
if (does('memory')) await benchMemory(run)
if (does('list', 'show', 'create')) await benchRequests(run)
if (does('metadefs')) await benchMetadefs(run)
if (does('convert')) await benchConversion(run)
if (does('policy')) await benchPolicy(run)
if (does('audit')) await benchAudit(run)
if (does('pages')) await benchPages(run)
if (does('catalog')) await benchCatalog(run)
if (does('uploads')) await benchUploads(run)
if (does('live')) await benchLive(run)
reportVerdicts()
console.log(`\nLoad at the end ${loadavg()[0].toFixed(2)}`)

function requirePrograms() {
  const missing = ['curl', 'wrk', 'nginx', 'openssl', 'qemu-img'].filter((program) => {
    return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status !== 0
  })
  if (missing.length > 0) stop(`${missing.join(', ')} absent; on Debian: sudo apt-get install ${missing.join(' ')}`)
}

/** Memory-backed when there is room, so that no disk hides the server. */
function benchFolder() {
  const given = process.env.GLIMPSE_BENCH_FOLDER
  const shm = '/dev/shm'
  const roomy = existsSync(shm) && statfsSync(shm).bavail * statfsSync(shm).bsize > 4 * settings.totalBytes
  return mkdtempSync(join(given ?? (roomy ? shm : tmpdir()), 'glimpse-bench-'))
}

function stop(reason) {
  console.error(`bench: ${reason}`)
  process.exit(1)
}
