import Database from 'better-sqlite3'
import pg from 'pg'
import { config } from '@/lib/config/load'
import { processSingleton, setProcessSingleton } from '@/lib/runtime/process-singleton'
import { type DatabaseFlavour, flavourOf } from './client'

export type SqlValue = string | number | null

/** A reader beside Prisma for the few hot queries, where its result mapping would cost more than the query. */
export interface RawReader {
  readonly flavour: DatabaseFlavour
  /** Rows of one statement; placeholders are `@p1` on SQLite and `$1` on PostgreSQL. 64-bit integers come as numbers. */
  all<Row>(sql: string, params: readonly SqlValue[]): Promise<Row[]>
  /** The same with each row as its values in the order of the select list, which is faster for wide rows. */
  tuples<Row extends readonly unknown[]>(sql: string, params: readonly SqlValue[]): Promise<Row[]>
  close(): Promise<void>
}

export function rawReader(): RawReader {
  return processSingleton('raw-reader', () => openReader(config().databaseUrl, config().database.poolSize))
}

/** Closes and forgets the process's reader; the next use opens a new one. */
export async function closeRawReader(): Promise<void> {
  const reader = processSingleton<RawReader | null>('raw-reader', () => null)
  setProcessSingleton('raw-reader', undefined)
  await reader?.close()
}

function openReader(url: string, poolSize: number): RawReader {
  return flavourOf(url) === 'postgresql' ? postgresqlReader(url, poolSize) : sqliteReader(url)
}

const STATEMENTS_MAX = 300

/** A read-only connection of its own: a long transaction of a writer never blocks it. */
function sqliteReader(url: string): RawReader {
  const database = new Database(url.slice('file:'.length), { readonly: true, timeout: 10_000 })
  const prepared = (isRaw: boolean) => {
    const statements = new Map<string, Database.Statement>()
    return (sql: string): Database.Statement => {
      const known = statements.get(sql)
      if (known !== undefined) return known
      if (statements.size >= STATEMENTS_MAX) statements.clear()
      const made = database.prepare(sql).raw(isRaw)
      statements.set(sql, made)
      return made
    }
  }
  const run = (statement: Database.Statement, params: readonly SqlValue[]) => {
    if (params.length === 0) return statement.all()
    const named: Record<string, SqlValue> = {}
    params.forEach((value, index) => {
      named[`p${index + 1}`] = value
    })
    return statement.all(named)
  }
  const [objects, raw] = [prepared(false), prepared(true)]
  return {
    flavour: 'sqlite',
    async all<Row>(sql: string, params: readonly SqlValue[]) {
      return run(objects(sql), params) as Row[]
    },
    async tuples<Row extends readonly unknown[]>(sql: string, params: readonly SqlValue[]) {
      return run(raw(sql), params) as unknown[] as Row[]
    },
    async close() {
      database.close()
    },
  }
}

function postgresqlReader(url: string, poolSize: number): RawReader {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = new pg.Pool({ connectionString: url, max: poolSize, types })
  // A broken idle connection is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {})
  const names = new Map<string, string>()
  const nameOf = (sql: string): string => {
    const known = names.get(sql)
    if (known !== undefined) return known
    const made = `q${names.size + 1}`
    if (names.size < STATEMENTS_MAX) names.set(sql, made)
    return names.has(sql) ? made : ''
  }
  return {
    flavour: 'postgresql',
    async all<Row>(sql: string, params: readonly SqlValue[]) {
      const name = nameOf(sql)
      const result = await pool.query({ text: sql, values: [...params], ...(name !== '' && { name }) })
      return result.rows as Row[]
    },
    async tuples<Row extends readonly unknown[]>(sql: string, params: readonly SqlValue[]) {
      const name = nameOf(sql)
      const result = await pool.query({
        text: sql,
        values: [...params],
        rowMode: 'array',
        ...(name !== '' && { name }),
      })
      return result.rows as unknown[] as Row[]
    },
    async close() {
      await pool.end()
    },
  }
}
