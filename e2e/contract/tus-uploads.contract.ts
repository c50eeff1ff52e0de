import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { Upload } from 'tus-js-client'
import { describe, expect } from 'vitest'
import { dashboardCookies } from '../support/dashboard-client.mjs'
import { openUpload, send, type WireResponse } from '../support/http-client'
import { admin, anonymous, baseUrl, type Caller, member, other, reader } from './support/api'
import { createImage, putFile, rawBare, showImage, statusReached } from './support/images'
import { listenerRow as row } from './support/row'

const uploads = '/api/uploads'
const version = { 'Tus-Resumable': '1.0.0' } as const
const octets = { ...version, 'Content-Type': 'application/offset+octet-stream' } as const
const MIB = 1024 * 1024

const digest = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const metadataOf = (pairs: Readonly<Record<string, string>>) =>
  Object.entries(pairs)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(',')

interface Begun {
  readonly imageId: string
  readonly path: string
}

function begin(imageId: string, length: number, more: Readonly<Record<string, string>> = {}, caller: Caller = member) {
  return caller.post(uploads, {
    headers: {
      ...version,
      'Upload-Length': String(length),
      'Upload-Metadata': metadataOf({ image_id: imageId }),
      ...more,
    },
  })
}

async function begun(length: number, fields: object = {}, more: Readonly<Record<string, string>> = {}): Promise<Begun> {
  const { id } = await createImage({ ...rawBare, ...fields })
  const response = await begin(id, length, more)
  expect({ status: response.status, body: response.text }).toEqual({ status: 201, body: '' })
  return { imageId: id, path: response.headers.location ?? '' }
}

function piece(
  path: string,
  offset: number,
  body: Buffer,
  more: Readonly<Record<string, string>> = {},
  caller = member,
) {
  return caller.patch(path, { body, headers: { ...octets, 'Upload-Offset': String(offset), ...more } })
}

const head = (path: string, caller: Caller = member) => caller.request('HEAD', path, { headers: version })

async function offsetOf(path: string): Promise<number> {
  const response = await head(path)
  expect(response.status).toBe(200)
  return Number(response.headers['upload-offset'])
}

function expectRefused(response: WireResponse, status: number): void {
  expect({ status: response.status, body: response.text }).toMatchObject({ status })
  expect(response.headers['tus-resumable']).toBe('1.0.0')
}

async function expectStored(imageId: string, bytes: Buffer): Promise<void> {
  expect(await statusReached(imageId, 'active', 20_000)).toMatchObject({
    size: bytes.length,
    checksum: digest('md5', bytes),
    os_hash_algo: 'sha512',
    os_hash_value: digest('sha512', bytes),
  })
  expect((await member.get(`/v2/images/${imageId}/file`)).body.equals(bytes)).toBe(true)
}

/** What of an upload lies in the staging folder of the server under test. */
function stagedFiles(imageId: string): string[] {
  const staging = join(process.env.GLIMPSE_TEST_DATA_FOLDER ?? '', 'staging')
  const folders = [staging, join(staging, '.partial')].filter((folder) => existsSync(folder))
  return folders.flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith(imageId)))
}

describe('tus: what the server can do', () => {
  row('OPTIONS tells it without a token', async () => {
    const response = await anonymous.request('OPTIONS', uploads)
    expect(response.status).toBe(204)
    expect(response.headers).toMatchObject({
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,termination,checksum,expiration,glimpse-hole',
      'tus-checksum-algorithm': 'sha1,md5,sha256,sha512',
      'tus-max-size': String(32 * MIB),
    })
  })

  row('another version is refused with 412 and the right one', async () => {
    const { path } = await begun(10)
    for (const headers of [{ 'Tus-Resumable': '0.2.2' }, {}]) {
      const response = await member.request('HEAD', path, { headers })
      expect(response.status).toBe(412)
      expect(response.headers['tus-version']).toBe('1.0.0')
    }
    expectRefused(await member.post(uploads, { headers: { 'Upload-Length': '1' } }), 412)
  })

  row('other verbs are refused with those that there are', async () => {
    const { path } = await begun(10)
    const collection = await member.request('HEAD', uploads, { headers: version })
    expect({ status: collection.status, allow: collection.headers.allow }).toEqual({
      status: 405,
      allow: 'OPTIONS, GET, POST',
    })
    const single = await member.get(path, { headers: version })
    expect(single.headers.allow).toBe('OPTIONS, HEAD, PATCH, DELETE')
    expectRefused(single, 405)
  })
})

