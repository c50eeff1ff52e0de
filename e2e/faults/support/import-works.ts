import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import type { WireResponse } from '../../support/http-client'
import { type Client, imageBytes } from './client'
import {
  active,
  deletedOrAgain,
  direct,
  diskOf,
  importedOrAgain,
  importStaged,
  type Scenario,
  type Subject,
  scenarioNamed,
  served,
  staged,
} from './scenarios'

/** Where {@link startRemote} is in the catalog. */
export const REMOTE_REGION = 'There'
/** All plugins that change something, also for the tests' user: administrators are left alone by default. */
export const pluginSettings = {
  GLIMPSE__IMPORTS__PLUGINS: 'image_decompression,inject_image_metadata,image_conversion',
  GLIMPSE__IMPORTS__INJECT_METADATA__PROPERTIES: 'imported_by:glimpse',
  GLIMPSE__IMPORTS__INJECT_METADATA__IGNORE_USER_ROLES: 'nobody',
}

const REMOTE_ID = '11111111-2222-4333-8444-555555555555'

/** An image service that has one image, for whoever names a token; it ends with the tests. */
export async function startRemote(): Promise<{ readonly url: string; readonly bytes: Buffer }> {
  const bytes = imageBytes()
  const document = { id: REMOTE_ID, status: 'active', size: bytes.length, disk_format: 'raw', container_format: 'bare' }
  const server = createServer((request, response) => {
    if (request.headers['x-auth-token'] === undefined) return response.writeHead(401).end()
    if (request.url?.endsWith('/file')) return response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
    return response.end(JSON.stringify({ ...document, os_type: 'linux' }))
  })
  server.unref()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, bytes }
}

/** Whole sectors, as a disk has. */
const diskBytes = () => {
  const bytes = imageBytes()
  return bytes.subarray(0, bytes.byteLength - (bytes.byteLength % 512))
}

/** What a disk is sent as, and what the image must say that it is. */
const forms = {
  raw: { format: 'raw', pack: (bytes: Buffer) => bytes },
  gzip: { format: 'raw', pack: (bytes: Buffer) => gzipSync(bytes, { level: 1 }) },
  qcow2: { format: 'qcow2', pack: (bytes: Buffer) => diskOf(bytes) },
  'qcow2 in gzip': { format: 'qcow2', pack: (bytes: Buffer) => gzipSync(diskOf(bytes), { level: 1 }) },
} as const
type Form = keyof typeof forms

const isOf = (form: Form) => ({ disk_format: forms[form].format })

async function stagedAs(client: Client, form: Form): Promise<Subject> {
  const bytes = diskBytes()
  const id = await client.created(isOf(form))
  await stageAs(client, { id, bytes }, form)
  return { id, bytes }
}

async function stageAs(client: Client, { id, bytes }: Subject, form: Form): Promise<void> {
  expect(await client.stage(id, forms[form].pack(bytes))).toMatchObject({ status: 204 })
}

/** Ends as it was asked for: done, or asked for again from where the image stands then. */
async function pluginsDone(client: Client, subject: Subject, form: Form): Promise<void> {
  await client.imported(subject.id)
  const status = await client.statusOf(subject.id)
  if (status !== 'active') {
    if (status === 'queued') await stageAs(client, subject, form)
    else expect(status).toBe('uploading')
    await importStaged(client, subject)
  }
  await client.verify(subject.id, subject.bytes)
  await verifyInjected(client, subject.id)
}

/** Every import of {@link pluginSettings} gives its image this. */
export async function verifyInjected(client: Client, id: string): Promise<void> {
  expect(JSON.parse((await client.show(id)).text)).toMatchObject({ imported_by: 'glimpse' })
}

async function downloaded(client: Client, { id, bytes }: Subject, form: Form): Promise<WireResponse> {
  await client.import(id, { name: 'web-download', uri: await served(forms[form].pack(bytes)) })
  return await client.imported(id)
}

const pluginWork = (name: string, form: Form): Scenario => ({
  name,
  prepare: (client) => stagedAs(client, form),
  run: (client, { id }) => client.import(id, direct).then(() => client.imported(id)),
  check: (client, subject) => pluginsDone(client, subject, form),
})

const copied = async (client: Client): Promise<Subject> => {
  const subject = await active(client)
  await copy(client, subject)
  expect(await client.storesOf(subject.id)).toEqual(expect.arrayContaining(['file', 'copies']))
  return subject
}

async function copy(client: Client, { id }: Subject): Promise<WireResponse> {
  await client.import(id, { name: 'copy-image' }, { stores: ['copies'] })
  return await client.imported(id)
}

