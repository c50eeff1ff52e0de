import { type AuditOptions, type AuditSummary, auditExposure, type Finding, type ListName, lists } from './audit'
import type { Change } from './exposure'

export const reportFormats = ['json', 'csv', 'table'] as const
export type ReportFormat = (typeof reportFormats)[number]

type Write = (text: string) => Promise<void>

/**
 * Audits and writes what was found. `json` and `csv` are whole and written as it is found, so that a reader who is slow
 * holds the audit up and nothing is kept: a JSON document with a finding a line, or a row for each change, exposure and
 * mark. `table` is for people: counts first, and of each list as much as they read.
 */
export async function writeReport(options: AuditOptions, format: ReportFormat, write: Write): Promise<AuditSummary> {
  if (format === 'table') return await writeTable(options, write)
  return format === 'json' ? await writeJson(options, write) : await writeCsv(options, write)
}

async function writeJson(options: AuditOptions, write: Write): Promise<AuditSummary> {
  await write('{"findings":[')
  let separator = '\n'
  const summary = await auditExposure(options, async (finding) => {
    await write(`${separator}${JSON.stringify(finding)}`)
    separator = ',\n'
  })
  await write(`\n],\n"summary":${JSON.stringify(summary)}}\n`)
  return summary
}

const csvColumns = [
  ...['what', 'severity', 'kind', 'name', 'item', 'place', 'found', 'reason', 'call', 'personas', 'rules', 'owner'],
  ...['visibility', 'objects', 'properties', 'tags', 'resource types'],
]

async function writeCsv(options: AuditOptions, write: Write): Promise<AuditSummary> {
  await write(`${csvColumns.join(',')}\r\n`)
  return await auditExposure(options, async (finding) => {
    await write(
      csvRows(finding)
        .map((row) => `${row.map(csvCell).join(',')}\r\n`)
        .join(''),
    )
  })
}

