import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { setClock } from '@/lib/runtime/clock'
import { listBulkRuns, noteBulkPart } from './bulk-runs'

const ours = contextOf({ userId: 'ann', projectId: 'ours', roles: ['member'] })
const colleague = contextOf({ userId: 'ben', projectId: 'ours', roles: ['reader'] })
const theirs = contextOf({ userId: 'cal', projectId: 'theirs', roles: ['member'] })
const admin = contextOf({ userId: 'root', projectId: 'admin', roles: ['admin'] })
const act = { kind: 'setHidden', value: true }
const failure = { id: 'i1', name: 'one', message: 'It is protected', requestId: 'req-1' }

describe.each(testFlavours())('bulk runs on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour)
  })
  afterEach(async () => {
    setClock(undefined)
    await database.close()
  })

  it('add up what their parts came to', async () => {
    const runId = await noteBulkPart(ours, { doneCount: 3, failed: [failure], skipped: ['so already'] }, { act })
    const other = { ...failure, id: 'i2', name: null }
    await Promise.all([
      noteBulkPart(ours, { doneCount: 2, failed: [other], skipped: ['so already', 'gone'] }, { act, runId }),
      noteBulkPart(ours, { doneCount: 1, failed: [], skipped: [] }, { act, runId }),
    ])
    const [run, ...rest] = await listBulkRuns(ours, 10)
    expect(rest).toEqual([])
    expect(run).toMatchObject({ id: runId, act, doneCount: 6, failedCount: 2, skippedCount: 3 })
    expect(run?.skipped).toEqual({ 'so already': 2, gone: 1 })
    expect(run?.failed).toEqual([failure, other])
  })

  it('are shown to their project and administrators, and go on for their author alone', async () => {
    const part = { doneCount: 1, failed: [], skipped: [] }
    const runId = await noteBulkPart(ours, part, { act })
    const counts = await Promise.all(
      [ours, colleague, theirs, admin].map(async (ctx) => (await listBulkRuns(ctx, 9)).length),
    )
    expect(counts).toEqual([1, 1, 0, 1])
    for (const other of [colleague, theirs, admin]) {
      await expect(noteBulkPart(other, part, { act, runId })).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('are forgotten when tasks are', async () => {
    const part = { doneCount: 1, failed: [], skipped: [] }
    await noteBulkPart(ours, part, { act })
    const later = new Date(Date.now() + 400 * 24 * 3_600_000)
    setClock({ now: () => later })
    expect(await listBulkRuns(ours, 10)).toEqual([])
    await noteBulkPart(theirs, part, { act })
    expect(await database.db.bulkRun.count()).toBe(1)
  })
})