describe('tus: creation', () => {
  row('the image is uploading from then on, and the address is relative', async () => {
    const { imageId, path } = await begun(100)
    expect(path).toMatch(/^\/api\/uploads\/[0-9a-f-]{36}$/)
    expect(await showImage(imageId)).toMatchObject({ status: 'uploading', size: null })
    const response = await head(path)
    expect(response.headers).toMatchObject({
      'upload-offset': '0',
      'upload-length': '100',
      'upload-metadata': metadataOf({ image_id: imageId }),
      'cache-control': 'no-store',
    })
    expect(Date.parse(response.headers['upload-expires'] ?? '')).toBeGreaterThan(Date.now())
  })

  row('with the first bytes', async () => {
    const bytes = randomBytes(1000)
    const { id } = await createImage(rawBare)
    const response = await member.post(uploads, {
      body: bytes.subarray(0, 400),
      headers: { ...octets, 'Upload-Length': '1000', 'Upload-Metadata': metadataOf({ image_id: id }) },
    })
    expect({ status: response.status, offset: response.headers['upload-offset'] }).toEqual({
      status: 201,
      offset: '400',
    })
    const path = response.headers.location ?? ''
    expect((await piece(path, 400, bytes.subarray(400))).status).toBe(204)
    await expectStored(id, bytes)
  })

  row('with all bytes', async () => {
    const bytes = randomBytes(1000)
    const { id } = await createImage(rawBare)
    const headers = { ...octets, 'Upload-Length': '1000', 'Upload-Metadata': metadataOf({ image_id: id }) }
    expect((await member.post(uploads, { body: bytes, headers })).status).toBe(201)
    await expectStored(id, bytes)
  })

  row('of no bytes at all', async () => {
    const { imageId, path } = await begun(0)
    await expectStored(imageId, Buffer.alloc(0))
    expect((await head(path)).headers).toMatchObject({ 'upload-offset': '0', 'upload-length': '0' })
  })

  row('400 without a length, with one that is none, and with one that comes later', async () => {
    const { id } = await createImage(rawBare)
    const metadata = { ...version, 'Upload-Metadata': metadataOf({ image_id: id }) }
    const wrong = [{}, { 'Upload-Length': '-1' }, { 'Upload-Length': '1e3' }, { 'Upload-Defer-Length': '1' }]
    for (const more of wrong) expectRefused(await member.post(uploads, { headers: { ...metadata, ...more } }), 400)
    expect(await showImage(id)).toMatchObject({ status: 'queued' })
  })

  row('400 for metadata that names no image or is malformed', async () => {
    const { id } = await createImage(rawBare)
    const wrong = ['', `name ${base64('x')}`, 'image_id', `image_id ${base64(id)}!`, `image_id ${base64(id)},image_id`]
    for (const text of [...wrong, `image_id ${base64(id)},a ${'A'.repeat(9000)}`]) {
      expectRefused(await begin(id, 1, { 'Upload-Metadata': text }), 400)
    }
    expect(await showImage(id)).toMatchObject({ status: 'queued' })
  })

  row('400 while the image has no formats', async () => {
    const { id } = await createImage({})
    expectRefused(await begin(id, 1), 400)
  })

  row('404 for an image that is not there or not shown', async () => {
    expectRefused(await begin('7d3c5f7a-0000-4000-8000-000000000000', 1), 404)
    const { id } = await createImage(rawBare)
    expectRefused(await begin(id, 1, {}, other), 404)
  })

  row('403 for whoever may not upload, 401 for nobody', async () => {
    const { id } = await createImage(rawBare)
    expectRefused(await begin(id, 1, {}, reader), 403)
    expectRefused(await begin(id, 1, {}, anonymous), 403)
    const response = await begin(id, 1, { 'X-Auth-Token': 'none' }, anonymous)
    expectRefused(response, 401)
    expect(response.headers['www-authenticate']).toContain('Keystone')
  })

  row('409 unless the image is queued, and for a second upload', async () => {
    const { imageId } = await begun(10)
    expectRefused(await begin(imageId, 10), 409)
    const active = await createImage(rawBare)
    await putFile(active.id, 'x')
    expectRefused(await begin(active.id, 10), 409)
  })

  row('413 above the largest image', async () => {
    const { id } = await createImage(rawBare)
    expectRefused(await begin(id, 32 * MIB + 1), 413)
    expect(await showImage(id)).toMatchObject({ status: 'queued' })
  })

  row('409 for a store that is not there', async () => {
    const { id } = await createImage(rawBare)
    expectRefused(await begin(id, 1, { 'Upload-Metadata': metadataOf({ image_id: id, stores: 'nowhere' }) }), 409)
  })

  row('the stores that it names get the image', async () => {
    const bytes = randomBytes(2000)
    for (const [pairs, stores] of [
      [{ stores: 'archive' }, 'archive'],
      [{ stores: 'archive,file' }, 'archive,file'],
      [{ all_stores: 'true' }, 'archive,file'],
    ] as const) {
      const { id } = await createImage(rawBare)
      const metadata = { 'Upload-Metadata': metadataOf({ image_id: id, ...pairs }) }
      const path = (await begin(id, 2000, metadata)).headers.location ?? ''
      expect((await piece(path, 0, bytes)).status).toBe(204)
      await expectStored(id, bytes)
      expect(await showImage(id)).toMatchObject({ stores })
    }
  })
})

