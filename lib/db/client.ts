import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaPg } from '@prisma/adapter-pg'
import { config } from '@/lib/config/load'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { PrismaClient as PostgresqlClient } from './generated/postgresql/client'
import { PrismaClient as SqliteClient } from './generated/sqlite/client'

/** SQLite's generated types are the narrower ones, so they stand for both databases. */
export type Db = SqliteClient
/** What runs inside an interactive transaction. */
export type Tx = Parameters<Parameters<Db['$transaction']>[0]>[0]
export type DbOrTx = Db | Tx

export type DatabaseFlavour = 'sqlite' | 'postgresql'

export function flavourOf(databaseUrl: string): DatabaseFlavour {
  return databaseUrl.startsWith('postgres') ? 'postgresql' : 'sqlite'
}

/** The process's database client; {@link openDatabase} without sharing. */
export function db(): Db {
  return processSingleton('db', () => openDatabase(config().databaseUrl, config().database.poolSize))
}

/**
 * How long PostgreSQL lets a transaction wait for its next statement. A node that stands still or lost its network in
 * the middle of one would otherwise lock the rows for the others as long as that lasts.
 */
const IDLE_IN_TRANSACTION_MS = 10_000

export function openDatabase(url: string, poolSize = 10): Db {
  if (flavourOf(url) === 'postgresql') {
    const settings = { max: poolSize, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS, keepAlive: true }
    const client = new PostgresqlClient({ adapter: new PrismaPg({ connectionString: url, ...settings }) })
    return client as unknown as Db
  }
  return new SqliteClient({ adapter: new PrismaBetterSqlite3({ url, timeout: 10_000 }) })
}

/**
 * Must run once before the first query on SQLite: write-ahead log, and a sync at every commit, since the driver's
 * default for that mode would lose the last commits at a power cut.
 */
export async function tuneConnection(client: Db, url: string): Promise<void> {
  if (flavourOf(url) !== 'sqlite') return
  await client.$queryRawUnsafe('PRAGMA journal_mode=WAL')
  await client.$queryRawUnsafe('PRAGMA synchronous=FULL')
}
