import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from '@/lib/images/create-image'
import { findImage } from '@/lib/images/image-repo'
import { setClock } from '@/lib/runtime/clock'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { listening } from '@/lib/runtime/test-server'
import { setStores } from '@/lib/stores/registry'
import { claimTask, findTask, forgetTasks } from '@/lib/tasks/task-repo'
import { listTasks } from '@/lib/tasks/tasks'
import { wireTask } from '@/lib/tasks/wire'
import { createTask } from './request-task'
import { runImport } from './run-import'

const admin = contextOf({ roles: ['admin', 'member', 'reader'], projectId: 'p' })
const running = new AbortController().signal

describe.each(testFlavours())('tasks of the oldest kind on %s', (flavour) => {
  let database: TestDatabase
  let server: Server
  let web = ''

  beforeEach(async () => {
    database = await openTestDatabase(flavour, {
      GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
      GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
      GLIMPSE__LOG__LEVEL: 'silent',
    })
    setStores(undefined)
    setNodeIdentity({ nodeId: 'here', bootId: '1' })
    server = createServer((request, response) => response.writeHead(request.url === '/gone' ? 404 : 200).end('bytes'))
    web = await listening(server)
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    setClock(undefined)
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })

  const asked = (path: string, properties: object = {}) => ({
    type: 'import',
    input: {
      import_from: `${web}${path}`,
      import_from_format: 'raw',
      image_properties: { name: 'x', disk_format: 'raw', container_format: 'bare', ...properties },
    },
  })
  const claimed = async () => {
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    return task
  }

  it('makes the image, also after the node that began it was started again', async () => {
    const body = asked('/image')
    const task = await createTask(admin, body)
    expect(wireTask(task)).toMatchObject({ status: 'pending', input: body.input, owner: 'p', result: null })
    expect(wireTask(task).input).not.toHaveProperty('plan')
    const imageId = task.imageId ?? ''
    expect(await findImage(imageId)).toMatchObject({ status: 'queued', ownerId: 'p' })
    await claimed()
    setNodeIdentity({ nodeId: 'here', bootId: '2' })
    await runImport(await claimed(), running)
    expect(await findTask(database.db, task.id)).toMatchObject({ status: 'success', result: { image_id: imageId } })
    expect(await findImage(imageId)).toMatchObject({ status: 'active', sizeBytes: 5, name: 'x' })
  })

  it('leaves no image and no bytes when the source fails or holds something else', async () => {
    for (const body of [asked('/gone'), asked('/image', { disk_format: 'qcow2' })]) {
      const task = await createTask(admin, body)
      await runImport(await claimed(), running)
      expect(await findTask(database.db, task.id)).toMatchObject({
        status: 'failure',
        message: expect.stringMatching(/./),
      })
      expect(await findImage(task.imageId ?? '')).toBeUndefined()
    }
    expect(await database.db.imageLocation.count()).toBe(0)
    expect(await database.db.lease.count()).toBe(0)
  })

  it('adds neither when the id was used', async () => {
    const { id } = await createImage(admin, { name: 'first' })
    await expect(createTask(admin, asked('/image', { id }))).rejects.toMatchObject({ status: 409 })
    expect(await database.db.task.count()).toBe(0)
    expect(await findImage(id)).toMatchObject({ name: 'first' })
  })

  it('is forgotten some time after its end', async () => {
    const { id } = await createTask(admin, asked('/image'))
    await runImport(await claimed(), running)
    const listed = async () => (await listTasks(admin, new URLSearchParams())).tasks.map((task) => task.id)
    setClock({ now: () => new Date(Date.now() + 47 * 3_600_000) })
    expect([await forgetTasks(database.db), await listed()]).toEqual([0, [id]])
    setClock({ now: () => new Date(Date.now() + 49 * 3_600_000) })
    expect(await listed()).toEqual([])
    expect(await forgetTasks(database.db)).toBe(1)
    expect(await findTask(database.db, id)).toBeUndefined()
  })
})
