import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { admin, type Caller, member, other, reader } from './support/api'
import { expectFault } from './support/fault'
import { activeImage, createImage, rawBare, showImage, statusReached } from './support/images'
import { defect, row, setting } from './support/row'
import { webServer } from './support/web-server'

const octets = { 'Content-Type': 'application/octet-stream' }
const direct = { method: { name: 'glance-direct' } }
const copy = { method: { name: 'copy-image' } }
const stage = (id: string, body: Buffer | string, caller: Caller = member) =>
  caller.put(`/v2/images/${id}/stage`, { body, headers: octets })
const ask = (id: string, json: unknown, caller: Caller = member, headers: Readonly<Record<string, string>> = {}) =>
  caller.post(`/v2/images/${id}/import`, { json, headers })

const taskSchema = z.strictObject({
  id: z.uuid(),
  type: z.literal('api_image_import'),
  status: z.enum(['pending', 'processing', 'success', 'failure']),
  owner: z.string(),
  expires_at: z.string().nullable(),
  created_at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
  updated_at: z.string(),
  deleted_at: z.null(),
  deleted: z.literal(false),
  image_id: z.uuid(),
  request_id: z.string(),
  user_id: z.string(),
  input: z.looseObject({ image_id: z.string(), import_req: z.unknown(), backend: z.array(z.string()) }),
  result: z.looseObject({}).nullable(),
  message: z.string().nullable(),
})

async function tasksOf(id: string, caller: Caller = member) {
  const response = await caller.get(`/v2/images/${id}/tasks`)
  expect(response.status).toBe(200)
  return z.strictObject({ tasks: z.array(taskSchema) }).parse(JSON.parse(response.text)).tasks
}

/** The task of the image's only import, when it is over. */
async function ended(id: string) {
  for (let tries = 0; ; tries++) {
    const [task] = await tasksOf(id)
    if (task?.status === 'success' || task?.status === 'failure') return task
    if (tries === 300) throw new Error(`the import of ${id} did not end: ${JSON.stringify(task)}`)
    await delay(100)
  }
}

async function stagedImage(body: Buffer | string = 'staged', fields: object = {}) {
  const { id } = await createImage({ ...rawBare, ...fields })
  expect((await stage(id, body)).status).toBe(204)
  return id
}

/** What the service downloads from; the reference filters its port, as its settings say. */
const bytes = randomBytes(1_200_000)
const web = webServer((request, response) => {
  if (request.url === '/gone') response.writeHead(404).end()
  else if (request.url === '/moved') response.writeHead(302, { location: '/image' }).end()
  else if (request.url === '/inside') response.writeHead(302, { location: 'file:///etc/passwd' }).end()
  else if (request.url === '/short') {
    response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 1000), () => response.destroy())
  } else response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
})
const filtered = setting('downloads are allowed from ports 80 and 443 only')
const download = (path: string) => ({ method: { name: 'web-download', uri: `${web.url}${path}` } })

describe('7.2 PUT stage', () => {
  row('7.2 the bytes wait, the image is uploading and has their size', async () => {
    const id = await stagedImage('some bytes')
    expect(await showImage(id)).toMatchObject({ status: 'uploading', size: 10, checksum: null, os_hash_value: null })
    expect((await member.get(`/v2/images/${id}/file`)).status).toBe(204)
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
  })

  row('7.2 formats need not be set', async () => {
    const { id } = await createImage({})
    expect((await stage(id, 'x')).status).toBe(204)
  })

  row('7.2 another type of content', async () => {
    const { id } = await createImage(rawBare)
    const response = await member.put(`/v2/images/${id}/stage`, {
      body: 'x',
      headers: { 'Content-Type': 'text/plain' },
    })
    expect(response.status).toBe(415)
    expect((await showImage(id)).status).toBe('queued')
  })

  row('7.2 only from queued', async () => {
    const [active, staged] = [await activeImage('x'), await stagedImage()]
    expect((await stage(active.id, 'y')).status).toBe(409)
    expect((await stage(staged, 'y')).status).toBe(409)
  })

  row('7.2 only for those who may change the image', async () => {
    const { id } = await createImage(rawBare)
    expect((await stage(id, 'x', reader)).status).toBe(403)
    expect((await stage(id, 'x', other)).status).toBe(404)
    expect((await showImage(id)).status).toBe('queued')
  })
})

