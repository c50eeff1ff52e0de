// Pages of 100 out of 10,000 namespaces with 20 properties each, and one of them whole, at 16 connections.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { patientLoad, reportRequests, wrk } from './measure.mjs'
import { startGlimpse } from './targets.mjs'
import { verdict } from './verdicts.mjs'

const TOTAL = 10_000
const PROPERTIES = 20
const PAGE = 100
const PREFIX = 'Bench::Namespace'
const nameOf = (index) => `${PREFIX}${String(index).padStart(5, '0')}`
const property = {
  title: 'A property',
  description: 'As many as image namespaces have.',
  type: 'string',
  enum: ['a', 'b'],
}
const list = `/v2/metadefs/namespaces?limit=${PAGE}`
const pathOf = (name) => `/v2/metadefs/namespaces/${name}`

export async function benchMetadefs({ folder, port, rounds, durationSeconds, glance }) {
  const data = join(folder, 'metadefs')
  const glimpse = await startGlimpse({ folder: data, port })
  const samples = new Map()
  try {
    seedOurs(data, glimpse.projectId)
    const isSeeded = glance !== undefined && (await seedGlance(glance))
    const servers = isSeeded ? [glimpse, glance] : [glimpse]
    const cases = [
      [`first page of ${PAGE} of 10,000`, list],
      [`page after 5,000`, `${list}&marker=${nameOf(TOTAL / 2)}`],
      [`one with its ${PROPERTIES} properties`, pathOf(nameOf(TOTAL / 2))],
    ]
    for (const [, path] of cases) await wrk(glimpse, path, { durationSeconds: 3 })
    for (let round = 0; round < rounds; round++)
      for (const [what, path] of cases)
        for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
          const load = server === glance ? patientLoad : wrk
          const key = `${what}\0${server.name}`
          samples.set(key, [...(samples.get(key) ?? []), await load(server, path, { durationSeconds })])
        }
    report(samples)
  } finally {
    await glimpse.stop()
    if (glance !== undefined) await removeFromGlance()
  }
}

function report(samples) {
  const mid = reportRequests('Metadata definitions', samples)
  for (const key of samples.keys()) {
    const [what, name] = key.split('\0')
    if (name === 'Glance' && !what.startsWith('one'))
      verdict(`metadefs, ${what} / Glance`, mid(what, 'Glimpse', 'rate') / mid(what, name, 'rate'), { atLeast: 10 })
  }
}

/** Straight through the driver, as images are. */
function seedOurs(folder, ownerId) {
  const database = new Database(join(folder, 'glimpse.db'))
  database.pragma('synchronous = OFF')
  const at = (index) => new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString().replace('Z', '+00:00')
  const insert = (table, columns) => {
    const names = columns.map((column) => `"${column}"`).join(', ')
    return database.prepare(`INSERT INTO "${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`)
  }
  const times = ['createdAt', 'updatedAt']
  const type = insert('MetadefResourceType', ['name', 'isProtected', ...times])
  const fields = ['name', 'displayName', 'description', 'visibility', 'isProtected', 'ownerId', 'isSeeded']
  const namespace = insert('MetadefNamespace', [...fields, ...times])
  const one = insert('MetadefProperty', ['namespaceId', 'name', 'schema', ...times])
  const association = insert('MetadefAssociation', ['namespaceId', 'resourceTypeId', 'prefix', ...times])
  database.transaction(() => {
    const typeId = type.run('Bench::Image', 0, at(0), at(0)).lastInsertRowid
    for (let index = 0; index < TOTAL; index++) {
      const moments = [at(index), at(index)]
      const own = [nameOf(index), `Namespace ${index}`, 'Seeded by the bench.', 'public', 0, ownerId, 0]
      const id = namespace.run(...own, ...moments).lastInsertRowid
      association.run(id, typeId, 'bench_', ...moments)
      for (let number = 0; number < PROPERTIES; number++)
        one.run(id, `property_${number}`, JSON.stringify(property), ...moments)
    }
  })()
  database.close()
}

/**
 * A Glance with as many, by the command that GLIMPSE_BENCH_REFERENCE_SQL gives, which takes MariaDB's statements on its
 * standard input: its API would take an hour. False when there is no such command.
 */
async function seedGlance(glance) {
  if (process.env.GLIMPSE_BENCH_REFERENCE_SQL === undefined) {
    console.log('No Glance beside the metadefs: GLIMPSE_BENCH_REFERENCE_SQL is not set.')
    return false
  }
  await removeFromGlance()
  const moment = `date_add('2026-01-01', interval seq second)`
  await sql(`
    insert into metadef_resource_types (name, protected, created_at, updated_at)
      values ('Bench::Image', 0, utc_timestamp(), utc_timestamp());
    insert into metadef_namespaces
      (namespace, display_name, description, visibility, protected, owner, created_at, updated_at)
      select concat('${PREFIX}', lpad(seq, 5, '0')), concat('Namespace ', seq), 'Seeded by the bench.', 'public', 0,
        'bench', ${moment}, ${moment} from seq_0_to_${TOTAL - 1};
    insert into metadef_namespace_resource_types (resource_type_id, namespace_id, prefix, created_at, updated_at)
      select t.id, n.id, 'bench_', n.created_at, n.updated_at from metadef_namespaces n, metadef_resource_types t
      where n.namespace like '${PREFIX}%' and t.name = 'Bench::Image';
    insert into metadef_properties (namespace_id, name, json_schema, created_at, updated_at)
      select n.id, concat('property_', seq), '${JSON.stringify(property)}', n.created_at, n.updated_at
      from metadef_namespaces n, seq_0_to_${PROPERTIES - 1} where n.namespace like '${PREFIX}%';
    analyze table metadef_namespaces, metadef_properties, metadef_namespace_resource_types;`)
  const answer = await fetch(`${glance.origin}${pathOf(nameOf(0))}`, { headers: glance.headers })
  if (!answer.ok) throw new Error(`Glance does not show what was put into its database: ${answer.status}`)
  const { properties, resource_type_associations: types } = await answer.json()
  if (Object.keys(properties).length !== PROPERTIES || types.length !== 1)
    throw new Error('Glance shows less than that')
  return true
}

async function removeFromGlance() {
  if (process.env.GLIMPSE_BENCH_REFERENCE_SQL === undefined) return
  const ids = `select id from metadef_namespaces where namespace like '${PREFIX}%'`
  await sql(`
    delete from metadef_properties where namespace_id in (${ids});
    delete from metadef_namespace_resource_types where namespace_id in (${ids});
    delete from metadef_namespaces where namespace like '${PREFIX}%';
    delete from metadef_resource_types where name = 'Bench::Image';`)
}

function sql(statements) {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', process.env.GLIMPSE_BENCH_REFERENCE_SQL], { stdio: ['pipe', 'ignore', 'pipe'] })
    let err = ''
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.on('error', reject)
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`the database said: ${err}`))))
    child.stdin.end(statements)
  })
}
