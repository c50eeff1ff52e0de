import Database from 'better-sqlite3'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { listNamespaces } from './list-namespaces'
import { createNamespace } from './namespaces'
import { parseNamespaceQuery } from './parse-queries'

const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })
const reader = contextOf({ roles: ['reader'] })

describe.each(testFlavours())('a page of namespaces on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour)
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await database.close()
  })

  it('takes as many statements for many as for one', async () => {
    const properties = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { type: 'string', title: 't' }]))
    for (let index = 0; index < 30; index += 1) {
      const types = [{ name: 'T' }, { name: `T${index}` }]
      await createNamespace(admin, {
        ...{ namespace: `n${index}`, visibility: 'public', resource_type_associations: types, properties },
      })
    }
    // What the drivers are asked, whoever asks them.
    const asked =
      flavour === 'sqlite' ? vi.spyOn(Database.prototype, 'prepare') : vi.spyOn(pg.Client.prototype, 'query')
    const page = async (limit: number) => {
      asked.mockClear()
      const { rows } = await listNamespaces(reader, parseNamespaceQuery(new URLSearchParams({ limit: String(limit) })))
      expect([rows.length, rows.flatMap(({ associations }) => associations).length]).toEqual([limit, 2 * limit])
      return asked.mock.calls.length
    }
    const one = await page(1)
    expect(one).toBeGreaterThan(0)
    expect(await page(30)).toBe(one)
  })
})
