// Memory and event-loop delay while eight uploads run at once.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { curlPut, MiB, makeFile, median, residentMiB, table } from './measure.mjs'
import { startGlimpse } from './targets.mjs'
import { verdict } from './verdicts.mjs'

const UPLOADS = 8

export async function benchMemory({ folder, port, rounds, totalBytes }) {
  const glimpse = await startGlimpse({ folder: join(folder, 'memory'), port })
  const file = join(folder, 'eighth')
  const sizeBytes = totalBytes / 4
  try {
    await makeFile(file, sizeBytes)
    // One upload first: threads and buffers are made once and stay.
    await uploadAtOnce(glimpse, file, 1)
    const samples = []
    for (let round = 0; round < rounds; round++) samples.push(await sample(glimpse, file))
    report(samples, sizeBytes)
  } finally {
    await glimpse.stop()
    rmSync(file, { force: true })
  }
}

async function uploadAtOnce(glimpse, file, count) {
  const images = await Promise.all(Array.from({ length: count }, () => glimpse.create()))
  await Promise.all(images.map((image) => curlPut(image.url, file, glimpse.putHeaders)))
  return () => Promise.all(images.map((image) => glimpse.remove(image)))
}

/** The histogram of delays starts anew at each scrape. */
async function sample(glimpse, file) {
  await eventLoopDelay(glimpse)
  const before = residentMiB(glimpse.pids[0])
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMiB(glimpse.pids[0]))
  }, 50)
  const remove = await uploadAtOnce(glimpse, file, UPLOADS).finally(() => clearInterval(watch))
  const { p99, idle } = await eventLoopDelay(glimpse)
  await remove()
  return { before, peak, growth: peak - before, p99, idle }
}

/** In milliseconds, as the server's own metrics tell; they contain the period of the timer that measures. */
async function eventLoopDelay(glimpse) {
  const text = await (await fetch(`${glimpse.origin}/metrics`)).text()
  const of = (name) => Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, 'm').exec(text)?.[1]) * 1000
  return { p99: of('p99'), idle: of('min') }
}

function report(samples, sizeBytes) {
  const mid = (key) => median(samples.map((item) => item[key]))
  const growth = Math.max(...samples.map((item) => item.growth))
  const rows = [
    ['resident before, MiB', mid('before')],
    ['resident at its peak, MiB', mid('peak')],
    ['growth, MiB, worst round', growth],
    ['event-loop delay p99, ms', mid('p99')],
    ['of it the timer, ms', mid('idle')],
  ]
  console.log(table(`${UPLOADS} uploads of ${sizeBytes / MiB} MiB at once`, ['measure', 'value'], rows))
  verdict('resident growth with 8 uploads, MiB', growth, { atMost: 100 })
  verdict('event-loop delay p99 meanwhile, ms', mid('p99'), { atMost: 50 })
}
