import { config } from '@/lib/config/load'
import {
  exportDefinitions,
  type FileResult,
  loadDefinitions,
  type MergeMode,
  unloadDefinitions,
} from './definition-files'

export const metadefsUsage = `metadefs load [--path FILE-OR-FOLDER] [--merge [--prefer-new | --overwrite]] [--dry-run]
metadefs export --path FOLDER
metadefs unload [--only-seeded]`

export interface CommandResult {
  /** 1 when a file was refused, 2 for what the command does not understand */
  readonly exitCode: 0 | 1 | 2
  readonly lines: readonly string[]
}

/**
 * Runs `metadefs …` against the configured database, which must be migrated. `absolute` makes a path of the caller's one
 * of this process.
 */
export async function runMetadefs(
  words: readonly string[],
  absolute: (path: string) => string = (path) => path,
): Promise<CommandResult> {
  const [verb = '', ...rest] = words
  const options = parseOptions(rest)
  if (options === undefined) return misunderstood()
  const { flags } = options
  const path = options.path === undefined ? undefined : absolute(options.path)
  if (verb === 'load') return await load(path ?? config().metadefs.sourcePath, flags)
  if (verb === 'export' && path !== undefined && flags.size === 0) {
    const files = await exportDefinitions(path)
    return { exitCode: 0, lines: [`${files.length} namespaces written to ${path}`] }
  }
  if (verb === 'unload' && path === undefined && [...flags].every((flag) => flag === 'only-seeded')) {
    const count = await unloadDefinitions({ onlySeeded: flags.has('only-seeded') })
    return { exitCode: 0, lines: [`${count} namespaces removed`] }
  }
  return misunderstood()
}

async function load(path: string, flags: ReadonlySet<string>): Promise<CommandResult> {
  const known = new Set(['merge', 'prefer-new', 'overwrite', 'dry-run'])
  const mode = modeOf(flags)
  if (mode === undefined || [...flags].some((flag) => !known.has(flag))) return misunderstood()
  const results = await loadDefinitions(path, { mode, isDryRun: flags.has('dry-run') })
  return { exitCode: results.some(({ outcome }) => outcome === 'refused') ? 1 : 0, lines: results.map(lineOf) }
}

function modeOf(flags: ReadonlySet<string>): MergeMode | undefined {
  const isNew = flags.has('prefer-new')
  const isOver = flags.has('overwrite')
  if ((isNew && isOver) || ((isNew || isOver) && !flags.has('merge'))) return undefined
  if (isNew) return 'prefer-new'
  if (isOver) return 'overwrite'
  return flags.has('merge') ? 'merge' : 'skip'
}

const lineOf = ({ file, outcome, problem }: FileResult) =>
  problem === undefined ? `${file}: ${outcome}` : `${file}: ${outcome}: ${problem}`

const misunderstood = (): CommandResult => ({ exitCode: 2, lines: [metadefsUsage] })

function parseOptions(words: readonly string[]): { path: string | undefined; flags: Set<string> } | undefined {
  const flags = new Set<string>()
  let path: string | undefined
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (word === '--path') {
      index += 1
      path = words[index]
      if (path === undefined) return undefined
    } else if (word.startsWith('--')) flags.add(word.slice(2).replaceAll('_', '-'))
    else return undefined
  }
  return { path, flags }
}
