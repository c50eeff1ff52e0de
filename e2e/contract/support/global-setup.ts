import { randomUUID } from 'node:crypto'
import type { TestProject } from 'vitest/node'
import { z } from 'zod'
import { send, type WireResponse } from '../../support/http-client'
import { IdentityAdmin, signIn } from '../../support/identity-client'
import type { Persona, PersonaName, Settings, World } from './world'

const environmentSchema = z.object({
  GLIMPSE_TEST_URL: z.string().url(),
  GLIMPSE_TEST_AUTH_URL: z.string().url(),
  GLIMPSE_TEST_ADMIN_PASSWORD: z.string().min(1),
  GLIMPSE_TEST_ADMIN_USER: z.string().default('admin'),
  GLIMPSE_TEST_ADMIN_PROJECT: z.string().default('admin'),
  GLIMPSE_TEST_REFERENCE: z.string().optional(),
  GLIMPSE_TEST_FRONT: z.enum(['listener', 'next']).default('listener'),
  /** Needed where locations may be set: a small file that the server's http store may read. */
  GLIMPSE_TEST_WEB_FILE_URL: z.string().url().optional(),
  /** Of a service on this machine, for rows that look at what is left there. */
  GLIMPSE_TEST_DATA_FOLDER: z.string().optional(),
  GLIMPSE_TEST_LOG_FILE: z.string().optional(),
})

