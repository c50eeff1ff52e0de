import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dashboardCookies } from '../support/dashboard-client.mjs'
import { send } from '../support/http-client'
import { signIn } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'

let server: Awaited<ReturnType<typeof startServer>>
let base: URL
let cookie = ''
let headers: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  server = await startServer()
  base = new URL(server.url)
  const { adminPassword: password } = server
  const { token } = await signIn(server.authUrl, { username: 'admin', password, projectName: 'admin' })
  headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' }
  cookie = await dashboardCookies(base, 'admin', password)
})
afterAll(() => server.stop())

/** Everything that comes on an event stream until it ends or is closed. */
function follow(more: Readonly<Record<string, string>> = {}) {
  let text = ''
  const asked = request({ host: base.hostname, port: base.port, path: '/api/ui/events', headers: { cookie, ...more } })
  const ended = new Promise<string>((resolve) => {
    asked.on('error', () => resolve('cut'))
    asked.on('response', (message) => {
      message.setEncoding('utf8')
      message.on('data', (chunk: string) => {
        text += chunk
      })
      message.on('end', () => resolve('ended'))
      message.on('error', () => resolve('cut'))
    })
  })
  asked.end()
  return { text: () => text, ended, close: () => asked.destroy() }
}

async function create(document: object = {}): Promise<string> {
  const answer = await send(base, { method: 'POST', path: '/v2/images', headers, body: JSON.stringify(document) })
  expect(answer.status).toBe(201)
  return JSON.parse(answer.text).id
}

const poll = { timeout: 10_000, interval: 20 }

describe('the event stream', () => {
  it('brings a change within a second, and what was missed since the last one', async () => {
    const stream = follow()
    await expect.poll(stream.text, poll).toMatch(/^retry: \d+\nid: \d+\n\n/)
    const id = await create()
    const createdAt = Date.now()
    await expect.poll(stream.text, poll).toContain(id)
    expect(Date.now() - createdAt).toBeLessThan(3000)
    stream.close()
    const seen = /id: (\d+)\ndata: /.exec(stream.text())?.[1] ?? ''
    const missed = await create()
    const next = follow({ 'last-event-id': seen })
    await expect.poll(next.text, poll).toContain(missed)
    expect(next.text()).not.toContain(id)
    next.close()
  })

  it('is for sessions, and not for the pages of other sites', async () => {
    const path = '/api/ui/events'
    expect((await send(base, { path })).status).toBe(401)
    const foreign = { cookie, 'Sec-Fetch-Site': 'cross-site' }
    expect((await send(base, { path, headers: foreign })).status).toBe(403)
  })
})

describe('the audit', () => {
  it('says who changed what, and is for administrators with a session', async () => {
    const id = await create({ name: 'audited' })
    const read = (query: string, sent: Readonly<Record<string, string>> = { cookie }) =>
      send(base, { path: `/api/ui/audit?${query}`, headers: sent })
    const { records } = JSON.parse((await read(`image=${id}`)).text)
    expect(records).toMatchObject([
      { type: 'image.create', outcome: 'success', imageId: id, after: { name: 'audited' }, before: null },
    ])
    expect((await read(`image=${id}`, {})).status).toBe(401)
    for (const query of ['limit=0', 'limit=x', 'nonsense=1', 'image=%00']) expect((await read(query)).status).toBe(400)
  })

  it('knows of writes that were refused', async () => {
    const id = await create({ protected: true })
    const refused = await send(base, { method: 'DELETE', path: `/v2/images/${id}`, headers })
    expect(refused.status).toBe(403)
    const answer = await send(base, { path: `/api/ui/audit?image=${id}&limit=1`, headers: { cookie } })
    expect(JSON.parse(answer.text).records).toMatchObject([
      {
        type: `DELETE /v2/images/${id}`,
        outcome: 'refused',
        requestId: refused.headers['x-openstack-request-id'],
        after: { status: 403, reason: `Image ${id} is protected and cannot be deleted.` },
      },
    ])
  })
})

describe('SIGTERM', () => {
  it('ends event streams, which would hold the process up for the whole grace period', async () => {
    const stream = follow()
    await expect.poll(stream.text, poll).toContain('retry')
    const startedAt = Date.now()
    process.kill(server.pid ?? 0, 'SIGTERM')
    expect(await stream.ended).toBe('ended')
    await expect
      .poll(
        () =>
          send(base, { path: '/healthcheck' }).then(
            () => 'up',
            () => 'down',
          ),
        poll,
      )
      .toBe('down')
    expect(Date.now() - startedAt).toBeLessThan(10_000)
    await server.restart()
  })
})
