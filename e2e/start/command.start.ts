import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../lib/server/glimpse.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'glimpse-command-'))
const elsewhere = join(folder, 'elsewhere')
mkdirSync(elsewhere)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function glimpse(...words: string[]) {
  const env = { ...process.env, NODE_ENV: 'production' as const, GLIMPSE__SERVER__DATA_FOLDER: folder }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: elsewhere,
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('the command', () => {
  it('tells how it is used, as an error where it was used otherwise', () => {
    const help = glimpse('--help')
    expect([help.status, help.stderr]).toEqual([0, ''])
    expect(help.stdout).toContain('glimpse metadefs load [--path FILE-OR-FOLDER]')
    for (const words of [[], ['metadef'], ['metadefs', 'lad']]) {
      const { status, stdout, stderr } = glimpse(...words)
      expect([status, stdout]).toEqual([2, ''])
      expect(stderr).toContain('metadefs load')
    }
  })

  it('works on the database of the settings, and on files where it was called', () => {
    const loaded = glimpse('metadefs', 'load')
    expect([loaded.status, loaded.stderr]).toEqual([0, ''])
    expect(loaded.stdout.split('\n')).toContain('operating-system.json: inserted')
    expect(glimpse('metadefs', 'export', '--path', 'here').status).toBe(0)
    expect(readdirSync(join(elsewhere, 'here'))).toContain('OS%3A%3AOperatingSystem.json')
    expect(glimpse('metadefs', 'unload').status).toBe(0)
    const again = glimpse('metadefs', 'load', '--path', 'here/OS%3A%3AOperatingSystem.json')
    expect(again.stdout).toBe('OS%3A%3AOperatingSystem.json: inserted\n')
    const absent = glimpse('metadefs', 'load', '--path', 'nowhere')
    expect(absent.status).toBe(1)
    expect(absent.stderr).toContain('nowhere')
  })

  it('audits what a change of policy would open, and says so by its status when it is asked to', () => {
    const report = glimpse('policy', 'audit', '--preset', 'opened', '--json')
    expect(report.status).toBe(0)
    const { findings, summary } = JSON.parse(report.stdout)
    expect(summary.lists.becomesWritable.namespaces).toBe(summary.namespaces)
    expect(findings[0]).toMatchObject({ kind: 'namespace', name: 'OS::OperatingSystem' })
    writeFileSync(join(elsewhere, 'policy.yaml'), 'add_metadef_tag: role:member\n')
    const table = glimpse('policy', 'audit', '--rules', 'policy.yaml', '--check')
    expect([table.status, table.stdout.includes('createTag for ')]).toEqual([1, true])
    expect(glimpse('policy', 'audit', '--check').status).toBe(0)
    writeFileSync(join(elsewhere, 'policy.yaml'), 'add_metadef_tag: rule:typo\n')
    const refused = glimpse('policy', 'audit', '--rules', 'policy.yaml')
    expect([refused.status, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toContain('add_metadef_tag refers to typo')
    expect(glimpse('policy', 'audit', '--preset', 'closed').status).toBe(2)
  })
})
