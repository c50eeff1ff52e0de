import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { apiError } from '@/lib/errors/api-error'
import { type DatabaseFlavour, flavourOf } from './client'

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

interface LedgerRow {
  readonly migration_name: string
  readonly finished_at: unknown
}

/** The least that both drivers can do for a migration. */
interface Session {
  ledger(): Promise<LedgerRow[]>
  script(sql: string): Promise<void>
  start(id: string, migration: Migration): Promise<void>
  finish(id: string): Promise<void>
  close(): Promise<void>
}

/**
 * Brings a database to this release's schema; names what was applied. Keeps Prisma's own ledger table, so that
 * `prisma migrate status` agrees. Several nodes may start at once on PostgreSQL: one works, the others wait.
 * Throws `database_newer` when the ledger names a migration that this release does not have.
 */
export async function migrateDatabase(url: string, folder = join(process.cwd(), 'prisma')): Promise<string[]> {
  const migrations = readMigrations(join(folder, flavourOf(url), 'migrations'))
  const session = flavourOf(url) === 'postgresql' ? await openPostgresql(url) : openSqlite(url)
  try {
    const rows = await session.ledger()
    refuseUnknown(rows, migrations)
    const done = new Set(rows.map((row) => row.migration_name))
    const pending = migrations.filter((migration) => !done.has(migration.name))
    for (const migration of pending) {
      const id = randomUUID()
      await session.start(id, migration)
      await session.script(migration.sql)
      await session.finish(id)
    }
    return pending.map((migration) => migration.name)
  } finally {
    await session.close()
  }
}

/** In the order in which they are applied, each with its content's checksum. */
export function migrationNames(flavour: DatabaseFlavour, folder = join(process.cwd(), 'prisma')): string[] {
  return readMigrations(join(folder, flavour, 'migrations')).map(({ name, checksum }) => `${name} ${checksum}`)
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((item) => item.isDirectory())
    .map((item) => item.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
}

function refuseUnknown(rows: readonly LedgerRow[], migrations: readonly Migration[]): void {
  const known = new Set(migrations.map((migration) => migration.name))
  const unknown = rows.find((row) => !known.has(row.migration_name))
  if (unknown !== undefined) {
    throw apiError('database_newer', {
      public: `The database was written by a newer version of Glimpse: its migration ${unknown.migration_name} is unknown here. Start the newer version, or restore a backup.`,
    })
  }
  const broken = rows.find((row) => row.finished_at === null)
  if (broken !== undefined) {
    throw apiError('config_invalid', {
      public: `The database migration ${broken.migration_name} began and did not finish. Restore a backup, or mend the schema and set finished_at in _prisma_migrations.`,
    })
  }
}

const ledgerTable = (time: string) =>
  `create table if not exists "_prisma_migrations" ("id" varchar(36) primary key not null, "checksum" varchar(64) not null, "finished_at" ${time}, "migration_name" varchar(255) not null, "logs" text, "rolled_back_at" ${time}, "started_at" ${time} not null default current_timestamp, "applied_steps_count" integer not null default 0)`

function openSqlite(url: string): Session {
  const file = url.slice('file:'.length)
  mkdirSync(dirname(file), { recursive: true })
  const database = new Database(file, { timeout: 10_000 })
  database.pragma('journal_mode = WAL')
  database.exec(ledgerTable('datetime'))
  return {
    async ledger() {
      return database
        .prepare<[], LedgerRow>(
          'select migration_name, finished_at from _prisma_migrations where rolled_back_at is null',
        )
        .all()
    },
    async script(sql) {
      database.exec(sql)
    },
    async start(id, { name, checksum }) {
      database
        .prepare('insert into _prisma_migrations (id, checksum, migration_name, started_at) values (?, ?, ?, ?)')
        .run(id, checksum, name, Date.now())
    },
    async finish(id) {
      database
        .prepare('update _prisma_migrations set finished_at = ?, applied_steps_count = 1 where id = ?')
        .run(Date.now(), id)
    },
    async close() {
      database.close()
    },
  }
}

/** Any number that only this program uses: the lock is held until the connection closes. */
const advisoryLock = 4_754_961

async function openPostgresql(url: string): Promise<Session> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('select pg_advisory_lock($1)', [advisoryLock])
  await client.query(ledgerTable('timestamptz'))
  return {
    async ledger() {
      const result = await client.query<LedgerRow>(
        'select migration_name, finished_at from _prisma_migrations where rolled_back_at is null',
      )
      return result.rows
    },
    async script(sql) {
      await client.query(sql)
    },
    async start(id, { name, checksum }) {
      await client.query('insert into _prisma_migrations (id, checksum, migration_name) values ($1, $2, $3)', [
        id,
        checksum,
        name,
      ])
    },
    async finish(id) {
      await client.query(
        'update _prisma_migrations set finished_at = current_timestamp, applied_steps_count = 1 where id = $1',
        [id],
      )
    },
    async close() {
      await client.end()
    },
  }
}