describe('tus: pieces', () => {
  row('each is answered with the offset, and the last one makes the image active', async () => {
    const bytes = randomBytes(5 * MIB + 17)
    const { imageId, path } = await begun(bytes.length)
    const cuts = [0, 1, 70_000, 70_001, 2 * MIB, 4 * MIB + 3, bytes.length]
    for (const [index, end] of cuts.entries()) {
      const start = cuts[index - 1] ?? 0
      const response = await piece(path, start, bytes.subarray(start, end))
      expect({ status: response.status, offset: response.headers['upload-offset'] }).toEqual({
        status: 204,
        offset: String(end),
      })
    }
    await expectStored(imageId, bytes)
    expect((await head(path)).headers).toMatchObject({ 'upload-offset': String(bytes.length) })
    expect(stagedFiles(imageId)).toEqual([])
  })

  row('as POST with the verb in a header', async () => {
    const bytes = randomBytes(100)
    const { imageId, path } = await begun(100)
    const headers = { ...octets, 'Upload-Offset': '0', 'X-HTTP-Method-Override': 'PATCH' }
    expect((await member.post(path, { body: bytes, headers })).status).toBe(204)
    await expectStored(imageId, bytes)
  })

  row('chunked, as a client sends that does not know its length', async () => {
    const bytes = randomBytes(300_000)
    const { imageId, path } = await begun(bytes.length)
    const headers = { ...octets, 'Upload-Offset': '0' }
    expect((await member.patch(path, { body: bytes, chunked: true, headers })).status).toBe(204)
    await expectStored(imageId, bytes)
  })

  row('409 with the right offset at another one', async () => {
    const { path } = await begun(100)
    expect((await piece(path, 0, Buffer.alloc(10))).status).toBe(204)
    for (const offset of [0, 9, 11]) {
      const response = await piece(path, offset, Buffer.alloc(10))
      expectRefused(response, 409)
      expect(response.headers['upload-offset']).toBe('10')
    }
    expect(await offsetOf(path)).toBe(10)
  })

  row('415 for another content type, 400 for no offset', async () => {
    const { path } = await begun(100)
    expectRefused(await piece(path, 0, Buffer.alloc(10), { 'Content-Type': 'application/octet-stream' }), 415)
    expectRefused(await piece(path, 0, Buffer.alloc(10), { 'Upload-Offset': 'x' }), 400)
    expect(await offsetOf(path)).toBe(0)
  })

  row('400 for more than the length, whether it is announced or not', async () => {
    const { imageId, path } = await begun(100)
    expectRefused(await piece(path, 0, Buffer.alloc(101)), 400)
    const headers = { ...octets, 'Upload-Offset': '0' }
    expectRefused(await member.patch(path, { body: Buffer.alloc(101), chunked: true, headers }), 400)
    const bytes = randomBytes(100)
    expect((await piece(path, 0, bytes)).status).toBe(204)
    await expectStored(imageId, bytes)
  })

  row('404 for an upload that is not there, and for others than its user', async () => {
    const { path } = await begun(100)
    for (const caller of [admin, other, reader]) expectRefused(await piece(path, 0, Buffer.alloc(10), {}, caller), 404)
    expectRefused(await head(`${uploads}/7d3c5f7a-0000-4000-8000-000000000000`), 404)
    expectRefused(await head(`${uploads}/x`), 404)
    expect(await offsetOf(path)).toBe(0)
  })

  row('what came before a connection was cut is there', async () => {
    const bytes = randomBytes(3 * MIB)
    const { imageId, path } = await begun(bytes.length)
    const headers = { ...member.headers, ...octets, 'Upload-Offset': '0', 'Content-Length': String(bytes.length) }
    const open = openUpload(baseUrl, { method: 'PATCH', path, headers })
    await open.write(bytes.subarray(0, 2 * MIB))
    await delay(300)
    open.abort()
    const offset = await offsetOf(path)
    expect(offset).toBeGreaterThan(0)
    expect(offset).toBeLessThanOrEqual(2 * MIB)
    expect((await piece(path, offset, bytes.subarray(offset))).status).toBe(204)
    await expectStored(imageId, bytes)
  })

  row('asking where it stands ends a request that still writes, with 423', async () => {
    const bytes = randomBytes(MIB)
    const { imageId, path } = await begun(bytes.length)
    const headers = { ...member.headers, ...octets, 'Upload-Offset': '0', 'Content-Length': String(bytes.length) }
    const open = openUpload(baseUrl, { method: 'PATCH', path, headers })
    await open.write(bytes.subarray(0, 500_000))
    await delay(200)
    const offset = await offsetOf(path)
    expect((await open.answer()).status).toBe(423)
    open.abort()
    expect(await offsetOf(path)).toBe(offset)
    expect((await piece(path, offset, bytes.subarray(offset))).status).toBe(204)
    await expectStored(imageId, bytes)
  })

  row('415 ends the upload of something else than its image claims', async () => {
    const { imageId, path } = await begun(100_000, { disk_format: 'qcow2' })
    expectRefused(await piece(path, 0, randomBytes(100_000)), 415)
    await statusReached(imageId, 'queued')
    expectRefused(await head(path), 404)
    expect(stagedFiles(imageId)).toEqual([])
  })

  row('nobody imports or stages an image while its upload is open', async () => {
    const { imageId, path } = await begun(10)
    const json = { method: { name: 'glance-direct' } }
    expect((await member.post(`/v2/images/${imageId}/import`, { json })).status).toBe(409)
    const headers = { 'Content-Type': 'application/octet-stream' }
    expect((await member.put(`/v2/images/${imageId}/stage`, { body: 'x', headers })).status).toBe(409)
    expect((await putFile(imageId, 'x')).status).toBe(409)
    const bytes = randomBytes(10)
    expect((await piece(path, 0, bytes)).status).toBe(204)
    await expectStored(imageId, bytes)
  })
})

