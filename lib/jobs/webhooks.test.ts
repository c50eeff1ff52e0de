import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { lastPosition } from '@/lib/events/event-repo'
import { createImage } from '@/lib/images/create-image'
import { addMember } from '@/lib/images/members'
import { addTag } from '@/lib/images/tag-image'
import { setClock } from '@/lib/runtime/clock'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { findWebhookState } from './webhook-repo'
import { deliverEvents, type Webhook } from './webhooks'

const member = contextOf({ userId: 'u1', roles: ['member', 'reader'] })
const running = new AbortController().signal
const secret = 'a secret of the tests'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly message: { message_id: string; event_type: string; payload: { id: string } }
}

describe.each(testFlavours())('webhooks on %s', (flavour) => {
  let database: TestDatabase
  let server: Server
  let hook: Webhook
  let received: Received[] = []
  /** What the receiver does with each delivery; 200 when nothing is left. */
  let answers: (() => number | Promise<number>)[] = []

  beforeEach(async () => {
    database = await openTestDatabase(flavour, { GLIMPSE__LOG__LEVEL: 'silent' })
    received = []
    answers = []
    server = createServer(async (request, response) => {
      const body = (await request.setEncoding('utf8').toArray()).join('')
      received.push({ headers: request.headers, body, message: JSON.parse(body) })
      const status = (await answers.shift()?.()) ?? 200
      response.writeHead(status, { location: `http://127.0.0.1:${portOf(server)}/elsewhere` }).end('thanks')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${portOf(server)}/hook`
    hook = { id: 'h', url, secret, events: ['image'], tries: 3, allowPrivateAddress: true }
    await round()
  })
  afterEach(async () => {
    setClock(undefined)
    setNodeIdentity(undefined)
    server.closeAllConnections()
    server.close()
    await database.close()
  })

  const round = () => deliverEvents(hook, running)
  const later = (seconds: number) => setClock({ now: () => new Date(Date.now() + seconds * 1000) })
  const position = async () => (await findWebhookState('h', lastPosition)).position
  const types = () => received.map(({ message }) => message.event_type)
  const ids = () => received.map(({ message }) => message.message_id)

  it('tell what happens from their registration on, in order, signed', async () => {
    const { id } = await createImage(member, { name: 'x', visibility: 'shared' })
    await addMember(member, id, 'theirs')
    await addTag(member, id, 't')
    await round()
    expect(types()).toEqual(['image.create', 'image.member.create', 'image.update'])
    for (const { headers, body } of received) {
      const timestamp = String(headers['x-glimpse-timestamp'])
      const expected = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
      expect(headers['x-glimpse-signature']).toBe(`sha256=${expected}`)
      expect(Math.abs(Number(timestamp) * 1000 - Date.now())).toBeLessThan(60_000)
    }
    expect(received[0]?.message).toMatchObject({
      publisher_id: 'image.glimpse',
      priority: 'INFO',
      _context_user_id: 'u1',
      _context_project_id: 'mine',
      _context_request_id: 'req-1',
      payload: { id, name: 'x', status: 'queued' },
    })
    await round()
    expect(received).toHaveLength(3)
    expect(new Set(ids()).size).toBe(3)
  })

  it('tell only what was asked for', async () => {
    hook = { ...hook, events: ['image.member', 'image.update'] }
    const { id } = await createImage(member, { visibility: 'shared' })
    await addMember(member, id, 'theirs')
    await addTag(member, id, 't')
    await round()
    expect(types()).toEqual(['image.member.create', 'image.update'])
    expect(await position()).toBe(await lastPosition())
  })

  it('try again after a pause, the same message, before any later one', async () => {
    await createImage(member, {})
    await createImage(member, {})
    answers = [() => 503, () => 302]
    await round()
    await round()
    expect(received).toHaveLength(1)
    later(5.1)
    await round()
    later(14)
    await round()
    expect(received).toHaveLength(2)
    later(16)
    await round()
    expect(received).toHaveLength(4)
    const [first, second, third, fourth] = ids()
    expect([second, third]).toEqual([first, first])
    expect(fourth).not.toBe(first)
  })

  it('give an event up after so many tries, and go on with the next', async () => {
    await createImage(member, {})
    const next = await createImage(member, {})
    answers = [() => 500, () => 500, () => 500]
    for (const seconds of [0, 6, 20]) {
      later(seconds)
      await round()
    }
    expect(received.map(({ message }) => message.payload.id).slice(-1)).toEqual([next.id])
    expect(received).toHaveLength(4)
    expect(await position()).toBe(await lastPosition())
  })

  it('are never sent twice by nodes that work at the same time', async () => {
    await createImage(member, {})
    await createImage(member, {})
    answers = [
      async () => {
        setNodeIdentity({ nodeId: 'other', bootId: 'b' })
        await round()
        setNodeIdentity({ nodeId: 'this', bootId: 'b' })
        return 200
      },
    ]
    setNodeIdentity({ nodeId: 'this', bootId: 'b' })
    await round()
    expect(new Set(ids()).size).toBe(2)
    expect(received).toHaveLength(2)
    for (let count = 0; count < 5; count++) await createImage(member, {})
    await Promise.all([round(), round(), round()])
    await round()
    expect(received).toHaveLength(7)
  })

  it('are sent again by another node when one dies before it could note the answer', async () => {
    await createImage(member, {})
    await createImage(member, {})
    answers = [
      async () => {
        later(61)
        setNodeIdentity({ nodeId: 'other', bootId: 'b' })
        await round()
        setNodeIdentity({ nodeId: 'this', bootId: 'b' })
        return 200
      },
    ]
    setNodeIdentity({ nodeId: 'this', bootId: 'b' })
    await round()
    const [first, again, second] = ids()
    expect(again).toBe(first)
    expect(second).not.toBe(first)
    expect(received).toHaveLength(3)
    expect(await position()).toBe(await lastPosition())
  })

  it('do not go to private addresses unless they may', async () => {
    hook = { ...hook, allowPrivateAddress: false }
    await createImage(member, {})
    await round()
    expect(received).toEqual([])
    expect((await findWebhookState('h', lastPosition)).attempts).toBe(1)
  })

  it('count no try and lose nothing when the node stops', async () => {
    await createImage(member, {})
    const stopping = new AbortController()
    answers = [
      () => {
        stopping.abort()
        return new Promise(() => {})
      },
    ]
    await deliverEvents(hook, stopping.signal)
    expect(await findWebhookState('h', lastPosition)).toMatchObject({ attempts: 0, holder: '' })
    await round()
    expect(types()).toEqual(['image.create', 'image.create'])
  })
})

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
