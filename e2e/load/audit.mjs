// The exposure audit over a large catalog, by the command in production: how long it takes and how much memory it holds.
import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { root } from '../support/processes.mjs'
import { median, residentMiB, table } from './measure.mjs'
import { verdict } from './verdicts.mjs'

const NAMESPACES = 10_000
const PROPERTIES = 20
const PROJECTS = 1_000

const program = join(root, 'lib/server/glimpse.mjs')

export async function benchAudit({ folder, rounds }) {
  const data = join(folder, 'audit')
  mkdirSync(data, { recursive: true })
  const env = { ...process.env, NODE_ENV: 'production', GLIMPSE__SERVER__DATA_FOLDER: data }
  try {
    const loaded = spawnSync(process.execPath, [program, 'metadefs', 'load'], { env, encoding: 'utf8' })
    if (loaded.status !== 0) throw new Error(loaded.stderr)
    seedCatalog(join(data, 'glimpse.db'))
    const samples = []
    for (let round = 0; round < rounds; round++) samples.push(await runAudit(env))
    const of = (key) => median(samples.map((sample) => sample[key]))
    console.log(
      table(
        `Exposure audit of ${NAMESPACES} namespaces with ${PROPERTIES} properties, standard rules against open ones`,
        ['seconds', 'of the command', 'MiB at most', 'MiB written', 'items', 'marks'],
        [[of('seconds'), of('wholeSeconds'), of('peakMiB'), of('writtenMiB'), of('items'), of('marks')]],
      ),
    )
    verdict('audit of 10,000 namespaces with 20 properties, s', Number(of('seconds').toFixed(2)), { atMost: 10 })
    verdict('memory of that audit, MiB', Math.round(of('peakMiB')), { atMost: 400 })
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

function runAudit(env) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const child = spawn(process.execPath, [program, 'policy', 'audit', '--preset', 'opened', '--json'], { env })
    let [peakMiB, written, tail, errors] = [0, 0, '', '']
    const timer = setInterval(() => {
      try {
        peakMiB = Math.max(peakMiB, residentMiB(child.pid))
      } catch {}
    }, 50)
    child.stdout.on('data', (chunk) => {
      written += chunk.length
      tail = (tail + chunk).slice(-200_000)
    })
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    child.on('close', (status) => {
      clearInterval(timer)
      if (status !== 0) return reject(new Error(errors))
      const summary = JSON.parse(
        tail.slice(tail.lastIndexOf('\n"summary":') + '\n"summary":'.length).replace(/\}\s*$/, ''),
      )
      if (summary.namespaces < NAMESPACES || summary.lists.becomesWritable.namespaces === 0) {
        return reject(new Error(`the audit looked at ${summary.namespaces} namespaces only`))
      }
      resolve({
        seconds: summary.durationMs / 1000,
        wholeSeconds: (performance.now() - startedAt) / 1000,
        peakMiB,
        writtenMiB: written / 1024 ** 2,
        items: summary.items,
        marks: summary.marks.high + summary.marks.low,
      })
    })
  })
}

const words = [
  'disk',
  'memory',
  'bus',
  'model',
  'quota',
  'firmware',
  'policy',
  'limit',
  'mode',
  'vendor',
  'pool',
  'rate',
]
const word = (index) => words[index % words.length]

/** Namespaces of a thousand projects, every second one public, with texts of their own; now and then a secret. */
function seedCatalog(file) {
  const database = new Database(file)
  database.pragma('synchronous = OFF')
  const at = new Date(Date.UTC(2026, 0, 1)).toISOString().replace('Z', '+00:00')
  const insert = (table, columns) =>
    database.prepare(
      `INSERT INTO "${table}" (${columns.map((name) => `"${name}"`)}) VALUES (${columns.map(() => '?')})`,
    )
  const domain = insert('Domain', ['id', 'name'])
  const project = insert('Project', ['id', 'name', 'domainId'])
  const namespace = insert('MetadefNamespace', [
    ...[
      'name',
      'displayName',
      'description',
      'visibility',
      'isProtected',
      'ownerId',
      'isSeeded',
      'createdAt',
      'updatedAt',
    ],
  ])
  const property = insert('MetadefProperty', ['namespaceId', 'name', 'schema', 'createdAt', 'updatedAt'])
  const association = insert('MetadefAssociation', ['namespaceId', 'resourceTypeId', 'prefix', 'createdAt'])
  const types = database.prepare('SELECT "id" FROM "MetadefResourceType"').pluck().all()
  database.transaction(() => {
    const domainId = randomUUID().replaceAll('-', '')
    domain.run(domainId, 'bench')
    const owners = Array.from({ length: PROJECTS }, (_, index) => {
      const id = randomUUID().replaceAll('-', '')
      project.run(id, `team-${word(index)}-${index}`, domainId)
      return id
    })
    for (let index = 0; index < NAMESPACES; index++) {
      const owner = owners[index % PROJECTS]
      const about = `What ${word(index)} ${index} of a ${word(index * 7)} may be, and who reads it`
      const visibility = index % 2 === 0 ? 'public' : 'private'
      const { lastInsertRowid: id } = namespace.run(
        ...[`Bench::${word(index)}::${index}`, `Bench ${index}`, about, visibility, 0, owner, 0, at, at],
      )
      association.run(id, types[index % types.length], 'hw_', at)
      for (let position = 0; position < PROPERTIES; position++) {
        const name = `${word(position)}_${word(index + position)}_${position}`
        const schema = {
          type: 'string',
          title: `${word(position)} of ${word(index)} ${index}`,
          description: `How the ${word(position)} of number ${index} is chosen for the ${word(position * 5)} at ${position}`,
          ...(position % 5 === 0 && { enum: [word(index), `${word(position)}-${index}`, 'none'] }),
          ...(index % 100 === 0 && position === 7 && { default: `db${index}.customers.corp` }),
        }
        property.run(id, name, JSON.stringify(schema), at, at)
      }
    }
  })()
  database.close()
}
