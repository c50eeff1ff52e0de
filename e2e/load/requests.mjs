// Lists of 25, show and create: requests per second and p99 at 16 connections, at 20,000 and at 100,000 images.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { median, table, wrk } from './measure.mjs'
import { seedImages } from './seed.mjs'
import { findGlance, startBareList, startGlimpse } from './targets.mjs'

const durationSeconds = Number(process.env.GLIMPSE_BENCH_SECONDS ?? 5)
const firstPage = '/v2/images?limit=25'

export async function benchRequests({ folder, port, rounds }) {
  const data = join(folder, 'requests')
  const glimpse = await startGlimpse({ folder: data, port })
  const bare = await startBareList({ folder: data, port: port + 1, projectId: glimpse.projectId })
  const glance = await findGlance()
  const samples = new Map()
  const measure = async (what, server, target, path, options = {}) => {
    const key = `${what}\0${server}`
    const result = await wrk(target.origin, [path], { headers: target.headers, durationSeconds, ...options })
    samples.set(key, [...(samples.get(key) ?? []), result])
  }
  try {
    seedImages({ folder: data, ownerId: glimpse.projectId, total: 20_000 })
    for (let round = 0; round < rounds; round++) {
      await measure('list of 25 of 20,000', 'Glimpse', glimpse, firstPage)
      await measure('list of 25 of 20,000', 'bare Node, same SQL', bare, '/')
      if (glance !== undefined) await measure('list of 25 of 20,000', 'Glance', glance, firstPage)
    }
    const ids = seedImages({ folder: data, ownerId: glimpse.projectId, total: 100_000 })
    const create = join(folder, 'create.lua')
    writeFileSync(
      create,
      'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = \'{"name": "bench", "disk_format": "raw", "container_format": "bare", "os_distro": "debian"}\'\n',
    )
    for (let round = 0; round < rounds; round++) {
      await measure('list of 25 of 100,000', 'Glimpse', glimpse, firstPage)
      await measure('list of 25 of 100,000', 'bare Node, same SQL', bare, '/')
      await measure('page 3,600 of them', 'Glimpse', glimpse, `${firstPage}&marker=${ids[90_000]}`)
      await measure('list by tag', 'Glimpse', glimpse, `${firstPage}&tag=group-7`)
      await measure('list by property', 'Glimpse', glimpse, `${firstPage}&build=b700`)
      await measure('list by frequent property', 'Glimpse', glimpse, `${firstPage}&os_distro=debian`)
      await measure('show', 'Glimpse', glimpse, `/v2/images/${ids[50_000]}`)
    }
    for (let round = 0; round < rounds; round++) {
      await measure('create', 'Glimpse', glimpse, '/v2/images', { script: create })
      if (glance !== undefined) await measure('create', 'Glance', glance, '/v2/images', { script: create })
    }
    report(samples)
  } finally {
    await bare.stop()
    await glimpse.stop()
  }
  if (glance === undefined) console.log('Glance was not measured: GLIMPSE_BENCH_GLANCE_URL is not set.')
}

function report(samples) {
  const mid = (results, key) => median(results.map((result) => result[key]))
  const rows = [...samples].map(([key, results]) => {
    const [what, server] = key.split('\0')
    const ours = samples.get(`${what}\0Glimpse`)
    const ratio = server === 'Glimpse' || ours === undefined ? '' : mid(ours, 'rate') / mid(results, 'rate')
    return [what, server, mid(results, 'rate'), mid(results, 'p50'), mid(results, 'p99'), ratio]
  })
  const columns = ['request, 16 connections', 'server', 'per second', 'p50 ms', 'p99 ms', 'Glimpse / it']
  console.log(table('Requests', columns, rows))
}
