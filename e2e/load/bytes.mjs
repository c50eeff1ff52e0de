// Upload and download of 2 GiB over one and four streams, and memory and event-loop delay under eight uploads.
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cpuSeconds, curlGet, curlPut, GiB, MiB, median, residentMiB, run, table } from './measure.mjs'
import { findGlance, startBare, startGlimpse, startNginx } from './targets.mjs'

/** Random bytes: nothing compresses and nothing is skipped as zeros. */
async function makeFile(path, bytes) {
  await run('sh', [
    '-c',
    `openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 0 -in /dev/zero 2>/dev/null | head -c ${bytes} > ${path}`,
  ])
}

async function timed(target, work) {
  const before = cpuSeconds(target.pids)
  const started = process.hrtime.bigint()
  await work()
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  return { seconds, cpu: cpuSeconds(target.pids) - before }
}

async function exchange(target, file, streams, totalBytes, results) {
  const images = await Promise.all(Array.from({ length: streams }, () => target.create()))
  const up = await timed(target, () => Promise.all(images.map((image) => curlPut(image.url, file, target.putHeaders))))
  note(results, 'upload', streams, target.name, up, totalBytes)
  const down = await timed(target, () => Promise.all(images.map((image) => curlGet(image.url, target.headers))))
  note(results, 'download', streams, target.name, down, totalBytes)
  for (const image of images) await target.remove(image)
}

function note(results, direction, streams, name, { seconds, cpu }, totalBytes) {
  const key = `${direction} ${streams}`
  results[key] ??= {}
  results[key][name] ??= []
  results[key][name].push({ rate: totalBytes / MiB / seconds, cpu: cpu / (totalBytes / GiB) })
}

export async function benchBytes({ folder, port, rounds, totalBytes }) {
  const glimpse = await startGlimpse({ folder: join(folder, 'glimpse'), port })
  const bare = await startBare({ folder: join(folder, 'bare'), port: port + 1 })
  const files = join(folder, 'files')
  await run('mkdir', ['-p', files])
  const nginx = await startNginx({ folder: files, port: port + 2 })
  const glance = await findGlance()
  const targets = [glimpse, bare, ...(glance === undefined ? [] : [glance])]
  const whole = join(files, 'whole')
  const quarter = join(files, 'quarter')
  await makeFile(whole, totalBytes)
  await makeFile(quarter, totalBytes / 4)
  const results = {}
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [file, streams] of [
        [whole, 1],
        [quarter, 4],
      ]) {
        for (const target of targets) await exchange(target, file, streams, totalBytes, results)
        const url = `${nginx.origin}/${streams === 1 ? 'whole' : 'quarter'}`
        const down = await timed(nginx, () => Promise.all(Array.from({ length: streams }, () => curlGet(url))))
        note(results, 'download', streams, nginx.name, down, totalBytes)
      }
    }
    report(results, glance)
    await benchMemory(glimpse, quarter)
  } finally {
    for (const target of [...targets, nginx]) await target.stop()
    rmSync(files, { recursive: true, force: true })
  }
}

function report(results, glance) {
  const rows = []
  for (const [key, byName] of Object.entries(results)) {
    const ours = median(byName.Glimpse.map((sample) => sample.rate))
    for (const [name, samples] of Object.entries(byName)) {
      const rate = median(samples.map((sample) => sample.rate))
      const cpu = median(samples.map((sample) => sample.cpu))
      rows.push([key, name, rate, cpu, name === 'Glimpse' ? '' : ours / rate])
    }
  }
  console.log(table('Image bytes', ['transfer, streams', 'server', 'MiB/s', 'CPU s/GiB', 'Glimpse / it'], rows))
  if (glance === undefined) console.log('Glance was not measured: GLIMPSE_BENCH_GLANCE_URL is not set.')
}

async function eventLoopP99(origin) {
  const text = await (await fetch(`${origin}/metrics`)).text()
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1]) * 1000
}

/** Eight uploads at once after one for warming up; the lag histogram starts anew at each scrape. */
async function benchMemory(glimpse, file) {
  const uploads = 8
  const first = await glimpse.create()
  await curlPut(first.url, file, glimpse.putHeaders)
  await glimpse.remove(first)
  const images = await Promise.all(Array.from({ length: uploads }, () => glimpse.create()))
  await eventLoopP99(glimpse.origin)
  const before = residentMiB(glimpse.pids[0])
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMiB(glimpse.pids[0]))
  }, 50)
  await Promise.all(images.map((image) => curlPut(image.url, file, glimpse.putHeaders)))
  clearInterval(watch)
  const lag = await eventLoopP99(glimpse.origin)
  for (const image of images) await glimpse.remove(image)
  const size = `${statSync(file).size / MiB} MiB`
  console.log(
    table(
      `Eight uploads of ${size} at once`,
      ['measure', 'value'],
      [
        ['resident before, MiB', before],
        ['resident peak, MiB', peak],
        ['growth, MiB', peak - before],
        ['event-loop delay p99, ms', lag],
      ],
    ),
  )
}

export async function benchHashRate() {
  const rows = []
  for (const name of ['md5', 'sha512']) {
    const out = await run('openssl', ['speed', '-bytes', '1048576', '-seconds', '2', '-evp', name])
    const rate = Number(/([\d.]+)k\s*$/m.exec(out)?.[1]) / 1024
    rows.push([name, rate, 1024 / rate])
  }
  const sum = rows.reduce((total, row) => total + row[2], 0)
  rows.push(['md5 and sha512', 1024 / sum, sum])
  console.log(table('Hashes on one core (openssl)', ['hash', 'MiB/s', 'CPU s/GiB'], rows))
}