describe('tus: checksum', () => {
  const checksumOf = (algorithm: string, bytes: Buffer) => ({
    'Upload-Checksum': `${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}`,
  })

  row('of every algorithm that is announced', async () => {
    const bytes = randomBytes(400)
    const { imageId, path } = await begun(400)
    for (const [index, algorithm] of ['sha1', 'md5', 'sha256', 'sha512'].entries()) {
      const part = bytes.subarray(index * 100, index * 100 + 100)
      expect((await piece(path, index * 100, part, checksumOf(algorithm, part))).status).toBe(204)
    }
    await expectStored(imageId, bytes)
  })

  row('460 for other bytes, of which none counts, also where zeros come in their place', async () => {
    const bytes = Buffer.concat([randomBytes(200_000), Buffer.alloc(400_000), randomBytes(100)])
    const { imageId, path } = await begun(bytes.length)
    expect((await piece(path, 0, bytes.subarray(0, 200_000))).status).toBe(204)
    const response = await piece(
      path,
      200_000,
      randomBytes(400_000),
      checksumOf('sha1', bytes.subarray(200_000, 600_000)),
    )
    expectRefused(response, 460)
    expect(response.reason).toMatch(/checksum|unknown/i)
    expect(await offsetOf(path)).toBe(200_000)
    expect((await piece(path, 200_000, bytes.subarray(200_000))).status).toBe(204)
    await expectStored(imageId, bytes)
  })

  row('a piece with one that is cut off does not count at all', async () => {
    const bytes = randomBytes(MIB)
    const { path } = await begun(bytes.length)
    const more = { 'Upload-Offset': '0', 'Content-Length': String(MIB), ...checksumOf('sha1', bytes) }
    const open = openUpload(baseUrl, { method: 'PATCH', path, headers: { ...member.headers, ...octets, ...more } })
    await open.write(bytes.subarray(0, 500_000))
    await delay(700)
    open.abort()
    expect(await offsetOf(path)).toBe(0)
  })

  row('400 for an unknown algorithm and for what is no digest', async () => {
    const { path } = await begun(10)
    for (const text of ['crc32 AAAAAA==', 'sha1 AAAA', 'sha1', 'sha1 %%%%']) {
      expectRefused(await piece(path, 0, Buffer.alloc(10), { 'Upload-Checksum': text }), 400)
    }
  })
})

