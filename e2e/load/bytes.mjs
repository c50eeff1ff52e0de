// Upload and download of 2 GiB over one and four streams, and what hashing alone costs.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { cpuSeconds, curlGet, curlPut, GiB, MiB, makeFile, median, run, table } from './measure.mjs'
import { startBare, startGlimpse, startNginx } from './targets.mjs'
import { verdict } from './verdicts.mjs'

export async function benchBytes({ folder, port, rounds, totalBytes, glance }) {
  const files = join(folder, 'files')
  await makeFile(join(files, 'whole'), totalBytes)
  await makeFile(join(files, 'quarter'), totalBytes / 4)
  const servers = [
    await startGlimpse({ folder: join(folder, 'glimpse'), port }),
    await startBare({ folder: join(folder, 'bare'), port: port + 1 }),
    await startNginx({ folder: files, port: port + 2 }),
    ...(glance === undefined ? [] : [glance]),
  ]
  const samples = new Map()
  const note = (what, server, { seconds, cpu }) => {
    const key = `${what}\0${server.name}`
    const sample = { rate: totalBytes / MiB / seconds, cpu: cpu / (totalBytes / GiB) }
    samples.set(key, [...(samples.get(key) ?? []), sample])
  }
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [name, streams] of [
        ['whole', 1],
        ['quarter', 4],
      ]) {
        // Each server goes first in another round, so that none profits from its place.
        for (let turn = 0; turn < servers.length; turn++) {
          const server = servers[(turn + round) % servers.length]
          await exchange(server, { file: join(files, name), name, streams, note })
        }
      }
    }
  } finally {
    for (const server of servers) await server.stop()
    rmSync(files, { recursive: true, force: true })
  }
  report(samples)
}

/** nginx only sends: it takes no uploads. */
async function exchange(server, { file, name, streams, note }) {
  const downloads = async (urls) =>
    note(`download ${streams}`, server, await timed(server, () => all(urls, (url) => curlGet(url, server.headers))))
  if (server.create === undefined) {
    await downloads(Array(streams).fill(`${server.origin}/${name}`))
    return
  }
  const images = await all(Array(streams).fill(0), () => server.create())
  const put = () => all(images, (image) => curlPut(image.url, file, server.putHeaders))
  note(`upload ${streams}`, server, await timed(server, put))
  await downloads(images.map((image) => image.url))
  await all(images, (image) => server.remove(image))
}

const all = (items, work) => Promise.all(items.map((item) => work(item)))

async function timed(server, work) {
  const before = cpuSeconds(server.pids)
  const started = process.hrtime.bigint()
  await work()
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  return { seconds, cpu: cpuSeconds(server.pids) - before }
}

function report(samples) {
  const mid = (what, name, key) => median((samples.get(`${what}\0${name}`) ?? []).map((sample) => sample[key]))
  const rows = [...samples.keys()].sort().map((key) => {
    const [what, name] = key.split('\0')
    const ratio = name === 'Glimpse' ? '' : mid(what, 'Glimpse', 'rate') / mid(what, name, 'rate')
    return [what, name, mid(what, name, 'rate'), mid(what, name, 'cpu'), ratio]
  })
  console.log(table('Image bytes', ['transfer, streams', 'server', 'MiB/s', 'CPU s/GiB', 'Glimpse / it'], rows))
  const hold = (what, name, key, bound) => {
    if (!samples.has(`${what}\0${name}`)) return
    const unit = key === 'cpu' ? ', CPU per GiB' : ''
    verdict(`${what} / ${name}${unit}`, mid(what, 'Glimpse', key) / mid(what, name, key), bound)
  }
  for (const streams of [1, 4]) hold(`upload ${streams}`, 'bare Node', 'rate', { atLeast: 0.95 })
  hold('upload 1', 'Glance', 'rate', { atLeast: 1.3 })
  hold('upload 1', 'Glance', 'cpu', { atMost: 1 })
  for (const streams of [1, 4]) {
    for (const name of ['nginx sendfile', 'bare Node', 'Glance'])
      hold(`download ${streams}`, name, 'rate', { atLeast: 1 })
  }
}

export async function benchHashRate() {
  const rows = []
  for (const name of ['md5', 'sha512']) {
    const out = await run('openssl', ['speed', '-bytes', '1048576', '-seconds', '2', '-evp', name])
    const rate = (Number(/([\d.]+)k\s*$/m.exec(out)?.[1]) * 1000) / MiB
    rows.push([name, rate, 1024 / rate])
  }
  const sum = rows.reduce((total, row) => total + row[2], 0)
  rows.push(['md5 and sha512', 1024 / sum, sum])
  console.log(table('Hashes on one core (openssl)', ['hash', 'MiB/s', 'CPU s/GiB'], rows))
}
