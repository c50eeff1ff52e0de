import { afterEach, describe, expect, it } from 'vitest'
import type { RequestContext } from '@/lib/context/request-context'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { setClock } from '@/lib/runtime/clock'
import { createImage } from './create-image'
import { type ImageFilters, noFilters } from './image-query'
import { countNews, type NewsStart, newsStart } from './new-images'
import { patchImage } from './patch-image'

const member = contextOf({ roles: ['member', 'reader'] })
const stranger = contextOf({ roles: ['member', 'reader'], projectId: 'theirs' })
const admin = contextOf({ roles: ['admin', 'member', 'reader'], projectId: 'admins' })

const count = (ctx: RequestContext, filters: ImageFilters, start: NewsStart, shown: readonly string[] = []) =>
  countNews(ctx, filters, start, { shown, max: 5 })

const seconds = (after: number) => {
  const at = new Date(Date.parse('2026-05-01T12:00:00Z') + after * 1000)
  setClock({ now: () => at })
}

describe.each(testFlavours())('what is new in a list, on %s', (flavour) => {
  let database: TestDatabase
  afterEach(async () => {
    setClock(undefined)
    await database.close()
  })

  it('is what was created after the page was made, also in the same second, and what a slow clock dates back', async () => {
    database = await openTestDatabase(flavour)
    seconds(0.2)
    const before = await createImage(member, { name: 'before' })
    const start = await newsStart(member, noFilters)
    expect(start.known).toEqual([before.id])
    expect(await count(member, noFilters, start)).toBe(0)
    seconds(0.9)
    await createImage(member, {})
    seconds(-20)
    await createImage(member, {})
    expect(await count(member, noFilters, start)).toBe(2)
  })

  it('is nothing that the reader may not see or that the filters leave out', async () => {
    database = await openTestDatabase(flavour)
    seconds(0)
    const tagged: ImageFilters = { ...noFilters, tags: ['a'] }
    const start = await newsStart(member, tagged)
    seconds(5)
    await createImage(stranger, { tags: ['a'] })
    await createImage(member, { tags: ['b'] })
    expect(await count(member, tagged, start)).toBe(0)
    const own = await createImage(member, { tags: ['a'] })
    expect(await count(member, tagged, start)).toBe(1)
    expect(await count(member, tagged, start, [own.id])).toBe(0)
    expect(await count(admin, tagged, start)).toBe(2)
  })

  it('is whatever comes to match when the page shows all that does', async () => {
    database = await openTestDatabase(flavour)
    seconds(0)
    const shown = await createImage(member, { tags: ['a'] })
    const other = await createImage(member, {})
    seconds(3600)
    const tagged: ImageFilters = { ...noFilters, tags: ['a'] }
    const whole = { since: null, known: [] }
    expect(await count(member, tagged, whole, [shown.id])).toBe(0)
    await patchImage(member, other.id, [{ op: 'replace', path: ['tags'], value: ['a'] }], { dialect: 'v2.1' })
    expect(await count(member, tagged, whole, [shown.id])).toBe(1)
  })

  it('is counted to a limit, and names few images where many came at once', async () => {
    database = await openTestDatabase(flavour)
    for (let index = 0; index < 55; index++) {
      seconds(index / 10)
      await createImage(member, {})
    }
    const start = await newsStart(member, noFilters)
    expect(start.known.length).toBeGreaterThan(0)
    expect(start.known.length).toBeLessThanOrEqual(50)
    expect(await count(member, noFilters, start)).toBe(0)
    seconds(10)
    for (let index = 0; index < 7; index++) await createImage(member, {})
    expect(await count(member, noFilters, start)).toBe(5)
  })
})
