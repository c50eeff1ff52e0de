import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isApiError } from '@/lib/errors/api-error'
import { migrateDatabase } from './migrate'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glimpse-migrate-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('migrateDatabase on SQLite', () => {
  it('makes every table once and applies nothing the second time', async () => {
    const url = `file:${join(folder, 'new', 'a.db')}`
    expect((await migrateDatabase(url)).length).toBeGreaterThan(0)
    expect(await migrateDatabase(url)).toEqual([])
    const database = new Database(url.slice('file:'.length))
    expect(database.prepare('select count(*) n from "Image"').get()).toEqual({ n: 0 })
    database.close()
  })

  it('refuses a database of a newer version and names the migration', async () => {
    const url = `file:${join(folder, 'a.db')}`
    await migrateDatabase(url)
    const database = new Database(url.slice('file:'.length))
    database.exec(
      "insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'y', '29990101000000_future', 1)",
    )
    database.close()
    const refusal = await migrateDatabase(url).catch((error: unknown) => error)
    expect(isApiError(refusal) && refusal.code).toBe('database_newer')
    expect(String(refusal)).toContain('29990101000000_future')
  })
})
