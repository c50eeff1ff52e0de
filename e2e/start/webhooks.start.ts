import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send } from '../support/http-client'
import { signIn } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'

const secret = 'a secret that both sides know'
let server: Awaited<ReturnType<typeof startServer>>
const received: { readonly signature: string; readonly expected: string; readonly text: string }[] = []
let status = 200

const receiver = createServer(async (request, response) => {
  const text = (await request.setEncoding('utf8').toArray()).join('')
  const timestamp = String(request.headers['x-glimpse-timestamp'])
  const expected = `sha256=${createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex')}`
  received.push({ signature: String(request.headers['x-glimpse-signature']), expected, text })
  response.writeHead(status).end()
})

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port } = receiver.address() as AddressInfo
  server = await startServer({
    settings: {
      GLIMPSE__WEBHOOKS__TEST__URL: `http://127.0.0.1:${port}/hook`,
      GLIMPSE__WEBHOOKS__TEST__SECRET: secret,
      GLIMPSE__WEBHOOKS__TEST__ALLOW_PRIVATE_ADDRESS: 'true',
    },
  })
})
afterAll(async () => {
  await server.stop()
  receiver.closeAllConnections()
  receiver.close()
})

const tellingOf = (id: string) => received.filter(({ text }) => text.includes(id))
const poll = { timeout: 30_000, interval: 50 }

describe('a webhook', () => {
  it('hears of a change, signed, also of one that the process was killed after', async () => {
    const base = new URL(server.url)
    const credentials = { username: 'admin', password: server.adminPassword, projectName: 'admin' }
    const { token } = await signIn(server.authUrl, credentials)
    const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' }
    const create = async () => {
      const answer = await send(base, { method: 'POST', path: '/v2/images', headers, body: '{"name":"told"}' })
      const { id }: { id: string } = JSON.parse(answer.text)
      return id
    }
    // Its place is where the events were at its first round.
    await new Promise((resolve) => setTimeout(resolve, 2500))
    const first = await create()
    await expect.poll(() => tellingOf(first).length, poll).toBe(1)
    const [telling] = tellingOf(first)
    expect(telling?.signature).toBe(telling?.expected)
    expect(JSON.parse(telling?.text ?? '')).toMatchObject({ event_type: 'image.create', payload: { name: 'told' } })

    status = 503
    const second = await create()
    await expect.poll(() => tellingOf(second).length, poll).toBe(1)
    await server.kill()
    status = 200
    await server.restart()
    await expect.poll(() => tellingOf(second).length, poll).toBe(2)
    const ids = tellingOf(second).map(({ text }) => JSON.parse(text).message_id)
    expect(ids[0]).toBe(ids[1])
    expect(tellingOf(first)).toHaveLength(1)
  })
})
