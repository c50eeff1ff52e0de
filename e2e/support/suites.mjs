// The suites of npm test, in order. Each returns { passed, failed, note?, failures? }; those of one batch run at the
// same time.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { failuresOfPlaywright, failuresOfVitest } from './failures.mjs'
import { startFileServer } from './file-server.mjs'
import { root, run } from './processes.mjs'

const minute = 60_000
const bin = (name) => join(root, 'node_modules', '.bin', name)

/** Limits that hold nobody back until a test sets one. */
const limits = { GLIMPSE__LIMITS__ENABLED: 'true', GLIMPSE__LIMITS__CACHE_SECONDS: '1' }

/**
 * A second store beside the usual one, which comes before it by weight, and one on the web, which takes no data; every
 * method of import.
 */
const secondStore = {
  GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: 'glance-direct,web-download,copy-image,glance-download',
  GLIMPSE__STORES__FILE__TYPE: 'filesystem',
  GLIMPSE__STORES__FILE__PATH: 'images',
  GLIMPSE__STORES__FILE__DESCRIPTION: 'Where images go unless told otherwise',
  GLIMPSE__STORES__ARCHIVE__TYPE: 'filesystem',
  GLIMPSE__STORES__ARCHIVE__FOLDERS: 'archive/first:200,archive/second:100',
  GLIMPSE__STORES__ARCHIVE__WEIGHT: '10',
  GLIMPSE__STORES__WEB__TYPE: 'http',
  GLIMPSE__STORAGE__DEFAULT_STORE: 'file',
}

/** What few rows are about, in ways that no other row meets. */
const contractSettings = {
  ...secondStore,
  GLIMPSE__IMAGES__PROPERTY_PROTECTION_FILE: join(root, 'e2e/contract/support/property-protections.conf'),
  GLIMPSE__IMAGES__SIZE_CAP_BYTES: String(32 * 1024 * 1024),
  GLIMPSE__IMPORTS__DISALLOWED_HOSTS: '127.0.0.2',
}

/** Other rows expect that an import stores what was sent, so these have servers of their own. */
const importPlugins = {
  ...secondStore,
  GLIMPSE__IMPORTS__PLUGINS: 'image_decompression,inject_image_metadata,image_conversion',
  GLIMPSE__IMPORTS__INJECT_METADATA__PROPERTIES: 'imported_by:glimpse',
}

export const suites = [
  check('lint', bin('biome'), ['ci', '--max-diagnostics=50']),
  check('types', bin('tsc'), ['--noEmit']),
  {
    name: 'unit (SQLite and PostgreSQL)',
    run: async (world) =>
      vitest(world, ['run'], { timeoutMs: 15 * minute, env: { GLIMPSE_TEST_POSTGRES_URL: await world.postgresUrl() } }),
  },
  {
    name: 'start',
    batch: 'starts',
    run: (world, { logFile }) =>
      vitest(world, ['run', '--config', 'e2e/start/vitest.config.ts'], { timeoutMs: 5 * minute, env: {}, logFile }),
  },
  contract('contract (next start, SQLite)', { database: 'sqlite', front: 'next' }),
  contract('contract (listener, SQLite)', { database: 'sqlite', front: 'listener', settings: limits }),
  contract('contract (listener, PostgreSQL)', { database: 'postgresql', front: 'listener', settings: limits }),
  contract('contract (plugins, SQLite)', { database: 'sqlite', front: 'listener', hasPlugins: true }),
  contract('contract (plugins, PostgreSQL)', { database: 'postgresql', front: 'listener', hasPlugins: true }),
  locations('contract (locations shown, SQLite)', { database: 'sqlite' }),
  locations('contract (locations shown, PostgreSQL)', { database: 'postgresql' }),
  policy('contract (policy, SQLite)', { database: 'sqlite' }),
  policy('contract (policy, PostgreSQL)', { database: 'postgresql' }),
  ...browserSuites(),
  clients('clients (built-in identity)', { identity: 'builtin' }),
  clients('clients (Keystone)', { identity: 'keystone' }),
  ...crashSuites(),
  {
    name: 'long torture of an upload',
    isLong: true,
    // It starts, kills and restarts a server of its own.
    run: (world) =>
      playwright(world, ['--config', 'e2e/torture/playwright.config.ts'], {
        name: 'torture',
        timeoutMs: 90 * minute,
        env: {},
      }),
  },
  {
    name: 'long fuzz',
    isLong: true,
    run: async (world) =>
      vitest(world, ['run', '--config', 'e2e/fuzz/vitest.config.ts'], {
        timeoutMs: 180 * minute,
        env: { GLIMPSE_TEST_POSTGRES_URL: await world.postgresUrl() },
      }),
  },
]

