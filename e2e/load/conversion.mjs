// The plugin image_conversion on a disk of 10 GiB that holds 2 GiB, to raw and back, beside qemu-img on its own.
import { rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { GiB, MiB, makeFile, median, run, table } from './measure.mjs'
import { startGlimpse } from './targets.mjs'
import { verdict } from './verdicts.mjs'

const PIECES = 32
const IMPORT_MINUTES_MAX = 5

export async function benchConversion({ folder, port, rounds, totalBytes }) {
  const files = join(folder, 'disks')
  const disks = { raw: join(files, 'raw'), qcow2: join(files, 'qcow2') }
  await makeDisk(disks.raw, totalBytes)
  await convert(disks, 'raw', 'qcow2', disks.qcow2)
  const servers = {
    raw: await startConverter({ folder: join(folder, 'to-raw'), port, to: 'raw' }),
    qcow2: await startConverter({ folder: join(folder, 'to-qcow2'), port: port + 1, to: 'qcow2' }),
  }
  const rows = []
  try {
    for (const [from, to] of [
      ['qcow2', 'raw'],
      ['raw', 'qcow2'],
    ]) {
      const samples = []
      for (let round = 0; round < rounds; round++) {
        const warm = () => touchMemory(join(files, 'warm'), 2 * totalBytes)
        const alone = () => convertAlone(disks, from, to, { target: join(files, 'out'), warm })
        const ours = () => imported(servers[to], disks[from], { format: from, warm })
        // Each goes first in another round, so that none profits from its place.
        const [first, second] = round % 2 === 0 ? [alone, ours] : [ours, alone]
        samples.push({ ...(await first()), ...(await second()) })
      }
      const mid = (key) => median(samples.map((sample) => sample[key]))
      const [aloneSeconds, stepSeconds] = [mid('aloneSeconds'), mid('stepSeconds')]
      rows.push([
        `${from} to ${to}`,
        stepSeconds,
        aloneSeconds,
        aloneSeconds / stepSeconds,
        mid('importSeconds'),
        mid('storedGiB'),
      ])
      verdict(`conversion to ${to} / qemu-img convert`, aloneSeconds / stepSeconds, { atLeast: 0.9 })
      verdict(`room of the ${to} image / its data`, (mid('storedGiB') * GiB) / totalBytes, { atMost: 1.05 })
    }
  } finally {
    for (const server of Object.values(servers)) await server.stop()
    rmSync(files, { recursive: true, force: true })
  }
  const columns = ['conversion', 'step s', 'qemu-img s', 'qemu-img / step', 'import with hashes s', 'stored GiB']
  console.log(table(`A disk of ${(5 * totalBytes) / GiB} GiB with ${totalBytes / GiB} GiB of data`, columns, rows))
}

function startConverter({ folder, port, to }) {
  const settings = {
    GLIMPSE__IMPORTS__PLUGINS: 'image_conversion',
    GLIMPSE__IMPORTS__CONVERSION__OUTPUT_FORMAT: to,
  }
  return startGlimpse({ folder, port, settings })
}

/** Data in pieces all over the disk, and nothing between them. */
async function makeDisk(path, dataBytes) {
  const data = `${path}.data`
  await makeFile(data, dataBytes)
  const [source, target] = [await open(data), await open(path, 'w')]
  const buffer = Buffer.allocUnsafe(MiB)
  const pieceBytes = dataBytes / PIECES
  for (let at = 0; at < dataBytes; at += MiB) {
    await source.read(buffer, 0, MiB, at)
    await target.write(buffer, 0, MiB, Math.floor(at / pieceBytes) * 5 * pieceBytes + (at % pieceBytes))
  }
  await target.truncate(5 * dataBytes)
  await Promise.all([source.close(), target.close()])
  rmSync(data)
}

function convert(disks, from, to, target) {
  return run('qemu-img', ['convert', '-f', from, '-O', to, disks[from], target])
}

/**
 * Takes memory and gives it back at once. A virtual machine returns what it frees to its host after seconds, and gets it
 * again page by page: whoever writes first would pay five times for what the other finds at hand.
 */
async function touchMemory(path, bytes) {
  await makeFile(path, bytes)
  rmSync(path)
}

async function convertAlone(disks, from, to, { target, warm }) {
  await warm()
  const started = performance.now()
  await convert(disks, from, to, target)
  const aloneSeconds = (performance.now() - started) / 1000
  rmSync(target)
  return { aloneSeconds }
}

async function imported(server, file, { format, warm }) {
  const { id } = await server.create({ disk_format: format })
  const url = `${server.origin}/v2/images/${id}`
  const headers = [...Object.entries(server.putHeaders)].flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  await run('curl', ['-sS', '--fail', '-T', file, '-H', 'Expect:', ...headers, `${url}/stage`])
  const before = await stepSum(server)
  await warm()
  const started = performance.now()
  const body = JSON.stringify({ method: { name: 'glance-direct' } })
  const answer = await fetch(`${url}/import`, { method: 'POST', headers: jsonHeaders(server), body })
  if (answer.status !== 202) throw new Error(`import answered ${answer.status}: ${await answer.text()}`)
  await active(server, url)
  const importSeconds = (performance.now() - started) / 1000
  const { blocks } = statSync(join(server.folder, 'images', id))
  await server.remove({ id })
  return { stepSeconds: (await stepSum(server)) - before, importSeconds, storedGiB: (blocks * 512) / GiB }
}

async function active(server, url) {
  for (const deadline = Date.now() + IMPORT_MINUTES_MAX * 60_000; Date.now() < deadline; await delay(100)) {
    const { status } = await (await fetch(url, { headers: server.headers })).json()
    if (status === 'active') return
    if (status === 'queued') break
  }
  const { tasks } = await (await fetch(`${url}/tasks`, { headers: server.headers })).json()
  throw new Error(`the import did not succeed: ${tasks.at(-1)?.message}`)
}

/** Seconds that all conversions of the server took so far. */
async function stepSum({ origin }) {
  const text = await (await fetch(`${origin}/metrics`)).text()
  return Number(/^glimpse_import_step_duration_seconds_sum\{step="image_conversion"\} (\S+)$/m.exec(text)?.[1] ?? 0)
}

function jsonHeaders(server) {
  return { ...server.headers, 'content-type': 'application/json' }
}
