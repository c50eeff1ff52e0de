import { createHash, randomBytes } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openImage } from '@/lib/data-plane/open-image'
import { receiveImage } from '@/lib/data-plane/receive-image'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { isApiError } from '@/lib/errors/api-error'
import { createImage } from '@/lib/images/create-image'
import { deleteFromStore } from '@/lib/images/delete-from-store'
import { deleteImage } from '@/lib/images/delete-image'
import { findImage } from '@/lib/images/image-repo'
import { listLocations } from '@/lib/images/list-locations'
import { reap } from '@/lib/jobs/reaper'
import { setClock } from '@/lib/runtime/clock'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { listening } from '@/lib/runtime/test-server'
import { setStores } from '@/lib/stores/registry'
import { claimTask, findTask } from '@/lib/tasks/task-repo'
import { requestLocation } from './location-request'
import { requestImport } from './request-import'
import { runImport } from './run-import'
import { runLocation } from './run-location'

const here = { nodeId: 'here', bootId: 'boot-1' }
const running = new AbortController().signal
const member = contextOf({ roles: ['member', 'reader'] })
const admin = contextOf({ roles: ['admin', 'member', 'reader'] })
const nova = contextOf({ roles: ['service'], projectId: 'services' })
const beside = {
  userId: 'nova',
  userDomainId: 'default',
  projectId: 'services',
  projectDomainId: 'default',
  roles: ['service'],
}
const withService = contextOf({ roles: ['member', 'reader'], service: beside })

const settings = {
  GLIMPSE__STORES__ONE__TYPE: 'filesystem',
  GLIMPSE__STORES__ONE__PATH: 'one',
  GLIMPSE__STORES__WEB__TYPE: 'http',
  GLIMPSE__STORAGE__DEFAULT_STORE: 'one',
  GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
  GLIMPSE__IMPORTS__ALLOWED_PORTS: '',
  GLIMPSE__LOG__LEVEL: 'silent',
}

