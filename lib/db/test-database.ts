import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { environment } from '@/lib/config/environment'
import { type EffectiveConfig, loadConfig, setConfig } from '@/lib/config/load'
import { setProcessSingleton } from '@/lib/runtime/process-singleton'
import { type DatabaseFlavour, type Db, openDatabase, tuneConnection } from './client'
import { migrateDatabase } from './migrate'
import { closeRawReader } from './raw-query'

export interface TestDatabase {
  readonly flavour: DatabaseFlavour
  readonly url: string
  /** a folder of its own, which is also the configured data folder */
  readonly folder: string
  readonly db: Db
  readonly config: EffectiveConfig
  /** Disconnects, drops the database and its folder, and forgets the process's configuration and clients. */
  close(): Promise<void>
}

/** SQLite always; PostgreSQL too when GLIMPSE_TEST_POSTGRES_URL names a server on which databases may be made. */
export function testFlavours(): readonly DatabaseFlavour[] {
  return environment().GLIMPSE_TEST_POSTGRES_URL === undefined ? ['sqlite'] : ['sqlite', 'postgresql']
}

/**
 * Makes an empty, migrated database and puts it and a matching configuration in place as the process's own, so that
 * `db()` and `config()` use them. `settings` are GLIMPSE__ variables. The caller owes `close()`.
 */
export async function openTestDatabase(
  flavour: DatabaseFlavour,
  settings: Readonly<Record<string, string>> = {},
): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-test-'))
  const server = flavour === 'postgresql' ? await createPostgresqlDatabase() : undefined
  const url = server?.url ?? `file:${join(folder, 'test.db')}`
  await migrateDatabase(url)
  const db = openDatabase(url)
  await tuneConnection(db, url)
  const config = loadConfig({ GLIMPSE__SERVER__DATA_FOLDER: folder, GLIMPSE__DATABASE__URL: url, ...settings })
  setConfig(config)
  setProcessSingleton('db', db)
  return {
    flavour,
    url,
    folder,
    db,
    config,
    async close() {
      await closeRawReader()
      setProcessSingleton('db', undefined)
      setConfig(undefined)
      await db.$disconnect()
      await server?.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function createPostgresqlDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const serverUrl = environment().GLIMPSE_TEST_POSTGRES_URL
  if (serverUrl === undefined) throw new Error('GLIMPSE_TEST_POSTGRES_URL must name a PostgreSQL server')
  const name = `glimpse_test_${randomBytes(6).toString('hex')}`
  await runOnServer(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => runOnServer(serverUrl, `drop database if exists ${name} with (force)`) }
}

async function runOnServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