describe('tus: the digest of all bytes', () => {
  const announce = (bytes: Buffer, algorithm = 'sha512') => ({
    'Repr-Digest': `${algorithm.replace('sha', 'sha-')}=:${createHash(algorithm).update(bytes).digest('base64')}:`,
  })

  row('may come with the last piece, and is compared', async () => {
    const bytes = randomBytes(1000)
    for (const algorithm of ['sha512', 'sha256']) {
      const { imageId, path } = await begun(1000)
      expect((await piece(path, 0, bytes.subarray(0, 500))).status).toBe(204)
      expect((await piece(path, 500, bytes.subarray(500), announce(bytes, algorithm))).status).toBe(204)
      await expectStored(imageId, bytes)
    }
  })

  row('460 ends the upload when it is another one', async () => {
    const bytes = randomBytes(1000)
    const { imageId, path } = await begun(1000)
    expect((await piece(path, 0, bytes.subarray(0, 500))).status).toBe(204)
    expectRefused(await piece(path, 500, randomBytes(500), announce(bytes)), 460)
    await statusReached(imageId, 'queued')
    expectRefused(await head(path), 404)
    expect(stagedFiles(imageId)).toEqual([])
  })

  row('another one of an algorithm that only the import can check stops the import', async () => {
    const { imageId, path } = await begun(1000, {}, announce(randomBytes(1000), 'sha256'))
    expect((await piece(path, 0, randomBytes(1000))).status).toBe(204)
    await statusReached(imageId, 'queued')
    expect((await member.get(`/v2/images/${imageId}/tasks`)).text).toContain('sha256')
  })
})

