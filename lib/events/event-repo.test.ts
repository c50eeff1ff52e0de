import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { setClock } from '@/lib/runtime/clock'
import { type NewEvent, serviceItself } from './event'
import { findAuditRows, firstPosition, forgetEvents, insertEvents, lastPosition, readEvents } from './event-repo'
import { auditRefusal } from './refusals'

const event = (name: string): NewEvent => ({
  type: 'image.update',
  by: serviceItself,
  imageId: name,
  payload: { name },
})

describe.each(testFlavours())('events on %s', (flavour) => {
  let database: TestDatabase
  /** the place of the last event of the tests before */
  let start = 0

  beforeAll(async () => {
    database = await openTestDatabase(flavour)
  })
  beforeEach(async () => {
    start = await lastPosition()
  })
  afterEach(() => setClock(undefined))
  afterAll(() => database.close())

  const insert = (name: string) => inTransaction(database.db, (tx) => insertEvents(tx, [event(name)]))
  const namesAfter = async (position: number) => (await readEvents(position, 5000)).map(({ imageId }) => imageId)

  it('come in the order of their places, from any place on', async () => {
    for (const name of ['a', 'b', 'c']) await insert(name)
    const all = await readEvents(start, 10)
    expect(all.map(({ position, imageId }) => [position - start, imageId])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
    expect(await namesAfter(start + 2)).toEqual(['c'])
    expect(await readEvents(start, 2)).toHaveLength(2)
    expect(await lastPosition()).toBe(start + 3)
  })

  it('are not there when their transaction failed', async () => {
    const failing = inTransaction(database.db, async (tx) => {
      await insertEvents(tx, [event('lost')])
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await insert('kept')
    expect(await namesAfter(start)).toEqual(['kept'])
  })

  // On SQLite nothing is written beside a transaction that writes.
  if (flavour === 'postgresql') {
    it('of a transaction that ends late come after those that were read before its end', async () => {
      const slow = await inTransaction(database.db, async (tx) => {
        await insertEvents(tx, [event('slow')])
        await insert('fast')
        const [fast] = await readEvents(start, 10)
        return fast
      })
      expect(slow?.imageId).toBe('fast')
      expect(await namesAfter(slow?.position ?? start)).toEqual(['slow'])
    })
  }

  it('get one place each when many read at once, and more than one batch of them', async () => {
    const events = Array.from({ length: 1201 }, (_, index) => event(String(index)))
    await inTransaction(database.db, (tx) => insertEvents(tx, events))
    const answers = await Promise.all(Array.from({ length: 4 }, () => readEvents(start, 5000)))
    for (const answer of answers) {
      expect(answer.map(({ position }) => position)).toEqual(events.map((_, index) => start + index + 1))
      expect(answer.map(({ imageId }) => imageId)).toEqual(events.map(({ imageId }) => imageId))
    }
  })

  it('never take the place of one that is forgotten', async () => {
    await insert('old')
    expect(await namesAfter(start)).toEqual(['old'])
    setClock({ now: () => new Date(Date.now() + 2000) })
    expect(
      await forgetEvents(database.db, { before: new Date(Date.now() + 1000), limit: 5000, outcome: 'success' }),
    ).toBeGreaterThan(0)
    expect(await firstPosition()).toBeUndefined()
    await insert('new')
    expect(await readEvents(start + 1, 10)).toMatchObject([{ position: start + 2, imageId: 'new' }])
    expect(await firstPosition()).toBe(start + 2)
  })

  it('keep text that a database refuses, as well as they can', async () => {
    const payload = { 'k\0': 'a\0b', half: '\ud800', slash: '\\u0000', quote: '"\\', pair: '😀' }
    await inTransaction(database.db, (tx) => insertEvents(tx, [{ ...event('a'), payload, before: payload }]))
    const [row] = await readEvents(start, 1)
    const kept = { 'k\ufffd': 'a\ufffdb', half: '\ufffd', slash: '\\u0000', quote: '"\\', pair: '😀' }
    expect(row).toMatchObject({ payload: kept, before: kept })
  })

  it('of refusals and of progress: the audit shows the former, the stream the latter', async () => {
    const ctx = contextOf({ userId: 'u1' })
    const attempt = { method: 'PATCH', path: '/v2/images/X', imageId: '0B3F0D60-9E3A-4B0A-8B9C-0123456789AB' }
    const denied = apiError('policy_denied')
    await auditRefusal(ctx, attempt, denied)
    await auditRefusal(ctx, { ...attempt, method: 'GET' }, denied)
    await auditRefusal(ctx, attempt, apiError('bad_request'))
    await auditRefusal(ctx, attempt, new Error('broken'))
    await auditRefusal(contextOf({ userId: '' }), attempt, denied)
    await inTransaction(database.db, (tx) => insertEvents(tx, [{ ...event('p'), type: 'task.progress' }], 'progress'))
    await insert('a')
    expect(await namesAfter(start)).toEqual(['p', 'a'])
    const { rows } = await findAuditRows({ limit: 2 })
    expect(rows.map(({ type, outcome }) => [type, outcome])).toEqual([
      ['image.update', 'success'],
      ['PATCH /v2/images/X', 'refused'],
    ])
    expect(rows[1]).toMatchObject({
      userId: 'u1',
      projectId: 'mine',
      requestId: 'req-1',
      imageId: attempt.imageId.toLowerCase(),
      payload: { status: 403, reason: 'You are not authorized to complete this action.' },
    })
    const first = await findAuditRows({ limit: 1 })
    expect(first).toEqual({ rows: [rows[0]], next: rows[0]?.id })
    expect((await findAuditRows({ limit: 1, beforeId: first.next ?? 0 })).rows).toEqual([rows[1]])
    expect(await findAuditRows({ limit: 10, userId: 'u1' })).toEqual({ rows: [rows[1]], next: null })
  })
})