function check(name, command, args) {
  return {
    name,
    batch: 'checks',
    run: async (_, { logFile }) => {
      const outcome = await run(command, args, { timeoutMs: 5 * minute, logFile })
      return outcome === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, note: String(outcome) }
    },
  }
}

/** The tests and the server of each keep one core busy. */
function contract(name, { settings, hasPlugins = false, ...server }) {
  return {
    name,
    batch: server.front === 'next' ? 'starts' : hasPlugins ? 'contract with plugins' : 'contract',
    run: (world, { logFile }) =>
      world.withServer(
        { ...server, settings: { ...(hasPlugins ? importPlugins : contractSettings), ...settings } },
        (running) =>
          vitest(world, ['run', '--config', 'e2e/contract/vitest.config.ts'], {
            timeoutMs: 10 * minute,
            logFile,
            env: {
              ...serverVariables(running),
              GLIMPSE_TEST_FRONT: server.front,
              GLIMPSE_TEST_DATA_FOLDER: running.dataFolder,
              GLIMPSE_TEST_LOG_FILE: running.logFile,
              ...(hasPlugins && { GLIMPSE_TEST_PLUGINS: '1' }),
            },
          }),
      ),
  }
}

/** What is said of locations, of a server that shows them. */
function locations(name, server) {
  return withLocations(name, server, { batch: 'locations', files: ['locations'], minutes: 3 })
}

/** What every caller is answered under each preset, which counts for the whole server. */
function policy(name, server) {
  return withLocations(name, server, { batch: 'policy', env: { GLIMPSE_TEST_POLICY: '1' }, minutes: 5 })
}

function withLocations(name, server, { batch, files = [], env = {}, minutes }) {
  const settings = {
    ...secondStore,
    GLIMPSE__IMAGES__SHOW_MULTIPLE_LOCATIONS: 'true',
    GLIMPSE__IMAGES__SHOW_DIRECT_URL: 'true',
  }
  return {
    name,
    batch,
    run: async (world, { logFile }) => {
      const file = await startFileServer()
      try {
        return await world.withServer({ ...server, settings }, (running) =>
          vitest(world, ['run', '--config', 'e2e/contract/vitest.config.ts', ...files], {
            timeoutMs: minutes * minute,
            logFile,
            env: { ...serverVariables(running), ...env, GLIMPSE_TEST_WEB_FILE_URL: file.url },
          }),
        )
      } finally {
        await file.stop()
      }
    },
  }
}

function clients(name, server) {
  return {
    name,
    batch: 'clients',
    run: (world, { logFile }) =>
      world.withServer({ ...server, settings: { ...secondStore, ...limits } }, async (running) => {
        const file = join(world.folder, `clients-${server.identity}.json`)
        const outcome = await run(process.execPath, ['e2e/clients/run.mjs'], {
          timeoutMs: 15 * minute,
          logFile,
          env: {
            ...process.env,
            ...serverVariables(running),
            GLIMPSE_TEST_IDENTITY: server.identity,
            GLIMPSE_TEST_RESULT_FILE: file,
          },
        })
        return judge(outcome, file, (result) => result)
      }),
  }
}

