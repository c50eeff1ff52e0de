import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import type { WireResponse } from '../support/http-client'
import { admin, anonymous, type Caller, member, other, reader, service, settings } from './support/api'
import { expectFault, expectFaultWith, notAllowed } from './support/fault'
import { activeImage, createImage, rawBare, showImage, statusReached } from './support/images'
import { release, row } from './support/row'
import { webServer } from './support/web-server'

/** What the service reads; /slow waits until the test goes on. */
const bytes = randomBytes(400_000)
const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
let isHolding = false
let waiting: ServerResponse[] = []
const send = (response: ServerResponse) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
const web = webServer((request, response) => {
  if (request.url === '/none') response.writeHead(404).end()
  else if (request.url === '/inside') response.writeHead(302, { location: 'file:///etc/passwd' }).end()
  else if (request.method === 'HEAD') response.writeHead(200, { 'content-length': bytes.length }).end()
  else if (isHolding && request.url === '/slow') waiting.push(response)
  else send(response)
})
const asked = async () => {
  for (let tries = 0; waiting.length === 0 && tries < 200; tries++) await delay(50)
}
const goOn = () => {
  isHolding = false
  for (const response of waiting) send(response)
  waiting = []
}

const addTo = (id: string, json: unknown, caller: Caller = member, headers: Readonly<Record<string, string>> = {}) =>
  caller.post(`/v2/images/${id}/locations`, { json, headers })
const locationsOf = (id: string, caller: Caller = admin) => caller.get(`/v2/images/${id}/locations`)
const expectAccepted = ({ status, text }: WireResponse) =>
  expect({ status, body: text }).toEqual({ status: 202, body: '' })
const beside = { 'X-Service-Token': service.headers['X-Auth-Token'] ?? '' }
const absent = release('knows no such route')