describe('8.3 what an import request is refused for', () => {
  const refusals: readonly (readonly [string, unknown, number, string])[] = [
    ['no method', {}, 400, "Import request requires a 'method' field."],
    ['no name', { method: {} }, 400, "Import request requires a 'name' field."],
    ['an unknown method', { method: { name: 'magic' } }, 400, "Unknown import method name 'magic'."],
    [
      'all_stores_must_succeed that is no boolean',
      { ...direct, all_stores_must_succeed: 'yes' },
      400,
      "'all_stores_must_succeed' must be boolean value only",
    ],
    ['all_stores that is no boolean', { ...direct, all_stores: 1 }, 400, "'all_stores' must be boolean value only"],
    ['an unknown store', { ...direct, stores: ['nowhere'] }, 409, 'Store for identifier nowhere not found'],
    [
      'all_stores with stores',
      { ...direct, all_stores: true, stores: ['nowhere'] },
      400,
      "All_stores parameter can't be used with x-image-meta-store header or stores parameter",
    ],
  ]
  for (const [what, json, status, message] of refusals)
    row(`8.3 ${what}`, async () => {
      const id = await stagedImage()
      expectFault(await ask(id, json), status, message)
      expect(await showImage(id)).toMatchObject({ status: 'uploading' })
    })

  row('8.3 no body', async () => {
    expectFault(await member.post(`/v2/images/${await stagedImage()}/import`), 400, 'Body expected in request.')
  })

  row('8.3 a method that is no object', defect('it answers 500'), async () => {
    expect((await ask(await stagedImage(), { method: 'glance-direct' })).status).toBe(400)
  })

  row('8.3 an empty list of stores', defect('it answers 202, and the lock of the task that fails stays'), async () => {
    expect((await ask(await stagedImage(), { ...direct, stores: [] })).status).toBe(400)
  })

  row('8.3 stores and another store in the header', async () => {
    const response = await ask(await stagedImage(), { ...direct, stores: ['y'] }, member, {
      'x-image-meta-store': 'x',
    })
    const text = "Stores parameter and x-image-meta-store header can't be both specified"
    expectFault(response, 400, text)
  })

  row('8.3 no such image, or one of somebody else', async () => {
    const missing = randomUUID()
    expectFault(await ask(missing, direct), 404, `No image found with ID ${missing}`)
    const id = await stagedImage()
    expectFault(await ask(id, direct, other), 404, `No image found with ID ${id}`)
  })

  row('8.3 a reader', async () => {
    const message = 'You are not authorized to complete modify_image action.'
    expectFault(await ask(await stagedImage(), direct, reader), 403, message)
  })

  row('8.3 C1 to C4: the wrong status', async () => {
    const [queued, active, staged] = [(await createImage(rawBare)).id, (await activeImage('x')).id, await stagedImage()]
    expectFault(await ask(queued, direct), 409, "Image needs to be staged before 'glance-direct' method can be used")
    expectFault(await ask(active, direct), 409, 'Image with status active cannot be target for import')
    const text = "Image needs to be in 'queued' state to use 'web-download' method"
    expectFault(await ask(staged, { method: { name: 'web-download', uri: 'http://h/' } }), 409, text)
    expectFault(await ask(staged, copy, admin), 409, 'Only images with status active can be targeted for copying')
  })

  row('8.3 formats that are not set', async () => {
    const { id } = await createImage({ disk_format: 'raw' })
    expect((await stage(id, 'x')).status).toBe(204)
    expectFault(await ask(id, direct), 409, "'container_format' needs to be set before import")
  })

  row('8.3 copying is for administrators, and only to where it is not yet', async () => {
    const { id, stores } = await activeImage('x')
    const storeId = String(stores)
    expectFault(await ask(id, copy), 403, 'You are not authorized to complete copy_image action.')
    expectFault(
      await ask(id, { ...copy, stores: [storeId] }, admin),
      400,
      `Image is already present at store '${storeId}'`,
    )
  })

  for (const uri of ['file:///etc/passwd', 'http://example.com:22/', 'ftp://example.com/x', '', 'http://2130706433/'])
    row(`8.4 a URI that the filter refuses: ${uri || 'none'}`, async () => {
      const { id } = await createImage(rawBare)
      const response = await ask(id, { method: { name: 'web-download', uri } })
      expectFault(response, 400, `URI for web-download does not pass filtering: ${uri}`)
      expect((await showImage(id)).status).toBe('queued')
    })
})