describe.each(testFlavours())('the location API on %s', (flavour) => {
  const bytes = randomBytes(1_500_000)
  const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  let database: TestDatabase
  let server: Server
  let web: string
  let answer: RequestListener
  /** data requests so far */
  let reads: number

  const open = async (more: Readonly<Record<string, string>> = {}) => {
    database = await openTestDatabase(flavour, { ...settings, ...more })
    setStores(undefined)
    setNodeIdentity(here)
  }
  const reopen = async (more: Readonly<Record<string, string>>) => {
    await database.close()
    await open(more)
  }

  beforeEach(async () => {
    await open()
    reads = 0
    answer = (_, response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
    server = createServer((request, response) => {
      if (request.url === '/none') return response.writeHead(404).end()
      if (request.method === 'HEAD') return response.writeHead(200, { 'content-length': bytes.length }).end()
      reads += 1
      return answer(request, response)
    })
    web = `${await listening(server)}/image`
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    setClock(undefined)
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })

  const newImage = async (fields: object = { disk_format: 'raw', container_format: 'bare' }) =>
    (await createImage(member, fields)).id
  const show = async (id: string) => {
    const image = await findImage(id)
    if (image === undefined) throw new Error('the image is gone')
    return image
  }
  const ask = (id: string, body: Readonly<Record<string, unknown>> = { url: web }, ctx = member) =>
    requestLocation(ctx, id, body)
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => (isApiError(error) ? [error.status, error.message] : error),
    )
  const work = async (signal = running) => {
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await runLocation(task, signal)
    return await findTask(database.db, task.id)
  }
  const validation = (algorithm: string, value = digest(algorithm)) => ({
    url: web,
    validation_data: { os_hash_algo: algorithm, os_hash_value: value },
  })

  it('makes the image active first and hashes its data then, which waits for nobody', async () => {
    const id = await newImage()
    await ask(id)
    expect(await show(id)).toMatchObject({
      status: 'queued',
      properties: { os_glance_import_task: expect.any(String) },
    })
    expect(await refusal(ask(id))).toEqual([409, 'Image has active task'])
    const whole = answer
    let send: (() => void) | undefined
    answer = (_, response) => {
      send = () => response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
    }
    const working = work()
    await expect.poll(() => send, { timeout: 10_000 }).toBeDefined()
    expect(await show(id)).toMatchObject({ status: 'active', sizeBytes: bytes.length, checksum: null, hashValue: null })
    await reap()
    expect((await show(id)).status).toBe('active')
    send?.()
    answer = whole
    expect(await working).toMatchObject({ type: 'location_import', status: 'success', result: { image_id: id } })
    const image = await show(id)
    expect(image).toMatchObject({ checksum: digest('md5'), hashAlgorithm: 'sha512', hashValue: digest('sha512') })
    expect(image.properties).toEqual({})
    expect(image.locations).toMatchObject([{ storeId: 'web', url: web, metadata: { store: 'web' } }])
    const opened = await openImage(member, id, { range: 'bytes=100-199' })
    if (opened.kind === 'empty') throw new Error('there is no data')
    expect(Buffer.concat(await opened.reader.stream().toArray()).equals(bytes.subarray(100, 200))).toBe(true)
    await deleteImage(member, id)
    expect(await database.db.imageLocation.count()).toBe(0)
  })

  it('makes it active only when its data has the digest that the client said', async () => {
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
      const good = await newImage()
      await ask(good, validation(algorithm, digest(algorithm).toUpperCase()))
      expect(await work()).toMatchObject({ status: 'success' })
      expect(await show(good)).toMatchObject({
        status: 'active',
        sizeBytes: bytes.length,
        checksum: digest('md5'),
        hashAlgorithm: algorithm,
        hashValue: digest(algorithm),
      })
    }
    const bad = await newImage()
    await ask(bad, validation('sha1', '0'.repeat(40)))
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('not matched') })
    const nothing = { sizeBytes: null, checksum: null, hashAlgorithm: null, hashValue: null }
    expect(await show(bad)).toMatchObject({ status: 'queued', ...nothing, locations: [], properties: {} })
    await ask(bad)
    expect(await work()).toMatchObject({ status: 'success' })
  })

  it('leaves what it cannot read to other releases, and ends it when nobody could', async () => {
    const id = await newImage()
    await ask(id)
    await database.db.task.updateMany({ where: { imageId: id }, data: { input: { place: web } } })
    for (const boot of ['2', '3', '4']) {
      setNodeIdentity({ ...here, bootId: boot })
      expect(await work()).toMatchObject({ status: 'processing' })
    }
    setNodeIdentity({ ...here, bootId: '5' })
    expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('Ask for it again when') })
    expect(await show(id)).toMatchObject({ status: 'queued', locations: [], properties: {} })
    expect(await claimTask(database.db)).toBeUndefined()
  })

  it('reads nothing when the server is told to trust', async () => {
    await reopen({ GLIMPSE__LOCATIONS__DO_SECURE_HASH: 'false' })
    const said = 'ab'.repeat(32)
    const [plain, vouched] = [await newImage(), await newImage()]
    await ask(plain)
    expect(await work()).toMatchObject({ status: 'success' })
    expect(await show(plain)).toMatchObject({ status: 'active', sizeBytes: bytes.length, hashAlgorithm: null })
    await ask(vouched, validation('sha256', said))
    expect(await work()).toMatchObject({ status: 'success' })
    expect(await show(vouched)).toMatchObject({ status: 'active', hashAlgorithm: 'sha256', hashValue: said })
    expect(reads).toBe(0)
  })

  it('tries again when the data breaks off, and an image in use stays so without digests', async () => {
    const breaking: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 1000), () => response.destroy())
    }
    const whole = answer
    answer = (request, response) => (reads < 2 ? breaking : whole)(request, response)
    const id = await newImage()
    await ask(id)
    expect(await work()).toMatchObject({ status: 'success', message: '' })
    expect(await show(id)).toMatchObject({ hashValue: digest('sha512') })
    expect(reads).toBe(2)

    await reopen({ GLIMPSE__LOCATIONS__HTTP_RETRIES: '1' })
    answer = breaking
    const [used, waiting] = [await newImage(), await newImage()]
    await ask(used)
    expect(await work()).toMatchObject({ status: 'success', message: expect.stringContaining('no digests') })
    expect(await show(used)).toMatchObject({ status: 'active', checksum: null, hashAlgorithm: null, hashValue: null })
    await ask(waiting, validation('sha512'))
    expect(await work()).toMatchObject({ status: 'failure', message: 'The data could not be read.' })
    expect(await show(waiting)).toMatchObject({ status: 'queued', locations: [], properties: {} })
  })

  it.each([undefined, 'sha512'])(
    'goes on where a node died, and gives up after some tries (digest: %s)',
    async (algorithm) => {
      const body = algorithm === undefined ? { url: web } : validation(algorithm)
      const id = await newImage()
      await ask(id, body)
      const died = new AbortController()
      answer = (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 1000))
        died.abort()
      }
      const dead = await work(died.signal)
      expect(dead).toMatchObject({ status: 'processing', attempts: 1 })
      expect((await show(id)).status).toBe(algorithm === undefined ? 'active' : 'importing')
      await reap()
      expect((await show(id)).status).toBe(algorithm === undefined ? 'active' : 'importing')
      answer = (_, response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
      setNodeIdentity({ ...here, bootId: 'boot-2' })
      expect(await work()).toMatchObject({ status: 'success', attempts: 2 })
      expect(await show(id)).toMatchObject({ status: 'active', hashValue: digest('sha512'), properties: {} })
      expect((await show(id)).locations).toHaveLength(1)

      const other = await newImage()
      await ask(other, body)
      for (const boot of ['3', '4', '5']) {
        setNodeIdentity({ ...here, bootId: boot })
        await claimTask(database.db)
      }
      setNodeIdentity({ ...here, bootId: '6' })
      expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('3 times') })
      expect(await show(other)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [], properties: {} })
    },
  )

  it('leaves nothing of an image that is deleted meanwhile, and keeps no digests of data that it has no more', async () => {
    const [gone, moved] = [await newImage(), await newImage()]
    for (const [id, change] of [
      [gone, () => deleteImage(member, gone)],
      [
        moved,
        async () => {
          const place = { id: 'other', imageId: moved, storeId: 'one', url: 'file:///x', metadata: {}, position: 1 }
          await database.db.imageLocation.create({ data: { ...place, state: 'active', createdAt: new Date() } })
          await deleteFromStore(admin, moved, 'web')
        },
      ],
    ] as const) {
      let send: (() => void) | undefined
      answer = (_, response) => {
        send = () => response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
      }
      await ask(id)
      const working = work()
      await expect.poll(() => send, { timeout: 10_000 }).toBeDefined()
      await change()
      send?.()
      await working
    }
    expect(await findImage(gone)).toBeUndefined()
    expect(await database.db.imageLocation.count({ where: { imageId: gone } })).toBe(0)
    expect(await show(moved)).toMatchObject({ status: 'active', hashValue: null, properties: {} })
    expect((await database.db.task.findMany()).every(({ status }) => status !== 'processing')).toBe(true)
  })

  it('gives way to an upload that was faster', async () => {
    const id = await newImage()
    await ask(id)
    await receiveImage(
      member,
      id,
      (async function* () {
        yield Buffer.from('mine')
      })(),
    )
    expect(await work()).toMatchObject({ status: 'failure' })
    expect(await show(id)).toMatchObject({ status: 'active', sizeBytes: 4, properties: {} })
    expect((await show(id)).locations).toMatchObject([{ storeId: 'one' }])
  })

  it('copies an image from the web to another store', async () => {
    const id = await newImage()
    await ask(id)
    await work()
    await requestImport(admin, id, { method: { name: 'copy-image' }, stores: ['one'] }, undefined)
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('there is no task')
    await runImport(task, running)
    expect((await show(id)).locations.map(({ storeId }) => storeId)).toEqual(['web', 'one'])
    await deleteFromStore(admin, id, 'web')
    expect((await show(id)).locations.map(({ storeId }) => storeId)).toEqual(['one'])
  })

  // OSSN-0078: whoever can tell these apart scans ports; OSSA-2014-041: nor does a service read files of this machine.
  it('fails with one sentence for whatever gives no data, and the image stays queued', async () => {
    const failing: [string, typeof member][] = [
      [web.replace('/image', '/none'), member],
      ['http://127.0.0.1:1/', member],
      ['http://0x7f000001/', member],
      ['file:///etc/hostname', nova],
      ['filesystem:///etc/hostname', withService],
      ['FILE:///etc/hostname', nova],
      ['swift+config://a/b/c', withService],
      ['sheepdog://127.0.0.1:7000:;reboot', withService],
    ]
    const id = (await createImage(member, { disk_format: 'raw', container_format: 'bare', visibility: 'community' })).id
    for (const [url, ctx] of failing) {
      await ask(id, { url }, ctx)
      expect(await work(), url).toMatchObject({ status: 'failure', message: 'Invalid location' })
      expect(await show(id)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [], properties: {} })
    }
    expect(reads).toBe(0)
    const formless = await newImage({ disk_format: 'raw' })
    await ask(formless)
    const message = 'Property container_format must be set prior to saving data.'
    expect(await work()).toMatchObject({ status: 'failure', message })
  })

  it('stays out of the operator’s network unless it is allowed', async () => {
    await reopen({ GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'false' })
    const id = await newImage()
    await ask(id)
    expect(await work()).toMatchObject({ status: 'failure', message: 'Invalid location' })
    expect(reads).toBe(0)
  })

  it('leaves an image queued whose data is more than its project may store', async () => {
    await reopen({ GLIMPSE__IMAGES__USER_STORAGE_QUOTA: String(bytes.length * 2 - 1) })
    const [first, second] = [await newImage(), await newImage()]
    await ask(first)
    expect(await work()).toMatchObject({ status: 'success' })
    for (const body of [{ url: web }, validation('sha512')]) {
      await ask(second, body)
      expect(await work()).toMatchObject({ status: 'failure', message: expect.stringContaining('exceeds the quota') })
      expect(await show(second)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [], properties: {} })
    }
  })

  it('refuses in the order of the contract', async () => {
    const id = await newImage()
    const [active, elsewhere] = [await newImage(), contextOf({ roles: ['member', 'reader'], projectId: 'theirs' })]
    await ask(active)
    await work()
    const schema = "Provided object does not match schema 'location': "
    const denied = 'You are not authorized to complete add_image_location action.'
    const userOnly = 'http store must be enabled to use location API by normal user.'
    const notQueued = "It's not allowed to add locations if image status is active."
    const cases: [string, Readonly<Record<string, unknown>>, typeof member, number, string][] = [
      [active, {}, elsewhere, 400, `${schema}'url' is a required property`],
      [active, { url: 1 }, member, 400, `${schema}1 is not of type 'string'`],
      [active, { url: web, validation_data: null }, member, 400, `${schema}None is not of type 'object'`],
      [
        active,
        validation('crc32', 'ab'),
        member,
        400,
        `${schema}'crc32' is not one of ['sha1', 'sha256', 'sha512', 'md5']`,
      ],
      [active, { url: web }, elsewhere, 404, `No image found with ID ${active}`],
      [active, { url: 'file:///x' }, contextOf({ roles: ['reader'] }), 409, notQueued],
      [id, { url: 'file:///x' }, contextOf({ roles: ['reader'] }), 403, denied],
      [id, validation('md5', 'x'), contextOf({ roles: ['reader'] }), 403, denied],
      [id, { ...validation('md5', 'x'), url: 'file:///x' }, member, 403, userOnly],
      [id, { ...validation('md5', 'x'), url: 'file:///x' }, admin, 403, userOnly],
      [id, validation('md5', 'xy'), member, 400, 'os_hash_value (xy) is not a valid hexadecimal value'],
      [
        id,
        validation('md5', 'ab'),
        member,
        400,
        'os_hash_value: (ab) is not the correct size for (md5) (should be (16) bytes)',
      ],
      [id, { url: 'http://u:p@web.example/' }, member, 400, 'Invalid location'],
      [id, { url: 's3://KEY:SEC/RET@s3.example/b/i' }, withService, 400, 'Invalid location'],
    ]
    for (const [image, body, ctx, status, text] of cases) {
      expect(await refusal(ask(image, body, ctx)), JSON.stringify(body)).toEqual([status, text])
    }
    for (const data of [{ os_hash_algo: 'md5' }, { os_hash_value: 'ab' }, { checksum: 'a' }, [], 'x']) {
      expect(await refusal(ask(id, { url: web, validation_data: data }))).toMatchObject([400, /schema 'location'/])
    }
    expect(await refusal(ask(id, { url: `${web}${'x'.repeat(255)}` }))).toMatchObject([400, /is too long/])
    expect(await claimTask(database.db)).toBeUndefined()
    expect(await show(id)).toMatchObject({ status: 'queued', properties: {} })
    await reopen({ GLIMPSE__STORES__WEB__TYPE: 'filesystem', GLIMPSE__STORES__WEB__PATH: 'web' })
    expect(await refusal(ask(await newImage()))).toEqual([403, userOnly])
  })

  it('shows locations to services and administrators, of images that they see', async () => {
    const id = await newImage()
    await ask(id)
    await work()
    expect(await listLocations(admin, id)).toMatchObject([{ url: web, metadata: { store: 'web' } }])
    const denied = [403, 'You are not authorized to complete fetch_image_location action.']
    expect(await refusal(listLocations(member, id))).toEqual(denied)
    expect(await refusal(listLocations(nova, id))).toEqual([404, `No image found with ID ${id}`])
    expect(await refusal(listLocations(contextOf(), id))).toEqual([404, 'The resource could not be found.'])
    await database.db.image.update({ where: { id }, data: { visibility: 'community' } })
    const service = contextOf({ roles: ['service'], projectId: 'services' })
    expect(await listLocations(service, id)).toHaveLength(1)
  })
})
