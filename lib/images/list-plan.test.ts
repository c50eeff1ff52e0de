import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateDatabase } from '@/lib/db/migrate'
import { completeSort, type ImageFilters, noFilters } from './image-query'
import { hydration } from './image-rows'
import { type Driver, listStatement } from './list-sql'

const rare: ImageFilters = { ...noFilters, properties: [{ name: 'build', value: 'b7' }], tags: ['x'] }
const recent: ImageFilters = {
  ...noFilters,
  times: [{ column: 'createdAt', operator: 'gte', at: new Date('2026-01-01') }],
}
const queries: readonly (readonly [string, ImageFilters, Driver | undefined])[] = [
  ['no filter', noFilters, undefined],
  ['a frequent property', rare, undefined],
  ['a rare property', rare, { kind: 'property', index: 0 }],
  ['a rare tag', rare, { kind: 'tag', index: 0 }],
]

describe('the plan of a list on SQLite, which has no statistics unless somebody runs ANALYZE', () => {
  let folder = ''
  let database: Database.Database
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'glimpse-plan-'))
    await migrateDatabase(`file:${join(folder, 'a.db')}`)
    database = new Database(join(folder, 'a.db'), { readonly: true })
  })
  afterAll(() => {
    database.close()
    rmSync(folder, { recursive: true })
  })

  for (const [what, filters, driver] of queries) {
    for (const isAdmin of [true, false]) {
      it(`finds what belongs to an image by its id: ${what}, ${isAdmin ? 'administrator' : 'member'}`, () => {
        const query = { filters, sort: completeSort([{ column: 'createdAt', direction: 'desc' }]), limit: 25 }
        const { sql, params } = listStatement('sqlite', { isAdmin, projectId: 'p' }, query, driver, hydration.sqlite)
        const named = Object.fromEntries(params.map((value, index) => [`p${index + 1}`, value]))
        const plan = database.prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(named)
        const steps = plan.map((step) => step.detail)
        // Tags t, properties p and t, locations l: by image, or as the few rows that drive the list.
        const lookups = steps.filter((step) => /^SEARCH [lpt] /.test(step))
        expect(lookups.length).toBeGreaterThanOrEqual(3)
        for (const step of lookups) expect(step).toMatch(/imageId=\?|valuePrefix=\?|ImageTag_value/)
        expect(steps.filter((step) => /^SCAN [ilpt]\b/.test(step))).toEqual([])
      })
    }
  }

  for (const isAdmin of [true, false]) {
    it(`begins at the time from which images are asked for: ${isAdmin ? 'administrator' : 'member'}`, () => {
      const query = { filters: recent, sort: completeSort([]), limit: 100 }
      const { sql, params } = listStatement('sqlite', { isAdmin, projectId: 'p' }, query, undefined, 'i."id"')
      const named = Object.fromEntries(params.map((value, index) => [`p${index + 1}`, value]))
      const plan = database.prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(named)
      const steps = plan.map((step) => step.detail)
      expect(steps.filter((step) => /^SEARCH i USING .*INDEX .*createdAt>\?/.test(step))).toHaveLength(isAdmin ? 1 : 3)
      expect(steps.filter((step) => /^SCAN i\b/.test(step))).toEqual([])
    })
  }
})