describe('8.5 and 8.6 imports', () => {
  row('8.6 glance-direct: active with its bytes, and the lists stay empty', async () => {
    const id = await stagedImage(bytes)
    const response = await ask(id, direct)
    expect({ status: response.status, body: response.text }).toEqual({ status: 202, body: '' })
    expect(await statusReached(id, 'active')).toMatchObject({
      size: bytes.length,
      checksum: createHash('md5').update(bytes).digest('hex'),
      os_hash_value: createHash('sha512').update(bytes).digest('hex'),
      os_glance_failed_import: '',
    })
    const task = await ended(id)
    expect(task).toMatchObject({
      status: 'success',
      request_id: response.headers['x-openstack-request-id'],
      image_id: id,
      owner: member.projectId,
      input: { image_id: id, import_req: direct },
      result: { image_id: id },
    })
    expect(await tasksOf(id)).toHaveLength(1)
    expect(await showImage(id)).toMatchObject({ os_glance_importing_to_stores: '' })
    expect((await member.get(`/v2/images/${id}/file`)).body.equals(bytes)).toBe(true)
    expectFault(await member.delete(`/v2/images/${id}/tasks`), 404, 'The resource could not be found.')
  })

  row(
    '8.6 content that is not what the image claims: queued again, the stores named',
    defect('its release accepts content that does not match'),
    async () => {
      const id = await stagedImage('no qcow2', { disk_format: 'qcow2' })
      expect((await ask(id, direct)).status).toBe(202)
      expect(await ended(id)).toMatchObject({ status: 'failure' })
      const failed = String((await activeImage('x')).stores)
      expect(await statusReached(id, 'queued')).toMatchObject({ size: null, os_glance_failed_import: failed })
    },
  )

  row('8.6 web-download, with a redirect', filtered, async () => {
    const { id } = await createImage(rawBare)
    expect((await ask(id, download('/moved'))).status).toBe(202)
    const image = await statusReached(id, 'active')
    expect(image).toMatchObject({ size: bytes.length, checksum: createHash('md5').update(bytes).digest('hex') })
    expect((await member.get(`/v2/images/${id}/file`)).body.equals(bytes)).toBe(true)
  })

  for (const path of ['/gone', '/inside', '/short'])
    row(`8.4 web-download of ${path}: queued again`, filtered, async () => {
      const { id } = await createImage(rawBare)
      expect((await ask(id, download(path))).status).toBe(202)
      expect(await ended(id)).toMatchObject({ status: 'failure', message: expect.stringMatching(/./) })
      expect(await showImage(id)).toMatchObject({ status: 'queued', size: null })
      // The same image can be tried again.
      expect((await ask(id, download('/image'))).status).toBe(202)
      expect((await statusReached(id, 'active')).size).toBe(bytes.length)
    })
})

describe('9.1 tasks', () => {
  row('9.1 only for administrators', async () => {
    const message = 'You are not authorized to complete tasks_api_access action.'
    for (const path of ['/v2/tasks', `/v2/tasks/${randomUUID()}`]) expectFault(await member.get(path), 403, message)
    expectFault(await member.delete(`/v2/tasks/${randomUUID()}`), 403, message)
  })

  row('9.1 one task, and a page of them', async () => {
    const id = await stagedImage()
    expect((await ask(id, direct)).status).toBe(202)
    const { id: taskId } = await ended(id)
    const shown = JSON.parse((await admin.get(`/v2/tasks/${taskId}`)).text)
    expect(shown).toMatchObject({
      id: taskId,
      type: 'api_image_import',
      status: 'success',
      input: { image_id: id, import_req: direct },
      result: { image_id: id },
      owner: member.projectId,
      image_id: id,
      self: `/v2/tasks/${taskId}`,
      schema: '/v2/schemas/task',
    })
    expect(shown.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    const page = JSON.parse((await admin.get('/v2/tasks?limit=1&status=success&sort_key=status')).text)
    expect(page).toMatchObject({ schema: '/v2/schemas/tasks', tasks: [{ status: 'success' }] })
    expect(Object.keys(page.tasks[0])).not.toContain('input')
    expect(page.next).toContain(`marker=${page.tasks[0].id}`)
  })

  row('9.1 what a list is refused for', async () => {
    expectFault(await admin.get('/v2/tasks?type=magic'), 400, 'Invalid type value: magic')
    expectFault(await admin.get('/v2/tasks?status=odd'), 400, 'Invalid status value: odd')
    expectFault(await admin.get('/v2/tasks?marker=x'), 400, 'Invalid marker format')
    expect((await admin.get(`/v2/tasks?marker=${randomUUID()}`)).status).toBe(400)
  })

  row('9.1 no such task; none can be deleted', async () => {
    const missing = randomUUID()
    expectFault(await admin.get(`/v2/tasks/${missing}`), 404, `Could not find task ${missing}`)
    const response = await admin.delete(`/v2/tasks/${missing}`)
    expect({ status: response.status, allow: response.headers.allow }).toEqual({ status: 405, allow: 'GET' })
    expect(response.text).toContain('They are auto deleted after reaching the time based on their expires_at property.')
  })
})
