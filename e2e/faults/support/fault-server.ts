import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { z } from 'zod'
import { createDatabase } from '../../support/postgres.mjs'
import { answers, freePort, start, stop, waitUntil } from '../../support/processes.mjs'

export type Flavour = 'sqlite' | 'postgresql'

/** Where the server is to die, or a call to fail; see fault-points.mjs. */
export interface Plan {
  readonly point: string
  /** 1 is the first time since it was armed */
  readonly nth: number
  readonly moment: 'before' | 'middle' | 'after'
  /** Fail with this error instead of dying. */
  readonly errno?: 'EIO' | 'ENOSPC'
  /** Also every later time. */
  readonly repeat?: boolean
  /** Stop instead of dying, until thawed. */
  readonly freeze?: boolean
}

export interface ServerOptions {
  readonly flavour: Flavour
  /** further GLIMPSE__ variables */
  readonly settings?: Readonly<Record<string, string>>
  /** made and removed here when absent */
  readonly imagesFolder?: string
  /** a second store, called `copies`, beside the first */
  readonly copiesFolder?: string
  /** another node of this one's database and stores */
  readonly beside?: FaultServer
}

const preload = fileURLToPath(new URL('./fault-points.mjs', import.meta.url))
const answerSchema = z.object({ answer: z.string(), names: z.array(z.string()) })

/** The built server on data of its own, which dies and comes back; its steps can be listed, stopped at and failed. */
export class FaultServer {
  #child: ChildProcess | undefined
  readonly dataFolder: string
  readonly imagesFolder: string
  readonly storeFolders: readonly string[]
  /** of SQLite */
  readonly databaseFile: string
  readonly logFile: string

  private constructor(
    readonly flavour: Flavour,
    readonly url: URL,
    readonly adminPassword: string,
    readonly databaseUrl: string | undefined,
    private readonly folder: string,
    private readonly options: ServerOptions,
  ) {
    this.dataFolder = join(folder, 'data')
    this.imagesFolder = options.imagesFolder ?? options.beside?.imagesFolder ?? join(this.dataFolder, 'images')
    const { copiesFolder } = options
    this.storeFolders = [this.imagesFolder, ...(copiesFolder === undefined ? [] : [copiesFolder])]
    this.databaseFile = options.beside?.databaseFile ?? join(this.dataFolder, 'glimpse.db')
    this.logFile = join(folder, 'server.log')
  }

  /** Prepares folder, port and database; starts nothing. */
  static async prepare(options: ServerOptions): Promise<FaultServer> {
    const url = new URL(`http://127.0.0.1:${await freePort()}`)
    const databaseUrl =
      options.beside?.databaseUrl ??
      (options.flavour === 'postgresql' ? await createDatabase(inject('postgresUrl')) : undefined)
    const folder = mkdtempSync(join(tmpdir(), 'glimpse-faults-'))
    mkdirSync(join(folder, 'data'))
    return new FaultServer(options.flavour, url, randomBytes(12).toString('hex'), databaseUrl, folder, options)
  }

  static async start(options: ServerOptions): Promise<FaultServer> {
    const server = await FaultServer.prepare(options)
    await server.start()
    return server
  }

