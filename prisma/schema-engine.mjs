#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory as bind } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { parse } from 'pg-connection-string'

const argv = process.argv.slice(2),
  models = []
let url, cli
for (let i = 0; i < argv.length; i++) {
  if (argv[i] === '--datamodels') models.push([argv[i + 1], readFileSync(argv[++i], 'utf8')])
  else if (argv[i] === '--datasource') url = JSON.parse(argv[++i]).url
  else if (argv[i] === 'cli') cli = argv[++i]
}
const isPg = url?.startsWith('postgres')
// catalog columns of type "char" (OID 18, 1002) are refused by adapter-pg: relabel them text
const relabel = (res) => {
  for (const r of [res].flat())
    for (const f of r?.fields ?? []) f.dataTypeID = { 18: 25, 1002: 1009 }[f.dataTypeID] ?? f.dataTypeID
  return res
}
class CatalogClient extends pg.Client {
  query(...a) {
    const cb = a.at(-1)
    if (typeof cb === 'function') {
      a[a.length - 1] = (e, r) => cb(e, relabel(r))
      return super.query(...a)
    }
    const out = super.query(...a)
    return out?.then ? out.then(relabel) : out
  }
}
class PgFactory extends PrismaPg {
  // stock shadow database: ignored when a connectionString is given, dropped while open
  constructor() {
    super(new pg.Pool({ ...parse(url), Client: CatalogClient }))
  }
  async connectToShadowDb() {
    const name = `prisma_shadow_${process.pid}`,
      admin = new pg.Client(parse(url))
    await admin.connect()
    await admin.query(`create database ${name}`)
    const a = await new PrismaPg(new pg.Pool({ ...parse(url), database: name, Client: CatalogClient }), {
      disposeExternalPool: true,
    }).connect()
    const close = a.dispose.bind(a)
    a.dispose = async () => {
      await close()
      await admin.query(`drop database if exists ${name} with (force)`)
      await admin.end()
    }
    return a
  }
}
class SqliteFactory extends PrismaBetterSqlite3 {
  // the engine replays whole scripts through executeRaw
  async connectToShadowDb() {
    const a = await super.connectToShadowDb(),
      one = a.executeRaw.bind(a)
    a.executeRaw = async (q) => {
      if (q.args.length > 0) return one(q)
      await a.executeScript(q.sql)
      return 0
    }
    return a
  }
}
const adapter = () => (isPg ? new PgFactory() : new SqliteFactory({ url }))
if (cli) {
  // can-connect-to-database | create-database
  const say = (level, message, error_code) =>
    process.stderr.write(
      `\n${JSON.stringify({ level, target: 'schema_engine::logger', fields: { message, error_code } })}`,
    )
  try {
    if (isPg) {
      const cfg = parse(url),
        c = new pg.Client({ ...cfg, database: 'postgres' })
      await c.connect()
      const there = (await c.query('select 1 from pg_database where datname = $1', [cfg.database])).rowCount
      if (!there && cli === 'create-database') await c.query(`create database ${pg.escapeIdentifier(cfg.database)}`)
      await c.end()
      if (!there && cli === 'can-connect-to-database') {
        say('ERROR', 'no such database', 'P1003')
        process.exit(1)
      }
    }
    say('INFO', 'ok')
    process.exit(0)
  } catch (e) {
    say('ERROR', e.message, 'P1001')
    process.exit(1)
  }
}
if (url) {
  // through adapters the engine does not recognise "ledger table absent": make it first
  const t = isPg ? 'timestamptz' : 'datetime',
    db = await adapter().connect()
  await db.executeScript(
    `create table if not exists "_prisma_migrations" ("id" varchar(36) primary key not null, "checksum" varchar(64) not null, "finished_at" ${t}, "migration_name" varchar(255) not null, "logs" text, "rolled_back_at" ${t}, "started_at" ${t} not null default current_timestamp, "applied_steps_count" integer not null default 0)`,
  )
  await db.dispose()
}
const js = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'),
  glue = await import(js)
const { instance } = await WebAssembly.instantiate(readFileSync(js.replace(/js$/, 'wasm')), {
  './schema_engine_bg.js': glue,
})
glue.__wbg_set_wasm(instance.exports)
instance.exports.__wbindgen_start()
const engine = await glue.SchemaEngine.new(
  { datamodels: models.length ? models : undefined },
  () => {},
  url ? bind(adapter()) : undefined,
)
const send = (m) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...m })}\n`)
let last = Promise.resolve(),
  n = 1e6
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const q = line.trim() ? JSON.parse(line) : {}
    if (q.method)
      last = last.then(async () => {
        try {
          const r = await engine[q.method === 'getDatabaseVersion' ? 'version' : q.method](q.params)
          if (q.method === 'diff' && r?.stdout)
            send({ id: n++, method: 'print', params: { content: r.stdout.trimEnd() } })
          send({ id: q.id, result: r ?? {} })
        } catch (e) {
          const message = String(e.message ?? e)
          send({
            id: q.id,
            error: {
              code: 4466,
              message,
              data: { is_panic: false, message, meta: e.meta ?? null, error_code: e.code ?? null },
            },
          })
        }
      })
  })
  .on('close', () => last.then(() => process.exit(0)))
