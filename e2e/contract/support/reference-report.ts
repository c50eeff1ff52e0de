import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestModule } from 'vitest/node'
import type { Difference } from './row'

interface Listed extends Difference {
  readonly title: string
}

const reportPath = fileURLToPath(new URL('../reference-differences.md', import.meta.url))

const headings: Readonly<Record<Difference['because'], string>> = {
  release: 'The package is older than the target',
  defect: 'Defects of the original that are not copied',
  setting: 'Set up otherwise',
}

/**
 * After a whole run against the original service, writes down every row whose normal assertions failed there, with
 * the reason the row gives. A run of some files, or one with failures, leaves the list as it is.
 */
export default class ReferenceReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: string): void {
    if (process.env.GLIMPSE_TEST_REFERENCE !== '1' || reason !== 'passed' || errors.length > 0) return
    if (modules.length < suiteSize(modules)) return
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    if (tests.some((test) => test.result().state !== 'passed')) return
    const listed = tests.flatMap((test): Listed[] => {
      const { difference } = test.meta()
      return difference === undefined ? [] : [{ ...difference, title: test.fullName }]
    })
    const text = render(listed, tests.length)
    if (readOrEmpty(reportPath) !== text) writeFileSync(reportPath, text)
    console.log(`${listed.length} of ${tests.length} rows differ from the original service, all as listed.`)
  }
}

function render(listed: readonly Listed[], total: number): string {
  const groups = (['release', 'defect', 'setting'] as const).map((because) => {
    const rows = listed.filter((row) => row.because === because)
    if (rows.length === 0) return ''
    const lines = rows.map(line).sort()
    return `\n## ${headings[because]} (${rows.length})\n\n${lines.join('\n')}\n`
  })
  return `# Differences from the original service

Written by the contract suite itself when it runs against Glance 25.1 (\`GLIMPSE_TEST_REFERENCE=1\`); do not edit.
${listed.length} of ${total} rows fail their assertions there, each for the reason given. All others pass on both.
${groups.join('')}`
}

const line = ({ title, text, sometimes }: Listed): string =>
  `- \`${title.replaceAll('`', "'")}\`: ${sometimes ? 'sometimes ' : ''}${text.replace(/([*_<])/g, '\\$1')}`

/** How many files a whole run has: those that lie here, without the ones that its configuration leaves out. */
function suiteSize([first]: readonly TestModule[]): number {
  const folder = fileURLToPath(new URL('..', import.meta.url))
  const excluded = first?.project.config.exclude ?? []
  return readdirSync(folder).filter(
    (name) => name.endsWith('.contract.ts') && !excluded.some((path) => path.endsWith(`/${name}`)),
  ).length
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
