import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { environment } from '@/lib/config/environment'
import { type EffectiveConfig, loadConfig, setConfig } from '@/lib/config/load'
import { setProcessSingleton } from '@/lib/runtime/process-singleton'
import { type DatabaseFlavour, type Db, openDatabase, tuneConnection } from './client'
import { migrateDatabase, migrationNames } from './migrate'
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
  const url = server?.url ?? (await createSqliteDatabase(join(folder, 'test.db')))
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

/** Migrated once in this process, since migrations take longer than most tests. */
let sqliteTemplate: Promise<string> | undefined

async function createSqliteDatabase(file: string): Promise<string> {
  sqliteTemplate ??= makeSqliteTemplate()
  copyFileSync(await sqliteTemplate, file)
  return `file:${file}`
}

async function makeSqliteTemplate(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-test-template-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'template.db')
  await migrateDatabase(`file:${file}`)
  return file
}

/** Any number: who fills the template holds it alone, who copies the template shares it. */
const TEMPLATE_LOCK = 7_405_221
let postgresqlTemplate: Promise<string> | undefined

/** Makes an empty, migrated database on the server. One template for each state of the migrations stays there. */
async function createPostgresqlDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const serverUrl = environment().GLIMPSE_TEST_POSTGRES_URL
  if (serverUrl === undefined) throw new Error('GLIMPSE_TEST_POSTGRES_URL must name a PostgreSQL server')
  postgresqlTemplate ??= makePostgresqlTemplate(serverUrl)
  const template = await postgresqlTemplate
  const name = `glimpse_test_${randomBytes(6).toString('hex')}`
  await onServer(serverUrl, async (client) => {
    await client.query(`select pg_advisory_lock_shared(${TEMPLATE_LOCK})`)
    await client.query(`create database ${name} template ${template}`)
  })
  const drop = () =>
    onServer(serverUrl, async (client) => void (await client.query(`drop database if exists ${name} with (force)`)))
  return { url: databaseUrl(serverUrl, name), drop }
}

async function makePostgresqlTemplate(serverUrl: string): Promise<string> {
  const state = createHash('sha256').update(migrationNames('postgresql').join()).digest('hex').slice(0, 12)
  const name = `glimpse_template_${state}`
  await onServer(serverUrl, async (client) => {
    await client.query(`select pg_advisory_lock(${TEMPLATE_LOCK})`)
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${name}`)
    await migrateDatabase(databaseUrl(serverUrl, name))
  })
  return name
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

/** The end of the connection gives its locks back. */
async function onServer(serverUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
