import { type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setPriority } from 'node:os'
import type { Readable } from 'node:stream'
import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'

const STDERR_BYTES_MAX = 4096
/**
 * Of each thread. qemu-img makes up to 64 when a disk is slow, and with 8 MiB for each and an arena of 64 MiB for its
 * malloc they would not fit into the memory that it may have, so that it aborted.
 */
const STACK_BYTES = 2 * 1024 * 1024
/** Where programs are looked for; nothing of the service's own environment reaches them. Next's types want NODE_ENV. */
const environment = {
  MALLOC_ARENA_MAX: '1',
  NODE_ENV: 'production' as const,
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
}

/** The number under which a program can be given what is in a staging area. */
export function fileIn({ fd }: { readonly fd?: number }): number {
  if (fd === undefined) throw apiError('internal', { detail: { reason: 'the staging area has no files' } })
  return fd
}

export interface ProgramOptions {
  /** an open file that it reads as its standard input */
  readonly stdin?: number
  /** open files that it sees as /proc/self/fd/3 and so on */
  readonly files?: readonly number[]
  /** below the configured limit */
  readonly cpuSeconds?: number
  /** the largest file that it may write */
  readonly fileBytes?: number
  /** exit codes that are no failure, beside 0 */
  readonly goodCodes?: readonly number[]
}

export interface RunningProgram {
  /** must be read to its end, or the program waits */
  readonly stdout: Readable
  /** Resolves with what it wrote to standard error when it ended well; throws `format_refused` with the reason. */
  readonly ended: Promise<string>
  kill(): void
}

/**
 * Starts a program of the system that works on data of strangers: without a shell, without our environment, without any
 * way to new privileges, with limits on processor time, memory, file size and its whole life, and it dies with us. It
 * knows files by their open descriptors alone, so that no name in the data leads it to a neighbouring file.
 */
export function startProgram(command: readonly [string, ...string[]], options: ProgramOptions = {}): RunningProgram {
  const { stdin = 'ignore', files = [], goodCodes = [] } = options
  const [name] = command
  const spawnOptions: SpawnOptions = { cwd: '/', env: environment, stdio: [stdin, 'pipe', 'pipe', ...files] }
  const child = spawn('setpriv', [...confinement(options), ...command], spawnOptions)
  const { stdout, stderr, pid } = child
  if (stdout === null || stderr === null) throw apiError('internal')
  // It may need many seconds of both processors; the requests must not wait for it.
  if (pid !== undefined) lowerPriority(pid)
  let text = ''
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < STDERR_BYTES_MAX) text += chunk
  })
  const { timeoutSeconds } = config().imports.programs
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    child.kill('SIGKILL')
  }, timeoutSeconds * 1000)
  timer.unref()
  const ended = (async () => {
    try {
      const [code, signal] = await once(child, 'close')
      if (isLate) throw failed(`${name} did not end within ${timeoutSeconds} seconds`, text)
      if (code === 0 || goodCodes.includes(code)) return text
      throw failureOf(name, { code, signal, text })
    } catch (error) {
      throw isNotFound(error) ? failureOf(name, { code: 127, signal: null, text: '' }) : error
    } finally {
      clearTimeout(timer)
    }
  })()
  // Whoever reads the output hears of the end only afterwards.
  ended.catch(() => {})
  return { stdout, ended, kill: () => void child.kill('SIGKILL') }
}

function confinement({ cpuSeconds = Number.POSITIVE_INFINITY, fileBytes }: ProgramOptions): string[] {
  const { programs } = config().imports
  const cpu = Math.ceil(Math.min(cpuSeconds, programs.cpuSeconds))
  return [
    ...['--pdeathsig', 'KILL', '--no-new-privs', '--', 'prlimit', '--core=0', '--nofile=64'],
    `--cpu=${cpu}:${cpu + 1}`,
    `--as=${programs.memoryMib * 1024 * 1024}`,
    `--stack=${STACK_BYTES}`,
    ...(fileBytes === undefined ? [] : [`--fsize=${fileBytes}`]),
    '--',
  ]
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, 10)
  } catch {
    // It has ended already, and its end tells more.
  }
}

interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly text: string
}

function failureOf(name: string, { code, signal, text }: Ending) {
  if (code === 126 || code === 127) {
    return apiError('unavailable', { public: `This needs the program ${name}, which the node does not have.` })
  }
  if (signal === 'SIGXCPU') return failed(`${name} needed more processor time than it may have`, text)
  if (signal === 'SIGXFSZ') return failed(`${name} wrote more than an image may have`, text)
  if (signal !== null) return failed(`${name} was ended by ${signal}`, text)
  const [line = ''] = text.split('\n')
  return failed(line === '' ? `${name} failed` : `${name} failed: ${line.slice(0, 200)}`, text)
}

function failed(reason: string, stderr: string) {
  return apiError('format_refused', { public: `${reason}.`.replace(/\.\.$/, '.'), detail: { stderr } })
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
