import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import type { WireResponse } from '../../support/http-client'
import { type Client, imageBytes } from './client'
import { until } from './fault-server'

/** Limits that nobody reaches, so that everything is counted and reserved. */
export const boundlessLimits = {
  GLIMPSE__LIMITS__ENABLED: 'true',
  GLIMPSE__LIMITS__IMAGE_SIZE_TOTAL: '1000000',
  GLIMPSE__LIMITS__IMAGE_STAGE_TOTAL: '1000000',
  GLIMPSE__LIMITS__IMAGE_COUNT_TOTAL: '1000000',
  GLIMPSE__LIMITS__IMAGE_COUNT_UPLOADING: '1000000',
}

/** The image that a scenario is about. */
export interface Subject {
  readonly id: string
  readonly bytes: Buffer
}

/** Something that clients do, during which the server may die at any point. */
export interface Scenario {
  readonly name: string
  /** Two things go on at once, so that a run may pass other points than the one that was recorded. */
  readonly isRace?: boolean
  prepare(client: Client): Promise<Subject>
  /** Gives back what the client was answered; rejects when the server died first. */
  run(client: Client, subject: Subject): Promise<WireResponse>
  /** After the restart: what was promised holds, and the same client gets to its end. */
  check(client: Client, subject: Subject, heard: WireResponse | undefined): Promise<void>
}

export const queued = async (client: Client): Promise<Subject> => ({ id: await client.created(), bytes: imageBytes() })

export const active = async (client: Client): Promise<Subject> => {
  const bytes = imageBytes()
  return { id: await client.stored(bytes), bytes }
}

export const direct = { name: 'glance-direct' }

export const staged = async (client: Client): Promise<Subject> => {
  const subject = await queued(client)
  const { status } = await client.stage(subject.id, subject.bytes)
  if (status !== 204) throw new Error(`stage answered ${status}`)
  return subject
}

/** A qcow2 in a gzip archive, of which the raw disk is to be left; `change` may spoil it. */
export async function stagedArchive(client: Client, change = (archive: Buffer) => archive): Promise<Subject> {
  const whole = imageBytes()
  const bytes = whole.subarray(0, whole.byteLength - (whole.byteLength % 512))
  const id = await client.created({ disk_format: 'qcow2' })
  const { status } = await client.stage(id, change(gzipSync(diskOf(bytes))))
  if (status !== 204) throw new Error(`stage answered ${status}`)
  return { id, bytes }
}

export function diskOf(bytes: Buffer, format: 'qcow2' | 'vmdk' = 'qcow2'): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-scenario-'))
  try {
    const [raw, made] = [join(folder, 'raw'), join(folder, 'made')]
    writeFileSync(raw, bytes)
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, made])
    return readFileSync(made)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export async function importStaged(client: Client, { id, bytes }: Subject): Promise<void> {
  expect(await client.import(id, direct)).toMatchObject({ status: 202 })
  await client.imported(id)
  await client.verify(id, bytes)
}

/** A node that comes back goes on with the import it worked on; one that was not begun can be asked for again. */
export async function importedOrAgain(client: Client, subject: Subject): Promise<void> {
  await client.imported(subject.id)
  const status = await client.statusOf(subject.id)
  if (status === 'active') await client.verify(subject.id, subject.bytes)
  else if (status === 'uploading') await importStaged(client, subject)
  else await uploadAgain(client, subject)
}