  get authUrl(): string {
    return `${this.url.origin}/identity/v3`
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Starts it, at first or again, and waits until it serves; `isRecording` notes the points from the first moment. */
  async start({ isRecording = false } = {}): Promise<void> {
    const child = this.#launch(isRecording ? { GLIMPSE_FAULT_PLAN: 'record' } : {})
    const { logFile } = this
    const isReady = () => answers(`${this.url.origin}/healthcheck`)
    await waitUntil(isReady, { child, what: 'the server', logFile, timeoutMs: 90_000 })
  }

  /** Starts it and waits until it died at the planned point; false when it did not within `timeoutMs`. */
  async startToDie(plan: Plan, timeoutMs = 30_000): Promise<boolean> {
    this.#launch({ GLIMPSE_FAULT_PLAN: JSON.stringify(plan) })
    return await this.died(timeoutMs)
  }

  async arm(plan: Plan): Promise<void> {
    await this.#ask('arm', JSON.stringify(plan))
  }

  async disarm(): Promise<void> {
    await this.#ask('arm', undefined)
  }

  /** Begins to note the points that are passed; {@link recorded} tells them in order. */
  async record(): Promise<void> {
    await this.#ask('arm', 'record')
  }

  async recorded(): Promise<string[]> {
    return await this.#ask('names', undefined)
  }

  /** Resolves when the process is gone; false when it is still there after `timeoutMs`. */
  async died(timeoutMs = 15_000): Promise<boolean> {
    const child = this.#running()
    const deadline = Date.now() + timeoutMs
    while (this.isRunning && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10))
    if (this.isRunning) return false
    if (child.signalCode !== 'SIGKILL') {
      throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}:\n${this.log()}`)
    }
    return true
  }

  /** Asks it to end, and waits until it did; throws when it had to be ended. */
  async stop(): Promise<void> {
    const child = this.#running()
    await stop(child)
    if (child.signalCode === 'SIGKILL') throw new Error(`the server did not end:\n${this.log()}`)
  }

  /** Processes that it started and that are still there. */
  children(): number {
    const tasks = readdirSync(`/proc/${this.#pid()}/task`)
    const lists = tasks.map((task) => readFileSync(`/proc/${this.#pid()}/task/${task}/children`, 'utf8'))
    return lists.join(' ').split(/\s+/).filter(Boolean).length
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    await stop(this.#running(), { signal: 'SIGKILL' })
  }

  /** Freezes the process; {@link thaw} lets it go on. */
  freeze(): void {
    process.kill(this.#pid(), 'SIGSTOP')
  }

  /** Resolves when the process stands still, by {@link freeze} or by its plan. */
  async frozen(): Promise<void> {
    await until('the server is frozen', () => this.isFrozen())
  }

  isFrozen(): boolean {
    return /^State:\s+T/m.test(readFileSync(`/proc/${this.#pid()}/status`, 'utf8'))
  }

  thaw(): void {
    process.kill(this.#pid(), 'SIGCONT')
  }

  /** Files of the store that the process has open. */
  openBlobs(): string[] {
    const folder = `/proc/${this.#pid()}/fd`
    return readdirSync(folder)
      .map((fd) => targetOf(join(folder, fd)))
      .filter((path) => path.startsWith(`${this.imagesFolder}/`) && !path.endsWith('/.probe'))
  }

  /** How many files the process has open, connections among them. */
  openFiles(): number {
    return readdirSync(`/proc/${this.#pid()}/fd`).length
  }

  /** Memory that the process holds. */
  residentBytes(): number {
    const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#pid()}/status`, 'utf8')) ?? []
    return Number(kibibytes) * 1024
  }

  log(lines = 30): string {
    return readFileSync(this.logFile, 'utf8').split('\n').slice(-lines).join('\n')
  }

  /** Ends it for good and removes its folder. */
  async close(): Promise<void> {
    if (this.#child !== undefined) await stop(this.#child)
    rmSync(this.folder, { recursive: true, force: true })
  }

  #launch(variables: Record<string, string>): ChildProcess {
    if (this.isRunning) throw new Error('the server runs already')
    const log = openSync(this.logFile, 'a')
    const args = ['--import', preload, '--min-semi-space-size=32', '--max-semi-space-size=64', 'lib/server/main.mjs']
    this.#child = start(process.execPath, args, {
      stdio: ['ignore', log, log, 'ipc'],
      env: {
        ...process.env,
        NEXT_TELEMETRY_DISABLED: '1',
        NODE_ENV: 'production',
        GLIMPSE__SERVER__PORT: this.url.port,
        GLIMPSE__SERVER__DATA_FOLDER: this.dataFolder,
        GLIMPSE__IDENTITY__ADMIN_PASSWORD: this.adminPassword,
        GLIMPSE__LOG__LEVEL: 'info',
        GLIMPSE__STORES__FILE__TYPE: 'filesystem',
        GLIMPSE__STORES__FILE__PATH: this.imagesFolder,
        GLIMPSE__STORES__WEB__TYPE: 'http',
        GLIMPSE__STORAGE__DEFAULT_STORE: 'file',
        ...(this.options.copiesFolder !== undefined && {
          GLIMPSE__STORES__COPIES__TYPE: 'filesystem',
          GLIMPSE__STORES__COPIES__PATH: this.options.copiesFolder,
        }),
        GLIMPSE_FAULT_STORES: this.storeFolders.join(':'),
        GLIMPSE_FAULT_STAGING: join(this.dataFolder, 'staging'),
        GLIMPSE__DATABASE__URL: this.databaseUrl ?? `file:${this.databaseFile}`,
        ...this.options.settings,
        ...variables,
      },
    })
    closeSync(log)
    return this.#running()
  }

  #running(): ChildProcess {
    if (this.#child === undefined) throw new Error('the server was never started')
    return this.#child
  }

  #pid(): number {
    const { pid } = this.#running()
    if (pid === undefined) throw new Error('the server did not start')
    return pid
  }

  async #ask(ask: string, plan: string | undefined): Promise<string[]> {
    const child = this.#running()
    const answer = once(child, 'message', { signal: AbortSignal.timeout(15_000) })
    child.send({ ask, plan })
    const [message] = await answer
    return answerSchema.parse(message).names
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    // closed since it was listed
    return ''
  }
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