async function inBothStores(client: Client, subject: Subject): Promise<void> {
  await client.verify(subject.id, subject.bytes)
  expect((await client.storesOf(subject.id)).sort()).toEqual(['copies', 'file'])
}

/** Uploads, stagings, every way of import, every plugin, copies and deletions, each with what must be true afterwards. */
export function importWorks(remote: { readonly bytes: Buffer }): readonly Scenario[] {
  const toAll = (mustSucceed: boolean) => ({ all_stores: true, all_stores_must_succeed: mustSucceed })
  const remoteMethod = {
    name: 'glance-download',
    glance_region: REMOTE_REGION,
    glance_image_id: REMOTE_ID,
  }
  return [
    scenarioNamed('upload'),
    { ...scenarioNamed('chunked upload'), name: 'upload of unknown size' },
    scenarioNamed('stage'),
    { ...scenarioNamed('import of staged bytes'), name: 'glance-direct' },
    {
      name: 'glance-direct to two stores that both must have it',
      prepare: staged,
      run: (client, { id }) => client.import(id, direct, toAll(true)).then(() => client.imported(id)),
      async check(client, subject) {
        await client.imported(subject.id)
        if ((await client.statusOf(subject.id)) === 'active') await inBothStores(client, subject)
        else await importedOrAgain(client, subject)
      },
    },
    {
      name: 'glance-direct to whichever of two stores',
      prepare: staged,
      run: (client, { id }) => client.import(id, direct, toAll(false)).then(() => client.imported(id)),
      check: importedOrAgain,
    },
    { ...scenarioNamed('import from the web'), name: 'web-download' },
    {
      name: 'glance-download',
      prepare: async (client) => ({ id: await client.created(), bytes: remote.bytes }),
      run: (client, { id }) => client.import(id, remoteMethod).then(() => client.imported(id)),
      check: importedOrAgain,
    },
    {
      name: 'copy-image',
      prepare: active,
      run: copy,
      async check(client, subject) {
        await client.imported(subject.id)
        await client.verify(subject.id, subject.bytes)
        if (!(await client.storesOf(subject.id)).includes('copies')) await copy(client, subject)
        await inBothStores(client, subject)
      },
    },
    pluginWork('inject_image_metadata', 'raw'),
    pluginWork('image_decompression', 'gzip'),
    pluginWork('image_conversion', 'qcow2'),
    pluginWork('image_decompression and image_conversion', 'qcow2 in gzip'),
    {
      name: 'web-download with plugins',
      prepare: async (client) => ({ id: await client.created(isOf('qcow2 in gzip')), bytes: diskBytes() }),
      run: (client, subject) => downloaded(client, subject, 'qcow2 in gzip'),
      async check(client, subject) {
        await client.imported(subject.id)
        if ((await client.statusOf(subject.id)) !== 'active') await downloaded(client, subject, 'qcow2 in gzip')
        await client.verify(subject.id, subject.bytes)
        await verifyInjected(client, subject.id)
      },
    },
    {
      name: 'delete of an image in two stores',
      prepare: copied,
      run: (client, { id }) => client.delete(id),
      check: deletedOrAgain,
    },
    {
      name: 'delete from one of two stores',
      prepare: copied,
      run: (client, { id }) => client.deleteFrom('copies', id),
      async check(client, subject, heard) {
        if (heard?.status === 204) expect(await client.storesOf(subject.id)).toEqual(['file'])
        if ((await client.storesOf(subject.id)).includes('copies')) {
          expect(await client.deleteFrom('copies', subject.id)).toMatchObject({ status: 204 })
        }
        await client.verify(subject.id, subject.bytes)
        expect(await client.storesOf(subject.id)).toEqual(['file'])
      },
    },
    {
      name: 'delete during an import',
      isRace: true,
      prepare: (client) => stagedAs(client, 'qcow2 in gzip'),
      async run(client, { id }) {
        await client.import(id, direct)
        return await client.delete(id)
      },
      check: goneOrGoes,
    },
    { ...scenarioNamed('delete during upload'), name: 'delete during an upload', isRace: true },
  ]
}

async function goneOrGoes(client: Client, { id }: Subject, heard: WireResponse | undefined): Promise<void> {
  if ((await client.statusOf(id)) !== 'absent') await client.imported(id)
  const status = await client.statusOf(id)
  if (heard?.status === 204) expect(status).toBe('absent')
  if (status !== 'absent') expect(await client.delete(id)).toMatchObject({ status: 204 })
}