describe('tus: holes', () => {
  const hole = (path: string, offset: number, length: number, more: Readonly<Record<string, string>> = {}) =>
    member.patch(path, {
      headers: {
        ...octets,
        'Upload-Offset': String(offset),
        'Glimpse-Hole': String(length),
        'Content-Length': '0',
        ...more,
      },
    })

  row('stand for zeros, at the start, between and at the end', async () => {
    const data = randomBytes(100_000)
    const bytes = Buffer.concat([Buffer.alloc(3 * MIB), data, Buffer.alloc(5 * MIB + 1), data, Buffer.alloc(MIB)])
    const { imageId, path } = await begun(bytes.length)
    let offset = 0
    for (const part of [3 * MIB, data, 5 * MIB + 1, data, MIB]) {
      const response = typeof part === 'number' ? await hole(path, offset, part) : await piece(path, offset, part)
      offset += typeof part === 'number' ? part : part.length
      expect({ status: response.status, offset: response.headers['upload-offset'] }).toEqual({
        status: 204,
        offset: String(offset),
      })
    }
    await expectStored(imageId, bytes)
  })

  row('400 for bytes with it, a malformed one and more than there is; 409 at another offset', async () => {
    const { path } = await begun(100)
    expectRefused(await piece(path, 0, Buffer.alloc(10), { 'Glimpse-Hole': '10' }), 400)
    expectRefused(await hole(path, 0, 10, { 'Glimpse-Hole': 'ten' }), 400)
    expectRefused(await hole(path, 0, 10, { 'Glimpse-Hole': '0' }), 400)
    expectRefused(await hole(path, 0, 101), 400)
    expectRefused(await hole(path, 1, 10), 409)
    expect(await offsetOf(path)).toBe(0)
  })
})

describe('tus: termination', () => {
  row('the bytes go and the image is queued again', async () => {
    const { imageId, path } = await begun(100)
    expect((await piece(path, 0, Buffer.alloc(50, 1))).status).toBe(204)
    expect(stagedFiles(imageId)).toHaveLength(1)
    expectRefused(await member.delete(path, { headers: version }), 204)
    expect(stagedFiles(imageId)).toEqual([])
    expect(await showImage(imageId)).toMatchObject({ status: 'queued', size: null })
    expectRefused(await head(path), 404)
    expectRefused(await member.delete(path, { headers: version }), 404)
    const bytes = randomBytes(10)
    const again = (await begin(imageId, 10)).headers.location ?? ''
    expect((await piece(again, 0, bytes)).status).toBe(204)
    await expectStored(imageId, bytes)
  })

  row('of a finished one the image stays', async () => {
    const bytes = randomBytes(10)
    const { imageId, path } = await begun(10)
    expect((await piece(path, 0, bytes)).status).toBe(204)
    await statusReached(imageId, 'active')
    expect((await member.delete(path, { headers: version })).status).toBe(204)
    expectRefused(await head(path), 404)
    await expectStored(imageId, bytes)
  })

  row('an image that is deleted takes its upload along', async () => {
    const { imageId, path } = await begun(100)
    expect((await piece(path, 0, Buffer.alloc(50, 1))).status).toBe(204)
    expect((await member.delete(`/v2/images/${imageId}`)).status).toBe(204)
    expect(stagedFiles(imageId)).toEqual([])
    expectRefused(await head(path), 404)
    expectRefused(await piece(path, 50, Buffer.alloc(50)), 404)
  })
})

describe('tus: the list', () => {
  row('has the own uploads of a project, with all that is needed to go on', async () => {
    const { imageId, path } = await begun(100, { name: 'listed' })
    expect((await piece(path, 0, Buffer.alloc(50, 1))).status).toBe(204)
    const response = await member.get(`${uploads}?image_id=${imageId}`)
    expect(response.status).toBe(200)
    expect(JSON.parse(response.text)).toEqual({
      uploads: [
        {
          id: path.slice(uploads.length + 1),
          url: path,
          state: 'open',
          image_id: imageId,
          image_name: 'listed',
          image_status: 'uploading',
          offset: 50,
          length: 100,
          stores: ['file'],
          metadata: { image_id: imageId },
          node: expect.any(String),
          failure: null,
          created_at: expect.stringMatching(/Z$/),
          updated_at: expect.stringMatching(/Z$/),
          expires_at: expect.stringMatching(/Z$/),
        },
      ],
    })
    for (const caller of [admin, other]) {
      expect(JSON.parse((await caller.get(`${uploads}?image_id=${imageId}`)).text)).toEqual({ uploads: [] })
    }
  })
})

