// Lists of 25 out of 20,000 and 100,000 images, show and create at 16 connections.
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { patientLoad, reportRequests, wrk } from './measure.mjs'
import { seedImages } from './seed.mjs'
import { startBareList, startGlimpse } from './targets.mjs'
import { verdict } from './verdicts.mjs'

const SMALL = 20_000
const LARGE = 100_000
const firstPage = '/v2/images?limit=25'

export async function benchRequests({ folder, port, rounds, durationSeconds, glance, does }) {
  const data = join(folder, 'requests')
  const glimpse = await startGlimpse({ folder: data, port })
  const bare = await startBareList({ folder: data, port: port + 1, projectId: glimpse.projectId })
  const samples = new Map()
  /** `cases` in turn, each server first in another round; a case is [what, server, path, options]. */
  const measure = async (cases) => {
    // Compilers and caches first; a server that has just started is not what is compared.
    for (const [, server, path, options = {}] of cases) {
      if (server !== glance) await wrk(server, path, { durationSeconds: 3, ...options })
    }
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < cases.length; turn++) {
        const [what, server, path, options = {}] = cases[(turn + round) % cases.length]
        const key = `${what}\0${server.name}`
        const load = server === glance ? patientLoad : wrk
        const sample = await load(server, path, { durationSeconds, ...options })
        samples.set(key, [...(samples.get(key) ?? []), sample])
      }
    }
  }
  const seed = (total) => seedImages({ folder: data, ownerId: glimpse.projectId, total })
  try {
    const reference = glance === undefined ? [] : [glance]
    if (does('list')) {
      if (glance !== undefined) await requireCatalog(glance, SMALL)
      seed(SMALL)
      await measure([
        ['first page of 20,000', glimpse, firstPage],
        ['first page of 20,000', bare, '/first'],
        ...reference.map((server) => ['first page of 20,000', server, firstPage]),
      ])
    }
    const ids = seed(LARGE)
    if (does('list')) await measure(listCases(glimpse, bare, ids))
    if (does('show')) {
      const theirs = await Promise.all(reference.map(async (server) => [server, await anyImage(server)]))
      await measure([
        ['show', glimpse, `/v2/images/${ids[50_000]}`],
        ...theirs.map(([server, id]) => ['show', server, `/v2/images/${id}`]),
      ])
    }
    if (does('create')) await benchCreate({ servers: [glimpse, ...reference], folder, measure, reference })
  } finally {
    await bare.stop()
    await glimpse.stop()
  }
  report(samples)
}

function listCases(glimpse, bare, ids) {
  const marker = ids[90_000]
  return [
    ['first page of 100,000', firstPage, '/first'],
    ['page 3,601 of 100,000', `${firstPage}&marker=${marker}`, `/after/${marker}`],
    ['by tag, 200 have it', `${firstPage}&tag=group-7`, '/tag/group-7'],
    ['by property, 50 have it', `${firstPage}&build=b700`, '/property/build/b700'],
    ['by property, 12,500 have it', `${firstPage}&os_distro=debian`, '/property/os_distro/debian'],
  ].flatMap(([what, ours, theirs]) => [
    [what, glimpse, ours],
    [what, bare, theirs],
  ])
}

/** Images of a name of this run, so that exactly these can be taken away again. */
async function benchCreate({ servers, folder, measure, reference }) {
  const name = `bench-${randomUUID()}`
  const script = join(folder, 'create.lua')
  const body = JSON.stringify({ name, disk_format: 'raw', container_format: 'bare', os_distro: 'debian' })
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [[${body}]]\n`,
  )
  try {
    await measure(servers.map((server) => ['create', server, '/v2/images', { script, body }]))
  } finally {
    for (const server of reference) await removeNamed(server, name)
  }
}

async function imagesOf(server, query) {
  const response = await fetch(`${server.origin}/v2/images?${query}`, { headers: server.headers })
  if (!response.ok) throw new Error(`${server.name} answered ${response.status} to a list`)
  return (await response.json()).images
}

async function removeNamed(server, name) {
  for (;;) {
    const images = await imagesOf(server, `limit=100&name=${name}`)
    if (images.length === 0) return
    for (const image of images) await server.remove(image)
  }
}

async function anyImage(server) {
  const [image] = await imagesOf(server, 'limit=1')
  if (image === undefined) throw new Error(`${server.name} has no image to show`)
  return image.id
}

/** A comparison with a smaller catalog than ours would flatter it. */
async function requireCatalog(server, least) {
  let count = 0
  for (let last = ''; count < least; ) {
    const images = await imagesOf(server, `limit=1000${last}`)
    if (images.length === 0) throw new Error(`${server.name} shows ${count} images; it needs ${least} to compare with`)
    count += images.length
    last = `&marker=${images.at(-1).id}`
  }
}

function report(samples) {
  const mid = reportRequests('Requests', samples)
  for (const key of samples.keys()) {
    const [what, name] = key.split('\0')
    if (name === 'bare Node')
      verdict(`${what} / bare Node`, mid(what, 'Glimpse', 'rate') / mid(what, name, 'rate'), { atLeast: 0.8 })
    if (name === 'Glance' && what.startsWith('first page'))
      verdict(`${what} / Glance`, mid(what, 'Glimpse', 'rate') / mid(what, name, 'rate'), { atLeast: 50 })
    if (name === 'Glimpse' && what !== 'show' && what !== 'create')
      verdict(`${what}, p99 in ms`, mid(what, name, 'p99'), { atMost: 50 })
  }
  const [small, large] = ['first page of 20,000', 'first page of 100,000'].map((what) => mid(what, 'Glimpse', 'rate'))
  // "No slower" within what two measurements of one thing differ by.
  if (samples.has('first page of 20,000\0Glimpse')) {
    verdict('first page of 100,000 / of 20,000', large / small, { atLeast: 0.95 })
  }
}
