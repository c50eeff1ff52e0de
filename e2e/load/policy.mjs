// Decisions of the default rules on one core, without a server: what each request pays for asking.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../support/processes.mjs'
import { median, table } from './measure.mjs'
import { verdict } from './verdicts.mjs'

export async function benchPolicy({ rounds }) {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-policy-'))
  try {
    const outfile = join(folder, 'decisions.cjs')
    const bundle = { bundle: true, platform: 'node', format: 'cjs', tsconfig: join(root, 'tsconfig.json') }
    await build({ ...bundle, entryPoints: [join(root, 'e2e/load/policy-decisions.ts')], outfile, logLevel: 'error' })
    const samples = new Map()
    for (let round = 0; round < rounds; round++) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], {
        encoding: 'utf8',
      })
      if (status !== 0) throw new Error(stderr)
      for (const [what, sample] of Object.entries(JSON.parse(stdout))) {
        samples.set(what, [...(samples.get(what) ?? []), sample])
      }
    }
    const rows = [...samples].map(([what, each]) => {
      const perSecond = median(each.map((sample) => sample.perSecond))
      const bytes = median(each.map((sample) => sample.bytesEach))
      return { what, perSecond, bytes }
    })
    console.log(
      table(
        'Decisions of the default rules on one core',
        ['question', 'a CPU second', 'bytes each'],
        rows.map(({ what, perSecond, bytes }) => [what, Math.round(perSecond).toLocaleString('en'), bytes.toFixed(0)]),
      ),
    )
    const slowest = Math.min(...rows.map(({ perSecond }) => perSecond))
    verdict('policy decisions a CPU second, slowest question', Math.round(slowest), { atLeast: 1_000_000 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
