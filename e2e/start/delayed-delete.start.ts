import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send } from '../support/http-client'
import { signIn } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'

let server: Awaited<ReturnType<typeof startServer>>
let token = ''

beforeAll(async () => {
  server = await startServer({
    settings: {
      GLIMPSE__IMAGES__DELAYED_DELETE: 'true',
      GLIMPSE__IMAGES__SCRUB_TIME_SECONDS: '600',
    },
  })
  const credentials = { username: 'admin', password: server.adminPassword, projectName: 'admin' }
  token = (await signIn(server.authUrl, credentials)).token
})
afterAll(() => server.stop())

const call = (method: string, path: string, body?: string, type = 'application/json') =>
  send(new URL(server.url), {
    method,
    path: `/v2/images${path}`,
    headers: { 'X-Auth-Token': token, 'Content-Type': type },
    ...(body !== undefined && { body }),
  })

async function storedImage(): Promise<string> {
  const document = { name: 'x', disk_format: 'raw', container_format: 'bare', tags: ['t'], colour: 'red' }
  const { id } = JSON.parse((await call('POST', '', JSON.stringify(document))).text)
  expect((await call('PUT', `/${id}/file`, 'bytes', 'application/octet-stream')).status).toBe(204)
  return id
}

const shown = async (id: string) => JSON.parse((await call('GET', `/${id}`)).text)
const statusOf = async (id: string, path = '') => (await call('GET', `/${id}${path}`)).status

describe('11.4 delayed deletion', () => {
  it('answers 404 for a deleted image everywhere, and restores it after the process was killed', async () => {
    const id = await storedImage()
    const before = await shown(id)
    expect((await call('DELETE', `/${id}`)).status).toBe(204)
    expect([await statusOf(id), await statusOf(id, '/file'), await statusOf(id, '/members')]).toEqual([404, 404, 404])
    expect((await call('DELETE', `/${id}`)).status).toBe(404)
    expect(JSON.parse((await call('GET', '?status=pending_delete')).text).images).toEqual([])
    await server.kill()
    await server.restart()
    const restored = await call('POST', `/${id}/actions/restore`)
    expect({ status: restored.status, body: restored.text }).toEqual({ status: 204, body: '' })
    expect(await shown(id)).toEqual({ ...before, updated_at: expect.any(String) })
    expect((await call('GET', `/${id}/file`)).text).toBe('bytes')
  })
})
