import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { inTransaction } from '@/lib/db/transaction'
import { type EventOutcome, serviceItself } from '@/lib/events/event'
import { insertEvents, readEvents } from '@/lib/events/event-repo'
import { setClock } from '@/lib/runtime/clock'
import { sweepEvents } from './event-sweep'

describe.each(testFlavours())('sweepEvents on %s', (flavour) => {
  let database: TestDatabase

  beforeEach(async () => {
    database = await openTestDatabase(flavour, { GLIMPSE__EVENTS__RETENTION_DAYS: '2' })
  })
  afterEach(async () => {
    setClock(undefined)
    await database.close()
  })

  const insert = (count: number, outcome: EventOutcome) =>
    inTransaction(database.db, (tx) =>
      insertEvents(
        tx,
        Array.from({ length: count }, () => ({ type: 'image.update' as const, by: serviceItself, payload: {} })),
        outcome,
      ),
    )
  const afterHours = (hours: number) => setClock({ now: () => new Date(Date.now() + hours * 3_600_000) })

  it('forgets progress after an hour and everything after its time, however much there is', async () => {
    await insert(1, 'progress')
    await insert(1001, 'success')
    await sweepEvents()
    expect(await readEvents(0, 2000)).toHaveLength(1002)
    afterHours(1.1)
    await insert(1, 'success')
    await sweepEvents()
    expect(await readEvents(0, 2000)).toHaveLength(1002)
    afterHours(48.5)
    await sweepEvents()
    expect(await readEvents(0, 2000)).toHaveLength(1)
  })
})
