// What the database and the data folder hold, read without the product's code.
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { z } from 'zod'
import type { FaultServer } from './fault-server'

const flag = z.union([z.boolean(), z.number()]).transform(Boolean)
const imageSchema = z.object({
  id: z.string(),
  status: z.string(),
  isDeleted: flag,
  sizeBytes: z.coerce.number().nullable(),
  checksum: z.string().nullable(),
})
const locationSchema = z.object({ imageId: z.string(), url: z.string(), state: z.string() })
const json = z.preprocess((value) => (typeof value === 'string' ? JSON.parse(value) : value), z.unknown())
const eventSchema = z.object({
  imageId: z.string(),
  payload: json.pipe(z.object({ status: z.string() })),
})
const taskSchema = z.object({ id: z.string(), imageId: z.string().nullable(), status: z.string() })
const uploadSchema = z.object({ id: z.string(), imageId: z.string() })
const leaseSchema = z.object({ id: z.string(), imageId: z.string(), purpose: z.string() })

export type Nodes = readonly [FaultServer, ...FaultServer[]]

export interface State {
  readonly images: readonly z.infer<typeof imageSchema>[]
  readonly locations: readonly z.infer<typeof locationSchema>[]
  readonly leases: readonly z.infer<typeof leaseSchema>[]
  /** open ones, which wait for their clients */
  readonly uploads: readonly z.infer<typeof uploadSchema>[]
  /** of images, oldest first */
  readonly events: readonly z.infer<typeof eventSchema>[]
  readonly tasks: readonly z.infer<typeof taskSchema>[]
  /** every file below the data folders and the stores' folders */
  readonly files: readonly string[]
}

/** Of nodes on one database; the files of those that are not named are not looked at. */
export async function readState(servers: Nodes): Promise<State> {
  const [server] = servers
  const rows = await reading(server, async (all) => ({
    images: z
      .array(imageSchema)
      .parse(await all('SELECT "id", "status", "isDeleted", "sizeBytes", "checksum" FROM "Image"')),
    locations: z.array(locationSchema).parse(await all('SELECT "imageId", "url", "state" FROM "ImageLocation"')),
    leases: z.array(leaseSchema).parse(await all('SELECT "id", "imageId", "purpose" FROM "Lease"')),
    uploads: z.array(uploadSchema).parse(await all(`SELECT "id", "imageId" FROM "Upload" WHERE "state" = 'open'`)),
    events: z.array(eventSchema).parse(await all(eventsOfImages)),
    tasks: z
      .array(taskSchema)
      .parse(await all(`SELECT "id", "imageId", "status" FROM "Task" WHERE "status" IN ('pending', 'processing')`)),
  }))
  const folders = servers.flatMap(({ dataFolder, storeFolders }) => [dataFolder, ...storeFolders])
  return { ...rows, files: [...new Set(folders.flatMap((folder) => [...filesBelow(folder)]))] }
}

const eventsOfImages = `SELECT "imageId", "payload" FROM "Event" WHERE "outcome" = 'success' AND "type" IN
  ('image.create', 'image.prepare', 'image.upload', 'image.activate', 'image.update', 'image.delete') ORDER BY "id"`

async function reading<T>(
  server: FaultServer,
  use: (all: (sql: string) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  if (server.databaseUrl === undefined) {
    const database = new Database(server.databaseFile, { readonly: true, timeout: 5_000 })
    try {
      return await use(async (sql) => database.prepare(sql).all())
    } finally {
      database.close()
    }
  }
  const client = new pg.Client({ connectionString: server.databaseUrl })
  await client.connect()
  try {
    return await use(async (sql) => (await client.query(sql)).rows)
  } finally {
    await client.end()
  }
}

/** Leaves out what a store keeps beside blobs: the file that its probes write, and the marker of a share. */
function* filesBelow(folder: string): Generator<string> {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.name !== '.probe' && entry.name !== '.glimpse-store') yield path
  }
}

/** What a data folder holds beside image bytes. */
const ownFiles = /^(glimpse\.db(-wal|-shm)?|node\.json|session-secret|secret\.json|[\w-]*secret[\w.-]*|clouds\.yaml)$/

