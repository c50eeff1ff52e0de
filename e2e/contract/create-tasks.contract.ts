import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { admin, member } from './support/api'
import { expectFault } from './support/fault'
import { defect, row, setting } from './support/row'
import { webServer } from './support/web-server'

const web = webServer((request, response) => {
  if (request.url === '/gone') response.writeHead(404).end()
  else response.end('the bytes of a task')
})

const create = (json: unknown, caller = admin) => caller.post('/v2/tasks', { json })
const inputOf = (import_from: string | undefined, image_properties: object = {}) => ({
  type: 'import',
  input: {
    import_from,
    import_from_format: 'raw',
    image_properties: { name: 'by a task', disk_format: 'raw', container_format: 'bare', ...image_properties },
  },
})

async function ended(id: string) {
  for (let tries = 0; tries < 300; tries++) {
    const task = JSON.parse((await admin.get(`/v2/tasks/${id}`)).text)
    if (task.status === 'success' || task.status === 'failure') return task
    await delay(100)
  }
  throw new Error(`task ${id} did not end`)
}

describe('9.1 POST tasks', () => {
  row('9.1 only for administrators, before the body is looked at', async () => {
    expectFault(await create({}, member), 403, 'You are not authorized to complete tasks_api_access action.')
  })

  row('9.1 no body', async () => {
    expectFault(await admin.post('/v2/tasks'), 400, 'Body expected in request.')
  })

  const example = 'https://images.example/x'
  const refusals: readonly (readonly [string, unknown, string])[] = [
    ['no type', { input: {} }, "Task 'type' is required"],
    ['no input', { type: 'import' }, "Task 'input' is required"],
    ['no address', inputOf(undefined), 'Invalid location: None'],
    [
      'a file',
      inputOf('file:///etc/passwd'),
      'File based imports are not allowed. Please use a non-local source of image data.',
    ],
    [
      'a file system',
      inputOf('filesystem:///etc/passwd'),
      'File based imports are not allowed. Please use a non-local source of image data.',
    ],
    [
      'another scheme',
      inputOf('swift://x/y'),
      "The given uri is not valid. Please specify a valid uri from the following list of supported uri ['http']",
    ],
  ]
  for (const [what, json, message] of refusals)
    row(`9.1 ${what}`, async () => expectFault(await create(json), 400, message))

  row('9.1 an unknown type', async () => {
    const response = await create({ ...inputOf(example), type: 'magic' })
    expect(response.status).toBe(400)
    expect(response.text).toContain('Provided object does not match schema')
  })

  row('9.1 a field that no task has', async () => {
    const response = await create({ ...inputOf(example), color: 'blue' })
    expect(response.status).toBe(400)
    expect(response.text).toContain('Provided object does not match schema')
  })

  const unchecked = defect('it takes it, and the task fails or does what nobody checked')
  for (const type of ['api_image_import', 'location_import'])
    row(`9.1 ${type} by hand`, type === 'api_image_import' ? unchecked : undefined, async () => {
      expect((await create({ type, input: { image_id: 'x' } })).status).toBe(400)
    })

  row('9.1 an input without properties, or with wrong ones', unchecked, async () => {
    const { image_properties: _, ...input } = inputOf(example).input
    expectFault(await create({ type: 'import', input }), 400, "Input does not contain 'image_properties' field")
    const known = `${web.url}/image`
    expect((await create(inputOf(known, { disk_format: 'magic' }))).status).toBe(400)
    expect((await create(inputOf(known, { status: 'active' }))).status).toBe(403)
  })

  row('9.1 an address that the filter refuses', async () => {
    const uri = 'http://example.com:22/x'
    expectFault(await create(inputOf(uri)), 400, `URI for legacy import task does not pass filtering: ${uri}`)
  })

  row(
    '9.1 the task, its address, and an image in the end',
    setting('it downloads from few ports, and has no folder for such tasks'),
    async () => {
      const asked = inputOf(`${web.url}/image`, { os_distro: 'debian' })
      const response = await create(asked)
      expect(response.status).toBe(201)
      const task = JSON.parse(response.text)
      expect(task).toMatchObject({
        type: 'import',
        status: 'pending',
        owner: admin.projectId,
        input: asked.input,
        result: null,
        message: '',
        self: `/v2/tasks/${task.id}`,
        schema: '/v2/schemas/task',
      })
      expect(response.headers.location).toMatch(new RegExp(`^https?://.+/v2/tasks/${task.id}$`))
      const end = await ended(task.id)
      expect(end).toMatchObject({ status: 'success', input: asked.input, result: { image_id: expect.any(String) } })
      expect(end.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      const image = JSON.parse((await admin.get(`/v2/images/${end.result.image_id}`)).text)
      expect(image).toMatchObject({ name: 'by a task', status: 'active', size: 19, os_distro: 'debian' })
      const page = JSON.parse((await admin.get('/v2/tasks?type=import&limit=1000')).text)
      expect(page.tasks.map(({ id }: { id: string }) => id)).toContain(task.id)
      await admin.delete(`/v2/images/${image.id}`)
    },
  )

  row(
    '9.1 a source that fails: the reason, and no image',
    setting('it downloads from few ports, and has no folder for such tasks'),
    async () => {
      const name = 'never there'
      const response = await create(inputOf(`${web.url}/gone`, { name }))
      expect(response.status).toBe(201)
      const { id } = JSON.parse(response.text)
      expect(await ended(id)).toMatchObject({
        status: 'failure',
        message: expect.stringContaining('404'),
        result: null,
      })
      const { images } = JSON.parse((await admin.get(`/v2/images?name=${encodeURIComponent(name)}`)).text)
      expect(images).toEqual([])
    },
  )
})