/** Signing in is tested against both identities, so the browser gets a server of each. */
function browserSuites() {
  if (!existsSync(join(root, 'playwright.config.ts'))) return []
  const withBoth = (world, use) =>
    world.withServer({ identity: 'builtin', settings: secondStore }, (builtin) =>
      world.withServer({ identity: 'keystone' }, (keystone) => use(builtin, keystone)),
    )
  return [
    {
      name: 'browser',
      run: (world) =>
        withBoth(world, async (builtin, keystone) => {
          return await playwright(world, [], {
            name: 'browser',
            timeoutMs: 25 * minute,
            env: {
              ...serverVariables(builtin),
              GLIMPSE_TEST_DATA_FOLDER: builtin.dataFolder,
              GLIMPSE_TEST_KEYSTONE_URL: keystone.url,
              GLIMPSE_TEST_KEYSTONE_AUTH_URL: keystone.authUrl,
              GLIMPSE_TEST_KEYSTONE_ADMIN_PASSWORD: keystone.adminPassword,
            },
          })
        }),
    },
  ]
}

/** These start, kill and restart servers of their own. */
function crashSuites() {
  const config = 'e2e/faults/vitest.config.ts'
  if (!existsSync(join(root, config))) return []
  const crash = (name, isLong, variables) => ({
    name,
    isLong,
    run: async (world) =>
      vitest(world, ['run', '--config', config], {
        timeoutMs: (isLong ? 90 : 20) * minute,
        env: { GLIMPSE_TEST_POSTGRES_URL: await world.postgresUrl(), ...variables },
      }),
  })
  return [crash('crash', false, {}), crash('long crash', true, { GLIMPSE_TEST_LONG: '1' })]
}

function serverVariables({ url, authUrl, adminPassword }) {
  return { GLIMPSE_TEST_URL: url, GLIMPSE_TEST_AUTH_URL: authUrl, GLIMPSE_TEST_ADMIN_PASSWORD: adminPassword }
}

let vitestRuns = 0

async function vitest(world, args, { timeoutMs, env, logFile }) {
  vitestRuns += 1
  const file = join(world.folder, `vitest-${vitestRuns}.json`)
  const reporting = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const options = { timeoutMs, logFile, env: { ...process.env, ...env } }
  const outcome = await run(bin('vitest'), [...args, ...reporting], options)
  return judge(outcome, file, (result) => {
    const failures = failuresOfVitest(result)
    return {
      passed: result.numPassedTests,
      failed: failures.length,
      failures,
      // Their names, or the notes above, say what this machine or this server lacks.
      ...(result.numPendingTests > 0 && { note: `${result.numPendingTests} could not run here` }),
    }
  })
}

async function playwright(world, args, { name, timeoutMs, env }) {
  const file = join(world.folder, `${name}.json`)
  const outcome = await run(bin('playwright'), ['test', ...args, '--reporter=list,json'], {
    timeoutMs,
    env: { ...process.env, ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  })
  return judge(outcome, file, (result) => ({
    passed: result.stats.expected + result.stats.flaky,
    failed: result.stats.unexpected,
    failures: failuresOfPlaywright(result),
  }))
}

/** A runner that ended badly failed at least once, and one that ran nothing proved nothing. */
function judge(outcome, file, count) {
  if (!existsSync(file)) return { passed: 0, failed: 1, note: `no result: ${outcome}` }
  const { passed, failed, note, failures } = count(JSON.parse(readFileSync(file, 'utf8')))
  if (failed === 0 && outcome !== 0) return { passed, failed: 1, note: `the runner's outcome: ${outcome}`, failures }
  if (failed === 0 && passed === 0) return { passed, failed: 1, note: 'ran no test' }
  return { passed, failed, failures, ...(note !== undefined && { note }) }
}