/**
 * Everything that is not as it must be while nothing runs, as sentences: transient images, leases, locations without
 * bytes or bytes without a location. Empty when all is well.
 */
export function flawsOf(state: State, servers: Nodes): string[] {
  const flaws = state.images.flatMap((image) => [...flawsOfImage(state, image), ...flawsOfEvents(state, image)])
  for (const lease of state.leases) flaws.push(`lease ${lease.id} (${lease.purpose}) of image ${lease.imageId} is left`)
  for (const { id, imageId, status } of state.tasks) flaws.push(`task ${id} of image ${imageId} is ${status}`)
  const ours = state.locations.filter(({ url }) => url.startsWith('file://'))
  const owned = new Map(ours.map((location) => [location.url.replace(/^file:\/\//, ''), location]))
  for (const location of state.locations) {
    const isWaiting = location.state === 'staged' && statusOf(state, location.imageId) === 'uploading'
    if (location.state !== 'active' && !isWaiting) {
      flaws.push(`a location of image ${location.imageId} is ${location.state}`)
    }
  }
  for (const [path, { imageId }] of owned) {
    const image = state.images.find((candidate) => candidate.id === imageId)
    const size = existsSync(path) ? lstatSync(path).size : undefined
    if (size === undefined) flaws.push(`the bytes of image ${imageId} are gone`)
    else if (size !== image?.sizeBytes) flaws.push(`image ${imageId} of ${image?.sizeBytes} bytes has ${size}`)
  }
  const pieces = new Set(state.uploads.map(({ id, imageId }) => `staging/.partial/${imageId}.${id}`))
  for (const path of state.files) {
    if (servers.some(({ dataFolder }) => pieces.has(relative(dataFolder, path)))) continue
    if (owned.has(path) || servers.some(({ dataFolder }) => ownFiles.test(relative(dataFolder, path)))) continue
    flaws.push(`no row owns ${path}`)
  }
  return flaws
}

function flawsOfImage(state: State, { id, status, isDeleted }: State['images'][number]): string[] {
  const bytes = state.locations.filter((location) => location.imageId === id)
  if (isDeleted) return bytes.length > 0 ? [`deleted image ${id} has a location`] : []
  if (status === 'uploading' && bytes.length === 0 && state.uploads.some(({ imageId }) => imageId === id)) return []
  // Bytes that wait for an import wait for ever, and nobody works on them.
  if (status === 'uploading' && bytes.length === 1 && bytes[0]?.state === 'staged') return []
  const flaws = ['saving', 'uploading', 'importing'].includes(status) ? [`image ${id} is ${status}`] : []
  const isStored = ['active', 'deactivated'].includes(status)
  const isSpread = new Set(bytes.map(({ url }) => url)).size === bytes.length
  if (isStored && (bytes.length === 0 || !isSpread)) flaws.push(`${status} image ${id} has ${bytes.length} locations`)
  if (!isStored && bytes.length > 0) flaws.push(`${status} image ${id} has a location`)
  return flaws
}

/** A change and its event are there both or neither, so the last event says what the image is. */
function flawsOfEvents({ events }: State, { id, status }: State['images'][number]): string[] {
  const told = events.findLast(({ imageId }) => imageId === id)?.payload.status
  return told === status ? [] : [`image ${id} is ${status}, and its last event says ${told}`]
}

function statusOf(state: State, imageId: string): string | undefined {
  return state.images.find(({ id, isDeleted }) => id === imageId && !isDeleted)?.status
}

/** Waits until nothing is wrong any more; throws what is after `timeoutMs`. Returns how many ms it took. */
export async function untilClean(nodes: FaultServer | Nodes, timeoutMs = 60_000): Promise<number> {
  const servers: Nodes = 'url' in nodes ? [nodes] : nodes
  const startedAt = Date.now()
  for (;;) {
    const flaws = flawsOf(await readState(servers), servers)
    const tookMs = Date.now() - startedAt
    if (flaws.length === 0) return tookMs
    if (tookMs > timeoutMs)
      throw new Error(`after ${tookMs} ms:\n${flaws.join('\n')}\n${servers.map((server) => server.log()).join('\n')}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