/** Makes the personas, reads what the server is set up for, and takes both away again after the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const environment = environmentSchema.parse(process.env)
  const baseUrl = environment.GLIMPSE_TEST_URL.replace(/\/$/, '')
  const authUrl = environment.GLIMPSE_TEST_AUTH_URL.replace(/\/$/, '')
  const signedIn = await signIn(authUrl, {
    username: environment.GLIMPSE_TEST_ADMIN_USER,
    password: environment.GLIMPSE_TEST_ADMIN_PASSWORD,
    projectName: environment.GLIMPSE_TEST_ADMIN_PROJECT,
  })
  const admin: Persona = { token: signedIn.token, userId: signedIn.userId, projectId: signedIn.projectId ?? '' }
  const runId = randomUUID().slice(0, 8)
  const identity = new IdentityAdmin(authUrl, admin.token)
  const people = await makePeople(identity, authUrl, runId)
  const image = imageClient(new URL(baseUrl), admin.token)
  const world: World = {
    baseUrl,
    authUrl,
    reference: environment.GLIMPSE_TEST_REFERENCE === '1',
    front: environment.GLIMPSE_TEST_FRONT,
    runId,
    personas: { admin, ...people.personas },
    settings: {
      ...(await readSettings(image, environment.GLIMPSE_TEST_WEB_FILE_URL ?? null)),
      dataFolder: environment.GLIMPSE_TEST_DATA_FOLDER ?? null,
      logFile: environment.GLIMPSE_TEST_LOG_FILE ?? null,
    },
  }
  project.provide('world', world)
  return async () => {
    for (const projectId of people.projectIds) await removeImages(image, projectId)
    await people.remove()
  }
}

type Made = Record<Exclude<PersonaName, 'admin'>, Persona>

async function makePeople(identity: IdentityAdmin, authUrl: string, runId: string) {
  const name = (part: string) => `contract-${runId}-${part}`
  const password = randomUUID()
  const [home, away, narrow, bystander, memberRole, readerRole, serviceRole] = await Promise.all([
    identity.createProject(name('home')),
    identity.createProject(name('away')),
    identity.createProject(name('narrow')),
    identity.createRole(name('bystander')),
    identity.findRole('member'),
    identity.findRole('reader'),
    identity.findRole('service'),
  ])
  if (memberRole === undefined || readerRole === undefined) throw new Error('the identity service has no member role')
  const users: string[] = []
  const person = async (part: string, projectId?: string, roleId?: string): Promise<Persona> => {
    const userId = await identity.createUser(name(part), password)
    users.push(userId)
    if (projectId !== undefined && roleId !== undefined) await identity.grant(projectId, userId, roleId)
    const scope = projectId === undefined ? {} : { projectId }
    const { token } = await signIn(authUrl, { username: name(part), password, ...scope })
    return { token, userId, projectId: projectId ?? '' }
  }
  const [member, reader, roleless, other, limited, unscoped, service] = await Promise.all([
    person('member', home, memberRole),
    person('reader', home, readerRole),
    person('roleless', home, bystander),
    person('other', away, memberRole),
    person('limited', narrow, memberRole),
    person('unscoped'),
    // Where the identity service has no such role, rows that need one differ anyway.
    person('service', away, serviceRole ?? memberRole),
  ])
  const personas: Made = { member, reader, roleless, other, limited, unscoped, service }
  return {
    personas,
    projectIds: [home, away, narrow],
    remove: async () => {
      for (const id of users) await identity.remove('users', id)
      for (const id of [home, away, narrow]) await identity.remove('projects', id)
      await identity.remove('roles', bystander)
    },
  }
}

type ImageClient = (method: string, path: string, body?: string | Buffer, contentType?: string) => Promise<WireResponse>

function imageClient(base: URL, token: string): ImageClient {
  return (method, path, body, contentType = 'application/json') =>
    send(base, {
      method,
      path,
      headers: { Accept: 'application/json', 'X-Auth-Token': token, 'Content-Type': contentType },
      ...(body === undefined ? {} : { body }),
    })
}

const versionsSchema = z.object({
  versions: z.array(z.object({ id: z.string(), links: z.array(z.object({ href: z.string() })) })),
})
const storesSchema = z.object({
  stores: z.array(z.object({ id: z.string(), default: z.string().optional(), 'read-only': z.string().optional() })),
})

type ReadSettings = Omit<Settings, 'dataFolder' | 'logFile'>

async function readSettings(image: ImageClient, webFileUrl: string | null): Promise<ReadSettings> {
  const { versions } = versionsSchema.parse(JSON.parse((await image('GET', '/versions')).text))
  const ids = versions.map((version) => version.id)
  const stores = await image('GET', '/v2/info/stores')
  const known = stores.status === 200 ? storesSchema.parse(JSON.parse(stores.text)).stores : []
  const sample = await image(
    'POST',
    '/v2/images',
    JSON.stringify({ name: 'contract-settings', disk_format: 'raw', container_format: 'bare' }),
  )
  const id = z.object({ id: z.string() }).parse(JSON.parse(sample.text)).id
  await image('PUT', `/v2/images/${id}/file`, 'settings', 'application/octet-stream')
  const shown = z.looseObject({}).parse(JSON.parse((await image('GET', `/v2/images/${id}`)).text))
  const routed = async (method: string, path: string) => {
    const response = await image(method, path)
    return response.status !== 404 || !response.text.includes('The resource could not be found.')
  }
  const settings: ReadSettings = {
    multiStore: ids.includes('v2.8'),
    cache: ids.includes('v2.14'),
    linkBase: (versions[0]?.links[0]?.href ?? '').replace(/\/v2\/$/, ''),
    storeIds: (sample.headers['openstack-image-store-ids'] ?? '').split(',').filter((store) => store !== ''),
    defaultStore: known.find((store) => store.default === 'true')?.id ?? null,
    readOnlyStore: known.find((store) => store['read-only'] === 'true')?.id ?? null,
    locationsVisible: 'locations' in shown,
    webFileUrl,
    directUrlVisible: 'direct_url' in shown,
    limits: (await image('GET', '/v2/info/usage')).text.includes('image_size_total'),
    routes: {
      actions: await routed('POST', `/v2/images/${id}/actions/reactivate`),
      stage: await routed('PUT', `/v2/images/${id}/stage`),
      stores: stores.status === 200,
    },
  }
  await image('DELETE', `/v2/images/${id}`)
  if (settings.locationsVisible && settings.readOnlyStore !== null && webFileUrl === null)
    throw new Error('locations may be set here, so GLIMPSE_TEST_WEB_FILE_URL is needed')
  return settings
}

const pageSchema = z.object({ images: z.array(z.object({ id: z.string(), protected: z.boolean() })) })

async function removeImages(image: ImageClient, projectId: string): Promise<void> {
  for (const hidden of ['false', 'true']) {
    for (;;) {
      const query = `owner=${projectId}&visibility=all&os_hidden=${hidden}&limit=100`
      const page = pageSchema.parse(JSON.parse((await image('GET', `/v2/images?${query}`)).text))
      if (page.images.length === 0) break
      await Promise.all(page.images.map((found) => removeImage(image, found)))
    }
  }
}

async function removeImage(image: ImageClient, found: { id: string; protected: boolean }): Promise<void> {
  const path = `/v2/images/${found.id}`
  if (found.protected) {
    const type = 'application/openstack-images-v2.1-json-patch'
    await image('PATCH', path, JSON.stringify([{ op: 'replace', path: '/protected', value: false }]), type)
  }
  const response = await image('DELETE', path)
  if (response.status !== 204 && response.status !== 404)
    throw new Error(`DELETE ${path} answered ${response.status}: ${response.text}`)
}