describe('tus: from the dashboard', () => {
  const { adminName, adminPassword } = {
    adminName: 'admin',
    adminPassword: process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '',
  }

  row('by the session cookie, and only from its own pages', async () => {
    const cookie = await dashboardCookies(baseUrl, adminName, adminPassword)
    const ask = (method: string, path: string, headers: Readonly<Record<string, string>>, body?: Buffer) =>
      send(baseUrl, { method, path, headers: { Cookie: cookie, ...headers }, ...(body && { body }) })
    const { id } = await createImage(rawBare, admin)
    const creation = { ...version, 'Upload-Length': '10', 'Upload-Metadata': metadataOf({ image_id: id }) }
    for (const foreign of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://elsewhere.example' }, {}]) {
      expectRefused(await ask('POST', uploads, { ...creation, ...foreign }), 403)
    }
    const own = { 'Sec-Fetch-Site': 'same-origin' }
    const created = await ask('POST', uploads, { ...creation, ...own })
    expect({ status: created.status, body: created.text }).toEqual({ status: 201, body: '' })
    const path = created.headers.location ?? ''
    const bytes = randomBytes(10)
    const patch = { ...octets, 'Upload-Offset': '0' }
    expectRefused(await ask('PATCH', path, { ...patch, 'Sec-Fetch-Site': 'same-site' }, bytes), 403)
    expectRefused(await send(baseUrl, { method: 'PATCH', path, body: bytes, headers: { ...patch, ...own } }), 401)
    expect((await ask('PATCH', path, { ...patch, ...own }, bytes)).status).toBe(204)
    expect(await statusReached(id, 'active')).toMatchObject({ size: 10 })
  })
})

describe('tus: tus-js-client', () => {
  row('uploads in pieces, stops, and goes on from the address that it has kept', async () => {
    const bytes = randomBytes(3 * MIB + 5)
    const { id } = await createImage(rawBare)
    const options = {
      headers: { ...member.headers },
      chunkSize: 500_000,
      // A busy server may take its time to let go of a request whose connection was lost.
      retryDelays: [100, 500, 1000, 2000, 4000],
      metadata: { image_id: id },
    }
    const first = new Upload(bytes, {
      ...options,
      endpoint: new URL(uploads, baseUrl).href,
      onChunkComplete: (_size, accepted) => {
        if (accepted > MIB) void first.abort()
      },
      // What it did not send shows in where the upload stands.
      onError: () => {},
    })
    first.start()
    await expect.poll(() => stands(first.url), { timeout: 20_000 }).toBeGreaterThan(MIB)
    await delay(200)
    const stoppedAt = await stands(first.url)
    expect(stoppedAt).toBeLessThan(bytes.length)
    await finished(bytes, { ...options, uploadUrl: first.url ?? '' })
    await expectStored(id, bytes)
  })

  row('from a stream, in one request', async () => {
    const bytes = randomBytes(2 * MIB)
    const { id } = await createImage(rawBare)
    await finished(Readable.from([bytes.subarray(0, MIB), bytes.subarray(MIB)]), {
      headers: { ...member.headers },
      endpoint: new URL(uploads, baseUrl).href,
      uploadSize: bytes.length,
      chunkSize: bytes.length,
      metadata: { image_id: id },
    })
    await expectStored(id, bytes)
  })

  async function stands(url: string | null): Promise<number> {
    return url === null ? 0 : await offsetOf(new URL(url).pathname)
  }

  function finished(
    source: ConstructorParameters<typeof Upload>[0],
    options: NonNullable<ConstructorParameters<typeof Upload>[1]>,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      new Upload(source, { ...options, onSuccess: () => resolve(), onError: reject }).start()
    })
  }
})
