#!/usr/bin/env node
// npm run bench [-- bytes] [-- requests]: compares this server with bare Node, nginx, openssl and, when the
// environment names one, a real Glance; all in one run, in turn, three rounds, medians. Needs curl, wrk and nginx.
//   GLIMPSE_BENCH_GLANCE_URL, _AUTH_URL, _PASSWORD   a running Glance to compare with; _USER and _PROJECT are admin
//   GLIMPSE_BENCH_BYTES, _ROUNDS, _SECONDS, _FOLDER, _PORT   2 GiB, 3, 5, memory, 19700
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchBytes, benchHashRate } from './bytes.mjs'
import { GiB } from './measure.mjs'
import { benchRequests } from './requests.mjs'

const wanted = process.argv.slice(2)
const does = (name) => wanted.length === 0 || wanted.includes(name)
const rounds = Number(process.env.GLIMPSE_BENCH_ROUNDS ?? 3)
const port = Number(process.env.GLIMPSE_BENCH_PORT ?? 19700)
const totalBytes = Number(process.env.GLIMPSE_BENCH_BYTES ?? 2 * GiB)

/** Memory-backed when there is room, so that no disk hides the server. */
function benchFolder() {
  const given = process.env.GLIMPSE_BENCH_FOLDER
  const shm = '/dev/shm'
  const roomy = existsSync(shm) && statfsSync(shm).bavail * statfsSync(shm).bsize > 4 * totalBytes
  return mkdtempSync(join(given ?? (roomy ? shm : tmpdir()), 'glimpse-bench-'))
}

const missing = ['curl', 'wrk', 'nginx', 'openssl'].filter((program) => {
  return spawnSync('which', [program], { stdio: 'ignore' }).status !== 0
})
if (missing.length > 0) {
  console.error(`The benches need ${missing.join(', ')}; on Debian: sudo apt-get install curl wrk nginx openssl`)
  process.exit(1)
}
const prepared = spawnSync(process.execPath, ['lib/server/prepare.mjs'], { stdio: 'inherit' })
if (prepared.status !== 0) process.exit(1)
const folder = benchFolder()
const [processor] = cpus()
console.log(
  `Node ${process.version}, ${cpus().length} cores (${processor?.model}), load ${loadavg()[0].toFixed(2)}, files in ${folder.startsWith('/dev/shm') ? 'memory' : 'the given folder'}, ${rounds} rounds, medians`,
)
try {
  if (does('hash')) await benchHashRate()
  if (does('bytes')) await benchBytes({ folder, port, rounds, totalBytes })
  if (does('requests')) await benchRequests({ folder, port, rounds })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
