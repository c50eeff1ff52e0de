import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dashboardCookies } from '../support/dashboard-client.mjs'
import { send } from '../support/http-client'
import { IdentityAdmin, signIn } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'

let server: Awaited<ReturnType<typeof startServer>>
let adminToken = ''
let ownerToken = ''
let strangerToken = ''

beforeAll(async () => {
  const settings = { GLIMPSE__POLICY__ENFORCE_NEW_DEFAULTS: 'false' }
  server = await startServer({ settings })
  const { authUrl, adminPassword: password } = server
  adminToken = (await signIn(authUrl, { username: 'admin', password, projectName: 'admin' })).token
  const identity = new IdentityAdmin(authUrl, adminToken)
  const role = await identity.createRole('a-role-that-no-rule-names')
  const personIn = async (name: string) => {
    const [project, user] = [await identity.createProject(name), await identity.createUser(name, 'a password')]
    await identity.grant(project, user, role)
    return (await signIn(authUrl, { username: name, password: 'a password', projectName: name })).token
  }
  ownerToken = await personIn('owner')
  strangerToken = await personIn('stranger')
})
afterAll(() => server.stop())

async function ask(token: string, method: string, path: string, body?: unknown, type = 'application/json') {
  const answer = await send(new URL(server.url), {
    ...{ method, path },
    headers: { 'X-Auth-Token': token, 'Content-Type': type, Accept: 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const isDocument = answer.text.startsWith('{')
  return { status: answer.status, document: isDocument ? JSON.parse(answer.text) : answer.text }
}

const patchType = 'application/openstack-images-v2.1-json-patch'
const rename = [{ op: 'replace', path: '/name', value: 'n' }]

describe('without enforcing new defaults', () => {
  it('whoever has a token works with images of its project, and reads but does not change those of others', async () => {
    const made = await ask(ownerToken, 'POST', '/v2/images', { visibility: 'community' })
    expect(made.status).toBe(201)
    const path = `/v2/images/${made.document.id}`
    const asStranger = (method: string, rest = '', body?: unknown, type?: string) =>
      ask(strangerToken, method, `${path}${rest}`, body, type)
    expect((await asStranger('GET')).status).toBe(200)
    const notYours = { status: 403, document: { message: 'You do not own this image<br /><br />\n\n\n' } }
    expect(await asStranger('PATCH', '', rename, patchType)).toMatchObject(notYours)
    expect(await asStranger('PUT', '/file', 'x', 'application/octet-stream')).toMatchObject(notYours)
    expect(await asStranger('POST', '/actions/deactivate')).toMatchObject(notYours)
    expect(await asStranger('DELETE')).toMatchObject(notYours)
    expect((await ask(ownerToken, 'PATCH', path, rename, patchType)).status).toBe(200)
    expect((await ask(ownerToken, 'GET', '/v2/images')).document.images).toHaveLength(1)
    const foreign = { owner: 'somebody else' }
    expect((await ask(ownerToken, 'POST', '/v2/images', foreign)).status).toBe(403)
    expect((await ask(ownerToken, 'GET', '/v2/tasks')).status).toBe(403)
    expect((await ask(ownerToken, 'DELETE', path)).status).toBe(204)
  })

  it('whoever has a token reads public metadata definitions, which administrators write', async () => {
    const namespace = { namespace: 'Former', visibility: 'public' }
    expect((await ask(adminToken, 'POST', '/v2/metadefs/namespaces', namespace)).status).toBe(201)
    const path = '/v2/metadefs/namespaces/Former'
    expect((await ask(strangerToken, 'GET', path)).status).toBe(200)
    expect((await ask(strangerToken, 'GET', '/v2/metadefs/namespaces')).status).toBe(200)
    expect((await ask(strangerToken, 'PUT', path, namespace)).status).toBe(403)
    expect((await ask(strangerToken, 'POST', '/v2/metadefs/namespaces', { namespace: 'x' })).status).toBe(403)
  })

  it('administrators are told so, until they choose a preset', async () => {
    const cookie = await dashboardCookies(new URL(server.url), 'admin', server.adminPassword)
    const policy = async (method = 'GET', path = '', body?: object) => {
      const { text } = await send(new URL(server.url), {
        ...{ method, path: `/api/ui/policy${path}` },
        headers: { cookie, Origin: new URL(server.url).origin, 'Content-Type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return JSON.parse(text)
    }
    const { enforceNewDefaults, preset, rules } = await policy()
    expect([enforceNewDefaults, preset.name]).toEqual([false, 'mixed'])
    const [{ value }] = rules.filter(({ name }: { name: string }) => name === 'get_metadef_objects')
    expect(value).toMatch(/ or \(rule:metadef_default\)$/)
    await policy('POST', '/preset', { preset: 'upstream', reason: 'a test' })
    expect((await policy()).preset.name).toBe('upstream')
    expect((await ask(strangerToken, 'GET', '/v2/metadefs/namespaces')).status).toBe(404)
  })
})
