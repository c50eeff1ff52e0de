import { resolve } from 'node:path'
import { config } from '@/lib/config/load'
import { db, tuneConnection } from '@/lib/db/client'
import { migrateDatabase } from '@/lib/db/migrate'
import { closeRawReader } from '@/lib/db/raw-query'
import { isApiError } from '@/lib/errors/api-error'
import { policyUsage, runPolicy } from '@/lib/metadefs/audit/command'
import { metadefsUsage, runMetadefs } from '@/lib/metadefs/command'
import { makeLogger } from '@/lib/runtime/logger'
import { setProcessSingleton } from '@/lib/runtime/process-singleton'
import { runUpload } from '@/lib/uploads/client/upload-command'
import { uploadUsage } from '@/lib/uploads/client/upload-options'

/** 0: done; 1: it failed, or found what it looks for; 2: the words were not understood. */
export type ExitCode = 0 | 1 | 2

export interface CommandLine {
  /** what follows the command's name */
  readonly words: readonly string[]
  /** A path as whoever called means it: relative to where that was. */
  path(text: string): string
  /** To standard output; resolves when more may come, since a pipe can be slower than we are. */
  write(text: string): Promise<void>
  /** To standard error. */
  complain(text: string): void
}

export interface Command {
  readonly name: string
  /** one form a line, each beginning with the name */
  readonly usage: string
  /** whether it works on this server's database, which is migrated first, or needs none */
  readonly needsDatabase: boolean
  /** Errors that it throws are told in one line, and exit with 1. */
  run(line: CommandLine): Promise<ExitCode>
}

/** Every command of `glimpse`. */
export const commands: readonly Command[] = [
  { name: 'metadefs', usage: metadefsUsage, needsDatabase: true, run: metadefs },
  { name: 'policy', usage: policyUsage, needsDatabase: true, run: (line) => runPolicy(line.words, line) },
  { name: 'upload', usage: uploadUsage, needsDatabase: false, run: upload },
]

async function upload(line: CommandLine): Promise<ExitCode> {
  const exitCode = await runUpload({ ...line, columns: process.stderr.isTTY ? process.stderr.columns : undefined })
  if (exitCode === 2) line.complain(`usage:\n${uploadUsage.replace(/^/gm, '  glimpse ')}\n`)
  return exitCode
}

async function metadefs({ words, path, write, complain }: CommandLine): Promise<ExitCode> {
  const { exitCode, lines } = await runMetadefs(words, path)
  for (const line of lines) {
    if (exitCode === 0) await write(`${line}\n`)
    else complain(`${line}\n`)
  }
  return exitCode
}

/** Runs `glimpse WORDS…` for somebody who is in the folder `from`. Never throws. */
export async function runCommand(words: readonly string[], from: string): Promise<ExitCode> {
  const complain = (text: string) => void process.stderr.write(text)
  const [name = '', ...rest] = words
  const command = commands.find((known) => known.name === name)
  if (command === undefined) {
    const isHelp = ['help', '--help', '-h'].includes(name)
    const stream = isHelp ? process.stdout : process.stderr
    stream.write(usageOf(commands))
    return isHelp ? 0 : 2
  }
  if (rest.includes('--help')) {
    process.stdout.write(usageOf([command]))
    return 0
  }
  // Standard output is the command's own.
  setProcessSingleton('logger', makeLogger({ level: 'warn' }, process.stderr))
  try {
    if (command.needsDatabase) await openDatabase()
    return await command.run({ words: rest, path: (text) => resolve(from, text), write, complain })
  } catch (error) {
    // Whoever reads only the beginning, as `head` does, has what it wants.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0
    complain(`glimpse: ${isApiError(error) || error instanceof Error ? error.message : String(error)}\n`)
    return 1
  } finally {
    if (command.needsDatabase) await closeDatabase()
  }
}

function usageOf(listed: readonly Command[]): string {
  const forms = listed.flatMap(({ usage }) => usage.split('\n'))
  return `usage:\n${forms.map((form) => `  glimpse ${form}\n`).join('')}`
}

async function openDatabase(): Promise<void> {
  const { databaseUrl } = config()
  await migrateDatabase(databaseUrl)
  await tuneConnection(db(), databaseUrl)
}

async function closeDatabase(): Promise<void> {
  await closeRawReader()
  await db()
    .$disconnect()
    .catch(() => {})
}

async function write(text: string): Promise<void> {
  await new Promise<void>((done, fail) => process.stdout.write(text, (error) => (error ? fail(error) : done())))
}
