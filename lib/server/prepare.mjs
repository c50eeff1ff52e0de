#!/usr/bin/env node
// Runs before the server: makes whatever is generated from sources, and only what changed since the last time.
// Plain JavaScript with nothing but Node, because it runs before anything is built.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chooseSqliteDriver } from './choose-sqlite-driver.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = process.env.DIST ?? '.next'
const isDevelopment = process.argv.includes('--dev')
const generatedClients = 'lib/db/generated'

/** What each step reads; a change in any of these files runs it again. */
const clientSources = ['prisma/models.prisma', 'prisma/sqlite/datasource.prisma', 'prisma/postgresql/datasource.prisma']
const buildSources = [
  'app',
  'components',
  'lib',
  'public',
  'prisma/models.prisma',
  'instrumentation.ts',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
]

requireDependencies()
runIfChanged({
  what: 'database clients',
  sources: [...clientSources, 'prisma/generate.mjs'],
  stamp: join(generatedClients, 'stamp.json'),
  isComplete: () => existsSync(join(root, generatedClients, 'postgresql', 'client.ts')),
  run: () => node(['prisma/generate.mjs']),
})
node(['lib/server/build-route-table.mjs'])
if (!isDevelopment) {
  runIfChanged({
    what: 'server and dashboard',
    sources: buildSources,
    stamp: join(dist, 'glimpse-build.json'),
    isComplete: () => existsSync(join(root, dist, 'BUILD_ID')),
    run: buildNext,
  })
}

function requireDependencies() {
  if (!existsSync(join(root, 'node_modules', 'next'))) stop('the packages are not installed; run: npm ci')
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 9))
    stop(`Node ${process.versions.node} is too old; 20.9 or newer is needed`)
  try {
    chooseSqliteDriver()
  } catch (error) {
    stop(error.message)
  }
}

/** The stamp is written after success, so an interrupted step runs again. */
function runIfChanged({ what, sources, stamp, isComplete, run }) {
  const file = join(root, stamp)
  const digest = contentDigest(sources)
  if (isComplete() && readStamp(file) === digest) return
  say(`building the ${what} …`)
  const startedAt = performance.now()
  run()
  writeFileSync(file, `${JSON.stringify({ sources: digest })}\n`)
  say(`built the ${what} in ${Math.round((performance.now() - startedAt) / 1000)} s`)
}

function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).sources
  } catch {
    return undefined
  }
}

function contentDigest(sources) {
  const hash = createHash('sha256')
  // Installed packages are part of every result.
  for (const file of ['package-lock.json', ...sources].flatMap((source) => [...filesBelow(join(root, source))])) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

function* filesBelow(path) {
  if (!existsSync(path)) return
  const items = directoryItems(path)
  if (items === undefined) {
    if (!/\.test\.tsx?$/.test(path)) yield path
    return
  }
  if (path === join(root, generatedClients)) return
  for (const name of items) yield* filesBelow(join(path, name))
}

function directoryItems(path) {
  try {
    return readdirSync(path).sort()
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined
    throw error
  }
}

function buildNext() {
  // Next adds the types of another output folder to tsconfig.json; that is no change to keep.
  const tsconfig = join(root, 'tsconfig.json')
  const before = readFileSync(tsconfig, 'utf8')
  try {
    node(['node_modules/next/dist/bin/next', 'build'], { NODE_ENV: 'production' })
  } finally {
    if (readFileSync(tsconfig, 'utf8') !== before) writeFileSync(tsconfig, before)
  }
}

/** Runs a script quietly; what it printed is shown only when it fails. */
function node(args, environment = {}) {
  const run = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', CHECKPOINT_DISABLE: '1', ...environment },
  })
  if (run.status === 0) return
  process.stderr.write(`${run.stdout}${run.stderr}`)
  stop(`${args[0]} failed${run.signal === null ? '' : ` (${run.signal})`}`)
}

function say(line) {
  process.stdout.write(`glimpse: ${line}\n`)
}

function stop(reason) {
  process.stderr.write(`glimpse: ${reason}\n`)
  process.exit(1)
}
