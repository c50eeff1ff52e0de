import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { apiError } from '@/lib/errors/api-error'
import { activeRules } from '@/lib/policy/active-rules'
import { loadPolicy } from '@/lib/policy/policy-source'
import { isPresetName, presetNames } from '@/lib/policy/presets'
import { judgeProposal, type Proposal } from '@/lib/policy-admin/change-policy'
import { type ReportFormat, reportFormats, writeReport } from './report'
import { readWordList } from './word-list'

export const policyUsage = `policy audit [--preset ${presetNames.join('|')} | --rules FILE [--add]] [--words FILE] [--format ${reportFormats.join('|')}] [--check]`

interface Surroundings {
  /** a path of the caller's as one of this process */
  readonly path: (text: string) => string
  readonly write: (text: string) => Promise<void>
  readonly complain: (text: string) => void
}

interface Options {
  readonly preset: string | undefined
  readonly rules: string | undefined
  readonly isAdded: boolean
  readonly words: string | undefined
  readonly format: ReportFormat
  readonly isCheck: boolean
}

/**
 * Runs `policy audit …` on the configured database: the rules in force against a preset or the rules of a file, or alone.
 * With `--check` the status is 1 when something opens, or is marked high. Throws for files that cannot be read or used.
 */
export async function runPolicy(words: readonly string[], around: Surroundings): Promise<0 | 1 | 2> {
  const options = readOptions(words)
  if (options === undefined) {
    around.complain(`${policyUsage}\n`)
    return 2
  }
  await loadPolicy()
  const before = activeRules()
  const proposal = await proposalOf(options, around.path)
  const judged = proposal === undefined ? undefined : judgeProposal(proposal)
  for (const { rule, reason, isFatal } of judged?.faults ?? []) {
    around.complain(`${isFatal ? 'refused' : 'warning'}: ${rule} ${reason}\n`)
  }
  if (judged?.faults.some(({ isFatal }) => isFatal)) return 1
  const more = options.words === undefined ? [] : await wordsOf(around.path(options.words))
  const list = await readWordList()
  const { lists, marks } = await writeReport(
    { before, after: judged?.rules ?? before, words: { ...list, words: [...list.words, ...more] } },
    options.format,
    around.write,
  )
  const opened = [lists.becomesReadable, lists.becomesWritable]
  const opens = opened.some(({ namespaces, resourceTypes }) => namespaces + resourceTypes > 0)
  return options.isCheck && (opens || marks.high > 0) ? 1 : 0
}

function readOptions([verb, ...args]: readonly string[]): Options | undefined {
  if (verb !== 'audit') return undefined
  try {
    const { values } = parseArgs({
      args,
      options: {
        preset: { type: 'string' },
        rules: { type: 'string' },
        add: { type: 'boolean', default: false },
        words: { type: 'string' },
        format: { type: 'string', default: 'table' },
        json: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
      },
    })
    const format = reportFormats.find((known) => known === (values.json ? 'json' : values.format))
    const { preset, rules, add: isAdded, words, check: isCheck } = values
    if (format === undefined || (preset !== undefined && (rules !== undefined || !isPresetName(preset))))
      return undefined
    return isAdded && rules === undefined ? undefined : { preset, rules, isAdded, words, format, isCheck }
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

async function proposalOf(options: Options, path: (text: string) => string): Promise<Proposal | undefined> {
  const { preset, rules, isAdded } = options
  if (preset !== undefined && isPresetName(preset)) return { preset }
  if (rules === undefined) return undefined
  return { text: await readFile(path(rules), 'utf8'), mode: isAdded ? 'add' : 'replace' }
}

/** A word or a few a line; empty lines and what follows a # are nothing. */
async function wordsOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8')
  const lines = text.split('\n').map((line) => line.replace(/#.*$/, '').trim())
  const words = lines.filter((line) => line !== '')
  if (words.some((word) => word.length > 255)) throw apiError('bad_request', { public: `${file}: a line is too long` })
  return words
}