/** An address where the bytes can be fetched for as long as the tests run. */
export async function served(bytes: Buffer): Promise<string> {
  const server = createServer((_, response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes))
  server.unref()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/image`
}

/** Says where the bytes are, with or without their digest, and waits for what the service makes of it. */
async function locate(client: Client, { id, bytes }: Subject, isVerified: boolean): Promise<WireResponse> {
  const digest = { os_hash_algo: 'sha512', os_hash_value: createHash('sha512').update(bytes).digest('hex') }
  const url = await served(bytes)
  await client.addLocation(id, { url, ...(isVerified && { validation_data: digest }) })
  return await client.imported(id)
}

/** The image takes the bytes that it could not keep, and has them then. */
export async function uploadAgain(client: Client, { id, bytes }: Subject): Promise<void> {
  expect(await client.statusOf(id)).toBe('queued')
  expect(await client.put(id, bytes)).toMatchObject({ status: 204 })
  await client.verify(id, bytes)
}

export async function uploadedOrAgain(
  client: Client,
  subject: Subject,
  heard: WireResponse | undefined,
): Promise<void> {
  const isActive = (await client.statusOf(subject.id)) === 'active'
  if (heard?.status === 204) expect(isActive).toBe(true)
  if (isActive) await client.verify(subject.id, subject.bytes)
  else await uploadAgain(client, subject)
}

export async function deletedOrAgain(client: Client, subject: Subject, heard: WireResponse | undefined): Promise<void> {
  const status = await client.statusOf(subject.id)
  if (heard?.status === 204) expect(status).toBe('absent')
  if (status === 'absent') return
  await client.verify(subject.id, subject.bytes)
  expect(await client.delete(subject.id)).toMatchObject({ status: 204 })
  expect(await client.statusOf(subject.id)).toBe('absent')
}

/** The last offset that a client was answered. */
const answered = new Map<string, number>()

/** How `imageBytes` is sent: where its long runs of zeros are, these are named. */
function piecesOf(bytes: Buffer, offsetBytes: number): Buffer | number {
  const holeAt = bytes.byteLength - 2 * 1024 * 1024
  if (offsetBytes >= holeAt) return bytes.byteLength - offsetBytes
  return bytes.subarray(offsetBytes, Math.min(holeAt, offsetBytes + 900_000))
}

/** Sends what is missing, piece by piece, and waits for the import. */
async function sendPieces(client: Client, { id, bytes }: Subject, path: string): Promise<WireResponse> {
  let offset = (await client.offsetOf(path)) ?? 0
  while (offset < bytes.byteLength) {
    const response = await client.piece(path, offset, piecesOf(bytes, offset))
    if (response.status !== 204) throw new Error(`a piece was answered ${response.status}: ${response.text}`)
    offset = Number(response.headers['upload-offset'])
    answered.set(id, offset)
  }
  return await client.imported(id)
}

/** After a death the upload stands where its client was last answered, or further, and goes on to its end. */
async function resumed(client: Client, subject: Subject): Promise<void> {
  const [upload] = await client.openUploads(subject.id)
  if (upload !== undefined) {
    expect(await client.offsetOf(upload.url)).toBeGreaterThanOrEqual(answered.get(subject.id) ?? 0)
    await sendPieces(client, subject, upload.url)
  }
  await client.imported(subject.id)
  if ((await client.statusOf(subject.id)) === 'queued') {
    expect(answered.get(subject.id) ?? 0).toBe(0)
    await sendPieces(client, subject, await client.beginPieces(subject.id, subject.bytes.byteLength))
  }
  await client.verify(subject.id, subject.bytes)
}

/** Begins a chunked upload, sends a part of it, and waits until the server counts it as begun. */
export async function beginUpload(client: Client, { id, bytes }: Subject) {
  const upload = client.openUpload(id)
  await upload.write(bytes.subarray(0, bytes.byteLength / 2))
  await until('the upload began', async () => (await client.statusOf(id)) === 'saving')
  return upload
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'create',
    prepare: async () => ({ id: randomUUID(), bytes: imageBytes() }),
    run: (client, { id }) => client.create(id, { os_distro: 'debian', min_ram: 64 }),
    async check(client, subject, heard) {
      const status = await client.statusOf(subject.id)
      if (heard?.status === 201) expect(status).toBe('queued')
      if (status === 'absent') expect(await client.create(subject.id)).toMatchObject({ status: 201 })
      await uploadAgain(client, subject)
    },
  },
  {
    name: 'upload',
    prepare: queued,
    run: (client, { id, bytes }) => client.put(id, bytes),
    check: uploadedOrAgain,
  },
  {
    name: 'chunked upload',
    prepare: queued,
    run: (client, { id, bytes }) => client.put(id, bytes, { chunked: true }),
    check: uploadedOrAgain,
  },
  {
    name: 'refused upload',
    prepare: queued,
    run: (client, { id, bytes }) =>
      client.put(id, bytes, {
        chunked: true,
        headers: { 'x-openstack-image-size': `${bytes.byteLength + 1}` },
      }),
    check: async (client, subject) => uploadAgain(client, subject),
  },
  {
    name: 'aborted upload',
    prepare: queued,
    async run(client, subject) {
      const upload = await beginUpload(client, subject)
      upload.abort()
      await until('the image is queued again', async () => (await client.statusOf(subject.id)) === 'queued')
      return await client.show(subject.id)
    },
    check: async (client, subject) => uploadAgain(client, subject),
  },
  {
    name: 'delete',
    prepare: active,
    run: (client, { id }) => client.delete(id),
    check: deletedOrAgain,
  },
  {
    name: 'delete of a queued image',
    prepare: queued,
    run: (client, { id }) => client.delete(id),
    async check(client, subject, heard) {
      const status = await client.statusOf(subject.id)
      if (heard?.status === 204) expect(status).toBe('absent')
      if (status !== 'absent') await uploadAgain(client, subject)
    },
  },
  {
    name: 'delete during upload',
    prepare: queued,
    async run(client, subject) {
      const upload = await beginUpload(client, subject)
      const deleted = await client.delete(subject.id)
      await upload.finish()
      return deleted
    },
    async check(client, subject, heard) {
      const status = await client.statusOf(subject.id)
      if (heard?.status === 204) expect(status).toBe('absent')
      if (status !== 'absent') await uploadAgain(client, subject)
    },
  },
  {
    name: 'stage',
    prepare: queued,
    run: (client, { id, bytes }) => client.stage(id, bytes),
    async check(client, subject, heard) {
      const isStaged = (await client.statusOf(subject.id)) === 'uploading'
      if (heard?.status === 204) expect(isStaged).toBe(true)
      if (!isStaged) expect(await client.stage(subject.id, subject.bytes)).toMatchObject({ status: 204 })
      await importStaged(client, subject)
    },
  },
  {
    name: 'upload in pieces',
    prepare: queued,
    async run(client, subject) {
      return await sendPieces(client, subject, await client.beginPieces(subject.id, subject.bytes.byteLength))
    },
    check: resumed,
  },
  {
    name: 'end of an upload in pieces before its end',
    async prepare(client) {
      const subject = await queued(client)
      const path = await client.beginPieces(subject.id, subject.bytes.byteLength)
      await client.piece(path, 0, piecesOf(subject.bytes, 0))
      return subject
    },
    async run(client, { id }) {
      const [upload] = await client.openUploads(id)
      return await client.terminate(upload?.url ?? '')
    },
    async check(client, subject, heard) {
      const [upload] = await client.openUploads(subject.id)
      if (heard?.status === 204) expect(upload).toBeUndefined()
      if (upload !== undefined) expect(await client.terminate(upload.url)).toMatchObject({ status: 204 })
      await uploadAgain(client, subject)
    },
  },
  {
    name: 'import of staged bytes',
    prepare: staged,
    run: (client, { id }) => client.import(id, direct).then(() => client.imported(id)),
    check: importedOrAgain,
  },
  {
    name: 'import that decompresses and converts',
    prepare: stagedArchive,
    run: (client, { id }) => client.import(id, direct).then(() => client.imported(id)),
    async check(client, subject) {
      await client.imported(subject.id)
      if ((await client.statusOf(subject.id)) === 'uploading') await importStaged(client, subject)
      else await client.verify(subject.id, subject.bytes)
    },
  },
  {
    name: 'import of an archive that is damaged',
    prepare: (client) => stagedArchive(client, (archive) => archive.subarray(0, -1000)),
    run: (client, { id }) => client.import(id, direct).then(() => client.imported(id)),
    async check(client, { id }) {
      await client.imported(id)
      if ((await client.statusOf(id)) === 'queued') return
      expect(await client.statusOf(id)).toBe('uploading')
      expect(await client.import(id, direct)).toMatchObject({ status: 202 })
      await client.imported(id)
      expect(await client.statusOf(id)).toBe('queued')
    },
  },
  {
    name: 'import from the web',
    prepare: queued,
    async run(client, { id, bytes }) {
      const uri = await served(bytes)
      await client.import(id, { name: 'web-download', uri })
      return await client.imported(id)
    },
    check: importedOrAgain,
  },
  {
    name: 'location on the web, hashed after',
    prepare: queued,
    run: (client, subject) => locate(client, subject, false),
    check: importedOrAgain,
  },
  {
    name: 'location on the web, hashed before',
    prepare: queued,
    run: (client, subject) => locate(client, subject, true),
    check: importedOrAgain,
  },
  {
    name: 'delete during an import',
    isRace: true,
    prepare: staged,
    async run(client, { id }) {
      await client.import(id, direct)
      return await client.delete(id)
    },
    async check(client, { id }, heard) {
      await until('no import goes on', async () => (await client.statusOf(id)) !== 'importing')
      const status = await client.statusOf(id)
      if (heard?.status === 204) expect(status).toBe('absent')
      if (status !== 'absent') expect(await client.delete(id)).toMatchObject({ status: 204 })
    },
  },
  {
    name: 'download',
    prepare: active,
    run: (client, { id }) => client.get(id),
    check: (client, { id, bytes }) => client.verify(id, bytes),
  },
]

/** One of {@link scenarios}, for suites that need some of them too. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name)
  if (found === undefined) throw new Error(`there is no scenario ${name}`)
  return found
}
