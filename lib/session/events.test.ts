import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RequestContext } from '@/lib/context/request-context'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'
import { serviceItself } from '@/lib/events/event'
import { forgetEvents, insertEvents, lastPosition } from '@/lib/events/event-repo'
import { createImage } from '@/lib/images/create-image'
import { deleteImage } from '@/lib/images/delete-image'
import { addMember, removeMember } from '@/lib/images/members'
import { eventFrames, type Following } from './events'

const admin = contextOf({ roles: ['admin', 'member', 'reader'], projectId: 'admins' })
const member = contextOf({ roles: ['member', 'reader'] })
const stranger = contextOf({ roles: ['member', 'reader'], projectId: 'theirs' })

describe.each(testFlavours())('eventFrames on %s', (flavour) => {
  let database: TestDatabase
  let stopping: AbortController[] = []

  beforeAll(async () => {
    database = await openTestDatabase(flavour)
  })
  afterEach(() => {
    for (const controller of stopping) controller.abort()
    stopping = []
  })
  afterAll(() => database.close())

  function follow(ctx: RequestContext, options: Partial<Following> = {}) {
    const controller = new AbortController()
    stopping.push(controller)
    const contextNow = async () => ctx
    const frames = eventFrames(ctx, { lastEventId: '', contextNow, signal: controller.signal, ...options })
    return { frames, stop: () => controller.abort() }
  }
  async function next(frames: AsyncGenerator<string>): Promise<string> {
    const { value, done } = await frames.next()
    return done ? 'end' : value
  }
  /** Kind and image of the next event that has some. */
  async function nextEvent(frames: AsyncGenerator<string>) {
    const frame = await next(frames)
    const [, id = '', data = '{}'] = /^id: (\d+)\ndata: (.*)\n\n$/.exec(frame) ?? []
    const { kind, imageId, progress } = JSON.parse(data)
    return { id, kind, imageId, ...(progress !== undefined && { progress }) }
  }
  const insertTaskEvent = (type: 'task.create' | 'task.progress', projectId: string, payload: object) =>
    inTransaction(database.db, (tx) =>
      insertEvents(tx, [
        { type, by: { ...serviceItself, projectId }, taskId: 't', imageId: null, payload: { ...payload } },
      ]),
    )

  it('brings what happens from now on, to those who may see the image, and without its data', async () => {
    await createImage(member, { name: 'before' })
    const [own, all, none] = [follow(member), follow(admin), follow(stranger)]
    const start = await lastPosition()
    for (const { frames } of [own, all, none]) expect(await next(frames)).toBe(`retry: 2000\nid: ${start}\n\n`)
    const { id } = await createImage(member, { name: 'secret-name' })
    const open = await createImage(member, { visibility: 'community' })
    await deleteImage(member, id)
    const frame = await next(own.frames)
    expect(frame).toMatch(/^id: \d+\ndata: \{"topic":"image","kind":"image.create",/)
    expect(frame).not.toContain('secret-name')
    expect(await nextEvent(own.frames)).toMatchObject({ kind: 'image.create', imageId: open.id })
    expect(await nextEvent(own.frames)).toMatchObject({ kind: 'image.delete', imageId: id })
    expect(await nextEvent(all.frames)).toMatchObject({ kind: 'image.create', imageId: id })
    expect(await nextEvent(none.frames)).toMatchObject({ kind: 'image.create', imageId: open.id })
  })

  it('tells a project that an image is offered to it, and is no longer', async () => {
    const { frames } = follow(stranger)
    await next(frames)
    const { id } = await createImage(member, { visibility: 'shared' })
    await addMember(member, id, 'theirs')
    expect(await nextEvent(frames)).toMatchObject({ kind: 'image.create', imageId: id })
    expect(await nextEvent(frames)).toMatchObject({ kind: 'image.member.create', imageId: id })
    await removeMember(member, id, 'theirs')
    expect(await nextEvent(frames)).toMatchObject({ kind: 'image.member.delete', imageId: id })
  })

  it('tells of tasks whoever asked for them, and of their progress', async () => {
    const [own, none] = [follow(member), follow(stranger)]
    await next(own.frames)
    await next(none.frames)
    await insertTaskEvent('task.create', 'mine', {})
    await insertTaskEvent('task.progress', 'mine', { progress: 'Copied 3 MiB' })
    await insertTaskEvent('task.create', 'theirs', {})
    expect(await nextEvent(own.frames)).toMatchObject({ kind: 'task.create' })
    expect(await nextEvent(own.frames)).toMatchObject({ kind: 'task.progress', progress: 'Copied 3 MiB' })
    const mine = await nextEvent(none.frames)
    expect(mine).toMatchObject({ kind: 'task.create', id: String(await lastPosition()) })
  })

  it('goes on after the last event that was seen', async () => {
    const seen = await createImage(member, {})
    const lastEventId = String(await lastPosition())
    const missed = await createImage(member, {})
    const { frames } = follow(member, { lastEventId })
    expect(await next(frames)).toBe(`retry: 2000\nid: ${lastEventId}\n\n`)
    expect(await nextEvent(frames)).toMatchObject({ imageId: missed.id })
    expect(missed.id).not.toBe(seen.id)
  })

  it('says that something was missed when it cannot tell what', async () => {
    const old = String(await lastPosition())
    await createImage(member, {})
    await createImage(member, {})
    await lastPosition()
    await forgetEvents(database.db, { before: new Date(Date.now() + 1000), limit: 5000, outcome: 'success' })
    const last = await lastPosition()
    for (const lastEventId of [old, String(last + 1), '-1', 'x', '1e3']) {
      const { frames, stop } = follow(member, { lastEventId })
      expect(await next(frames)).toBe(`retry: 2000\nid: ${last}\nevent: reset\ndata: {}\n\n`)
      stop()
    }
    const events = Array.from(
      { length: 1001 },
      () => ({ type: 'image.update', by: serviceItself, payload: {} }) as const,
    )
    await inTransaction(database.db, (tx) => insertEvents(tx, events))
    expect(await next(follow(member, { lastEventId: String(last) }).frames)).toContain('event: reset')
  })

  it('moves on over what it does not show, asks again who asks, and ends with the session', async () => {
    let asked = 0
    const contextNow = async () => {
      asked += 1
      if (asked > 1) throw apiError('unauthorized')
      return stranger
    }
    const { frames } = follow(stranger, { contextNow, heartbeatMs: 50 })
    await next(frames)
    await createImage(member, { visibility: 'private' })
    expect(await next(frames)).toBe(`id: ${await lastPosition()}\n\n`)
    expect(await next(frames)).toBe('end')
  })

  it('ends when it is stopped while it waits', async () => {
    const { frames, stop } = follow(member)
    await next(frames)
    const waiting = next(frames)
    stop()
    expect(await waiting).toBe('end')
  })
})