/** Programs that show tables take what begins so for a formula. */
function csvCell(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

function csvRows(finding: Finding): string[][] {
  const marks = finding.marks.map(({ severity, kind, item, place, found, reason }) => {
    return ['mark', severity, kind, finding.name, item, place, found, reason]
  })
  if (finding.kind === 'resource type') {
    const sees = (['becomesReadable', 'closes', 'readableToday'] as const).filter((list) => finding[list].length > 0)
    const rows = sees.map((list) => {
      return [list, '', finding.kind, finding.name, '', '', '', '', 'listResourceTypes', finding[list].join('; ')]
    })
    return [...rows, ...marks].map(full)
  }
  const { name, owner, visibility, items } = finding
  const names = [items.objects, items.properties, items.tags, items.resourceTypes].map((each) => each.join('; '))
  const changes = lists.flatMap((list) =>
    finding[list].map(({ call, personas, rules }) => {
      const what = [call, personas.join('; '), rules.join('; '), owner, visibility]
      return [list, '', 'namespace', name, '', '', '', '', ...what, ...names]
    }),
  )
  return [...changes, ...marks].map(full)
}

const full = (row: readonly string[]) => [...row, ...csvColumns.slice(row.length).map(() => '')]

/** The counts, and as many findings as are asked for: those with marks of high severity, then what opens, then others. */
export async function collectReport(
  options: AuditOptions,
  findingsMax: number,
): Promise<{ readonly summary: AuditSummary; readonly findings: readonly Finding[] }> {
  const classes: Finding[][] = [[], [], []]
  const summary = await auditExposure(options, (finding) => {
    const kept = classes[urgency(finding)]
    if (kept !== undefined && kept.length < findingsMax) kept.push(finding)
  })
  return { summary, findings: classes.flat().slice(0, findingsMax) }
}

function urgency(finding: Finding): number {
  if (finding.marks.some(({ severity }) => severity === 'high')) return 0
  const opens = finding.kind === 'namespace' && finding.becomesWritable.length > 0
  return opens || finding.becomesReadable.length > 0 ? 1 : 2
}

const ROWS_MAX = 50

const titles: Readonly<Record<ListName, string>> = {
  becomesWritable: 'Becomes writable or deletable',
  becomesReadable: 'Becomes readable',
  closes: 'Can no longer be read or written',
  writableToday: 'Can be written already today from outside the project of the owner',
  readableToday: 'Can be read already today from outside the project of the owner',
}

async function writeTable(options: AuditOptions, write: Write): Promise<AuditSummary> {
  const rows = Object.fromEntries(lists.map((list) => [list, [] as string[]])) as Record<ListName, string[]>
  const marks = new Map<string, { count: number; first: string }>()
  const summary = await auditExposure(options, (finding) => {
    for (const list of lists) {
      if (rows[list].length < ROWS_MAX) rows[list].push(...rowsOf(finding, list))
    }
    for (const { severity, kind, item, place, found, reason } of finding.marks) {
      if (severity !== 'high') continue
      const key = `  ${plain(found.toLowerCase())} (${reason})`
      const where = kind === 'namespace' || kind === 'resource type' ? '' : `${kind} ${plain(item)}, `
      const known = marks.get(key)
      if (known !== undefined) known.count += 1
      else if (marks.size < ROWS_MAX) {
        marks.set(key, { count: 1, first: `${finding.kind} ${plain(finding.name)}: ${where}${place}` })
      }
    }
  })
  const { namespaces, items, resourceTypes, durationMs, creation, gaps } = summary
  const seconds = (durationMs / 1000).toFixed(1)
  await write(
    `${namespaces} namespaces with ${items} items, ${resourceTypes} resource types and ${summary.personas.length} personas in ${seconds} s\n`,
  )
  for (const gap of gaps) await write(`! names may be missed: ${gap}\n`)
  await write(`\nLikely sensitive: ${summary.marks.high} high, ${summary.marks.low} low\n`)
  const found = [...marks].sort(([, one], [, other]) => other.count - one.count)
  const rowOf = ([text, { count, first }]: (typeof found)[number]) =>
    `${text}: ${first}${count > 1 ? `, and ${count - 1} other places` : ''}`
  await write(lined(found.map(rowOf), summary.marks.high))
  for (const list of lists) {
    const { namespaces: count, items: itemCount, resourceTypes: types } = summary.lists[list]
    await write(`\n${titles[list]}: ${count} namespaces with ${itemCount} items, ${types} resource types\n`)
    await write(lined(rows[list].slice(0, ROWS_MAX), count + types))
  }
  await write('\nCan create\n')
  for (const { call, before, after, limit, per, currentMax } of creation) {
    const bound = limit < 0 ? 'without limit' : `at most ${limit} per ${per}`
    const fresh = after.filter((persona) => !before.includes(persona))
    const change = fresh.length === 0 ? '' : `; new: ${fresh.join('; ')}`
    await write(
      `  ${creationWords[call] ?? call}: ${after.length} personas, ${bound} (now up to ${currentMax})${change}\n`,
    )
  }
  return summary
}

const creationWords: Readonly<Record<string, string>> = {
  createNamespace: 'namespaces',
  nestAssociations: 'associations of resource types',
  nestObjects: 'objects',
  nestProperties: 'properties',
  nestTags: 'tags',
}

function lined(rows: readonly string[], total: number): string {
  const rest = rows.length >= ROWS_MAX && total > ROWS_MAX ? ['  … --format json has all of them'] : []
  return [...rows, ...rest].map((row) => `${row}\n`).join('')
}

function rowsOf(finding: Finding, list: ListName): string[] {
  if (finding.kind === 'resource type') {
    if (list === 'becomesWritable' || list === 'writableToday' || finding[list].length === 0) return []
    return [`  resource type ${plain(finding.name)}: ${finding[list].join('; ')}`]
  }
  if (finding[list].length === 0) return []
  const head = `  ${plain(finding.name)} (${finding.visibility}, of ${plain(finding.owner)}): `
  return [head + byPersonas(finding[list])]
}

/** Calls that the same personas make are told together. */
function byPersonas(changes: readonly Change[]): string {
  const groups = new Map<string, string[]>()
  for (const { call, personas } of changes) {
    const who = personas.join('; ')
    groups.set(who, [...(groups.get(who) ?? []), call])
  }
  return [...groups].map(([who, calls]) => `${calls.join(', ')} for ${who}`).join('\n      ')
}

/** Text of others must not move the cursor of a terminal. */
const plain = (text: string) =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
