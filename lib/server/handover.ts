import { accessSync, constants, mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { setAuthAddress } from '@/lib/config/environment'
import { config } from '@/lib/config/load'
import { db, tuneConnection } from '@/lib/db/client'
import { migrateDatabase } from '@/lib/db/migrate'
import { closeRawReader } from '@/lib/db/raw-query'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { type BootstrapResult, bootstrapIdentity, renderCloudsYaml } from '@/lib/identity/builtin/bootstrap'
import { imageSchema } from '@/lib/images/image-schema'
import { startEventSweep } from '@/lib/jobs/event-sweep'
import { startPolicyWatch } from '@/lib/jobs/policy-watch'
import { startReaper } from '@/lib/jobs/reaper'
import { startStoreProbes } from '@/lib/jobs/store-probes'
import { startTaskRunner } from '@/lib/jobs/task-runner'
import { startWebhooks } from '@/lib/jobs/webhooks'
import { loadPolicy } from '@/lib/policy/policy-source'
import { loadPropertyProtections } from '@/lib/policy/property-protection'
import { logger } from '@/lib/runtime/logger'
import { nodeIdentity } from '@/lib/runtime/node-identity'
import { processSingleton, setProcessSingleton } from '@/lib/runtime/process-singleton'
import { createDispatcher, type Dispatcher } from './dispatch'
import { rawHandlers } from './raw-door'
import { enterLocale } from './request-locale'
import type { RouteTable } from './route-table'

/** What main.mjs finds on globalThis. */
export interface Handover {
  readonly host: string
  readonly port: number
  readonly shutdownGraceMs: number
  readonly dispatch: Dispatcher
  /** Runs what makes a page in the language of whoever asks for it. */
  readonly enterLocale: typeof enterLocale
  /** Called when the listener is open: prints where the service is and, once, how to sign in. */
  started(): void
  /** Ends background work after the last request. */
  stop(): Promise<void>
}

/**
 * Starts everything a node needs, in order: configuration, data folder, database, identity, stores, jobs. What stops
 * it is told in one line on standard error, and the process ends with status 1.
 */
export function startNode(table: RouteTable): Promise<void> {
  // Both main.mjs and Next's first request get here.
  return processSingleton('start', () => startOnce(table))
}

async function startOnce(table: RouteTable): Promise<void> {
  try {
    const settings = config()
    logger({ level: settings.log.level })
    openDataFolder(settings.dataFolder)
    nodeIdentity(settings.dataFolder)
    imageSchema()
    setAuthAddress(settings.session.url)
    await openStorage(settings.databaseUrl)
    await loadPolicy()
    // These may name rules of the policy files.
    loadPropertyProtections()
    const address = publicAddress()
    const seeded = settings.identity.backend === 'builtin' ? await bootstrapIdentity(address) : undefined
    const probes = await startStoreProbes()
    const jobs = [startTaskRunner(), startReaper(), startEventSweep(), startPolicyWatch(), startWebhooks(), probes]
    const handover: Handover = {
      host: settings.server.host,
      port: settings.server.port,
      shutdownGraceMs: settings.server.shutdownGraceSeconds * 1000,
      dispatch: createDispatcher(table, rawHandlers),
      enterLocale,
      started: () => announce(address, seeded),
      stop: async () => {
        for (const job of jobs) await job.stop()
        await closeRawReader()
        await db().$disconnect()
      },
    }
    setProcessSingleton('handover', handover)
    // Plain `next start` opens its own listener and never calls back; a password that nobody reads would be lost.
    if (!processSingleton('has-listener', () => false)) announce(address, seeded)
  } catch (error) {
    const reason = isApiError(error) ? error.message : String(error instanceof Error ? error.stack : error)
    process.stderr.write(`glimpse: ${reason}\n`)
    process.exit(1)
  }
}

/** Where clients find this service when no request tells: scheme, host and port. */
function publicAddress(): string {
  const { publicEndpoint, host, port } = config().server
  if (publicEndpoint !== undefined) return publicEndpoint.replace(/\/+$/, '')
  const isEveryAddress = host === '0.0.0.0' || host === '::'
  const name = isEveryAddress ? hostname() : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

function openDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o750 })
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw apiError('config_invalid', {
      public: `the data folder ${folder} cannot be written (${reason}); name another with GLIMPSE__SERVER__DATA_FOLDER`,
    })
  }
}

async function openStorage(url: string): Promise<void> {
  try {
    const applied = await migrateDatabase(url)
    if (applied.length > 0) logger().info({ migrations: applied }, 'database migrated')
    await tuneConnection(db(), url)
  } catch (error) {
    if (isApiError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw apiError('config_invalid', { public: `the database cannot be opened: ${reason}` })
  }
}

/** The address at every start; how to sign in at the one that made the administrator. */
function announce(address: string, seeded: BootstrapResult | undefined): void {
  const lines = [`Glimpse serves ${address}`]
  if (seeded !== undefined && seeded.generatedPassword !== null) {
    const { generatedPassword: password, userName } = seeded
    lines.push(
      '',
      `Sign in as ${userName} with this password; it is shown only now:`,
      '',
      `    ${password}`,
      '',
      'For the command line, put this into clouds.yaml and say --os-cloud glimpse:',
      '',
      renderCloudsYaml({ ...seeded, password }),
    )
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}