const tasksSchema = z.object({
  tasks: z.array(
    z.looseObject({
      type: z.string(),
      status: z.enum(['pending', 'processing', 'success', 'failure']),
      request_id: z.string(),
      message: z.string(),
      input: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** The last task of an image, when it is over. */
async function ended(id: string) {
  for (let tries = 0; ; tries++) {
    const response = await admin.get(`/v2/images/${id}/tasks`)
    const task = tasksSchema.parse(JSON.parse(response.text)).tasks.at(-1)
    if (task?.status === 'success' || task?.status === 'failure') return task
    if (tries === 300) throw new Error(`the task of ${id} did not end: ${response.text}`)
    await delay(50)
  }
}

async function hashed(id: string) {
  await ended(id)
  return await showImage(id)
}

describe('9.7 POST /v2/images/{id}/locations', () => {
  row('9.7 without digests: 202, active at once, hashed in the background', absent, async () => {
    const { id } = await createImage(rawBare)
    isHolding = true
    const response = await addTo(id, { url: `${web.url}/slow`, note: 'extra keys do not matter' })
    expectAccepted(response)
    expect(await statusReached(id, 'active')).toMatchObject({ size: bytes.length, checksum: null, os_hash_value: null })
    await asked()
    goOn()
    const task = await ended(id)
    expect(task).toMatchObject({
      type: 'location_import',
      status: 'success',
      request_id: response.headers['x-openstack-request-id'],
      input: { image_id: id, loc_url: `${web.url}/slow`, validation_data: {} },
    })
    const image = await showImage(id)
    expect(image).toMatchObject({
      status: 'active',
      checksum: digest('md5'),
      os_hash_algo: 'sha512',
      os_hash_value: digest('sha512'),
      stores: settings.readOnlyStore,
    })
    expect(Object.keys(image).filter((name) => name.startsWith('os_glance'))).toEqual([])
    const data = await member.get(`/v2/images/${id}/file`)
    expect(data.body.equals(bytes)).toBe(true)
    expect(data.headers['content-md5']).toBe(digest('md5'))
    const part = await member.get(`/v2/images/${id}/file`, { headers: { Range: 'bytes=1000-1999' } })
    expect({ status: part.status, same: part.body.equals(bytes.subarray(1000, 2000)) }).toEqual({
      status: 206,
      same: true,
    })
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
  })

  for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'])
    row(`9.7 with the ${algorithm} of its data: active with it`, absent, async () => {
      const { id } = await createImage(rawBare)
      const validation_data = { os_hash_algo: algorithm, os_hash_value: digest(algorithm) }
      expectAccepted(await addTo(id, { url: `${web.url}/image`, validation_data }))
      expect(await statusReached(id, 'active')).toMatchObject({
        size: bytes.length,
        checksum: digest('md5'),
        os_hash_algo: algorithm,
        os_hash_value: digest(algorithm),
      })
    })

  row('9.7 with another digest: queued again, nothing of it is left', absent, async () => {
    const { id } = await createImage(rawBare)
    const validation_data = { os_hash_algo: 'sha256', os_hash_value: '0'.repeat(64) }
    expectAccepted(await addTo(id, { url: `${web.url}/image`, validation_data }))
    expect(await ended(id)).toMatchObject({ status: 'failure' })
    const image = await showImage(id)
    expect(image).toMatchObject({ status: 'queued', size: null, checksum: null, os_hash_algo: null })
    expect(Object.keys(image)).not.toContain('stores')
    expect(JSON.parse((await locationsOf(id)).text)).toEqual([])
    expectAccepted(await addTo(id, { url: `${web.url}/image` }))
    expect(await hashed(id)).toMatchObject({ status: 'active', os_hash_value: digest('sha512') })
  })

  for (const path of ['/none', '/inside'])
    row(`9.7 nothing to read at ${path}: only the task fails`, absent, async () => {
      const { id } = await createImage(rawBare)
      expectAccepted(await addTo(id, { url: `${web.url}${path}` }))
      expect(await ended(id)).toMatchObject({ status: 'failure', message: 'Invalid location' })
      expect(await showImage(id)).toMatchObject({ status: 'queued', size: null })
    })

  row('9.7 formats that are not set: only the task fails', absent, async () => {
    const { id } = await createImage()
    expectAccepted(await addTo(id, { url: `${web.url}/image` }))
    const message = 'Properties disk_format, container_format must be set prior to saving data.'
    expect(await ended(id)).toMatchObject({ status: 'failure', message })
    expect((await showImage(id)).status).toBe('queued')
  })

  for (const url of [
    'file:///etc/hostname',
    'FILE:///etc/hostname',
    'filesystem:///etc/hostname',
    'swift+config://a/b/c',
  ])
    row(`13 ${url} by a service: only the task fails`, absent, async () => {
      const { id } = await createImage({ ...rawBare, visibility: 'community' })
      expectAccepted(await addTo(id, { url }, service))
      expect(await ended(id)).toMatchObject({ status: 'failure', message: 'Invalid location' })
      expectAccepted(await addTo(id, { url }, member, beside))
      expect(await ended(id)).toMatchObject({ status: 'failure', message: 'Invalid location' })
      expect(await showImage(id)).toMatchObject({ status: 'queued', size: null })
    })

  const schemaText = "Provided object does not match schema 'location': "
  for (const [what, body] of [
    ['no url', {}],
    ['a url that is no text', { url: 1 }],
    ['a url of 256 characters', { url: `http://127.0.0.1/${'x'.repeat(239)}` }],
    ['validation_data: null', { url: 'http://127.0.0.1/', validation_data: null }],
    ['another algorithm', { url: 'http://127.0.0.1/', validation_data: { os_hash_algo: 'crc', os_hash_value: 'ab' } }],
    ['half a pair', { url: 'http://127.0.0.1/', validation_data: { os_hash_algo: 'md5' } }],
    ['something else', { url: 'http://127.0.0.1/', validation_data: { checksum: 'ab' } }],
    ['a list', []],
  ] as const)
    row(`9.7 ${what}: 400, before the image`, absent, async () =>
      expectFaultWith(await addTo(randomUUID(), body), 400, schemaText),
    )

  row('9.7 no body, or none that is JSON: 400', absent, async () => {
    const path = `/v2/images/${randomUUID()}/locations`
    expectFault(await member.post(path), 400, 'Body expected in request.')
    expectFault(await member.post(path, { body: '{' }), 400, 'Malformed JSON in request body.')
  })

  row('9.7 no such image, or one of somebody else: 404', absent, async () => {
    const missing = randomUUID()
    const body = { url: `${web.url}/image` }
    expectFault(await addTo(missing, body), 404, `No image found with ID ${missing}`)
    const { id } = await createImage(rawBare)
    expectFault(await addTo(id, body, other), 404, `No image found with ID ${id}`)
    expectFault(await addTo(id, body, service), 404, `No image found with ID ${id}`)
  })

  row('9.7 an image that is not queued, whoever asks: 409', absent, async () => {
    const { id } = await activeImage('x')
    const text = "It's not allowed to add locations if image status is active."
    for (const caller of [member, reader, admin]) expectFault(await addTo(id, { url: 'file:///x' }, caller), 409, text)
    expect((await member.get(`/v2/images/${id}/file`)).text).toBe('x')
  })

  row('9.7 a reader, or a stranger who sees it: 403', absent, async () => {
    const { id } = await createImage({ ...rawBare, visibility: 'community' })
    const text = 'You are not authorized to complete add_image_location action.'
    for (const caller of [reader, other]) expectFault(await addTo(id, { url: 'file:///x' }, caller), 403, text)
  })

  for (const url of ['file:///etc/hostname', 'rbd://a/b/c/d', 'swift+config://a/b/c', 'cinder://a'])
    row(`OSSA-2014-041, OSSA-2015-002, OSSN-0065 ${url} without the role of services: 403`, absent, async () => {
      const { id } = await createImage(rawBare)
      const text = 'http store must be enabled to use location API by normal user.'
      for (const caller of [member, admin]) expectFault(await addTo(id, { url }, caller), 403, text)
      expect((await showImage(id)).status).toBe('queued')
    })

  for (const [value, text] of [
    ['xy', 'os_hash_value (xy) is not a valid hexadecimal value'],
    ['ab', 'os_hash_value: (ab) is not the correct size for (md5) (should be (16) bytes)'],
  ] as const)
    row(`9.7 the digest ${value}: 400`, absent, async () => {
      const { id } = await createImage(rawBare)
      const validation_data = { os_hash_algo: 'md5', os_hash_value: value }
      expectFault(await addTo(id, { url: `${web.url}/image`, validation_data }), 400, text)
    })

  row('OSSA-2013-002, OSSA-2014-004 a name and a password in the URL: 400, and no task has them', absent, async () => {
    const { id } = await createImage(rawBare)
    for (const url of [`${web.url}/image`.replace('://', '://user:secret@'), 's3://KEY:SEC/RET@s3.example/b/i']) {
      expectFault(await addTo(id, { url }, member, beside), 400, 'Invalid location')
    }
    expect(JSON.parse((await admin.get(`/v2/images/${id}/tasks`)).text)).toEqual({ tasks: [] })
  })

  row('9.7 while another is at work: 409', absent, async () => {
    const { id } = await createImage(rawBare)
    const validation_data = { os_hash_algo: 'md5', os_hash_value: digest('md5') }
    isHolding = true
    expectAccepted(await addTo(id, { url: `${web.url}/slow`, validation_data }))
    expect((await addTo(id, { url: `${web.url}/image` })).status).toBe(409)
    await asked()
    expect(await showImage(id)).toMatchObject({ status: 'importing', size: null })
    expect((await addTo(id, { url: `${web.url}/image` })).status).toBe(409)
    goOn()
    expect(await hashed(id)).toMatchObject({ status: 'active', checksum: digest('md5') })
  })
})

describe('9.7 GET /v2/images/{id}/locations', () => {
  row('9.7 a bare list for administrators, and for services that see the image', absent, async () => {
    const { id } = await createImage(rawBare)
    expectAccepted(await addTo(id, { url: `${web.url}/image` }))
    await ended(id)
    const shown = [{ url: `${web.url}/image`, metadata: { store: settings.readOnlyStore } }]
    const response = await locationsOf(id)
    expect({ status: response.status, type: response.headers['content-type'] }).toEqual({
      status: 200,
      type: 'application/json',
    })
    expect(JSON.parse(response.text)).toEqual(shown)
    expectFault(await locationsOf(id, service), 404, `No image found with ID ${id}`)
    const change = [{ op: 'replace', path: '/visibility', value: 'community' }]
    const headers = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' }
    expect((await member.patch(`/v2/images/${id}`, { json: change, headers })).status).toBe(200)
    expect(JSON.parse((await locationsOf(id, service)).text)).toEqual(shown)
  })

  row('9.7 of an image without data: an empty list', absent, async () => {
    const { id } = await createImage()
    const response = await locationsOf(id)
    expect(response.status).toBe(200)
    expect(JSON.parse(response.text)).toEqual([])
  })

  row('9.7 by its owner, by a reader and by a stranger: 403 and 404', absent, async () => {
    const { id } = await activeImage('x')
    const text = 'You are not authorized to complete fetch_image_location action.'
    for (const caller of [member, reader]) expectFault(await locationsOf(id, caller), 403, text)
    expectFault(await locationsOf(id, other), 404, `No image found with ID ${id}`)
    expect((await locationsOf(id, anonymous)).status).toBe(401)
  })

  row('0.2 other verbs: 405', absent, async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expectFault(await member.request(method, `/v2/images/${randomUUID()}/locations`), 405, notAllowed(method))
    }
  })
})

if (!settings.locationsVisible && !settings.directUrlVisible)
  describe('13 where an image lies', () => {
    row('13 no header and no body names it', async () => {
      const { id } = await createImage(rawBare)
      const answers = [
        await member.put(`/v2/images/${id}/file`, {
          body: 'x',
          headers: { 'Content-Type': 'application/octet-stream' },
        }),
        await member.get(`/v2/images/${id}`),
        await admin.get(`/v2/images/${id}`),
        await member.get(`/v2/images?id=${id}`),
        await member.get(`/v2/images/${id}/file`),
        await member.get(`/v2/images/${id}/tasks`),
        await member.delete(`/v2/images/${id}`),
      ]
      for (const { headers, text } of answers) {
        expect(JSON.stringify(headers)).not.toMatch(/\w:\/\/\/|filesystem/)
        expect(text).not.toMatch(/\w:\/\/\/|"locations"|"direct_url"/)
      }
    })
  })
