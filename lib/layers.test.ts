import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'glimpse-layers-'))

interface Planted {
  readonly path: string
  readonly code: string
}

/** What the linter, with this project's own settings, says of files that stood at these paths. */
function complaintsOf(files: readonly Planted[]): ReadonlyMap<string, string[]> {
  copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'))
  for (const { path, code } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), code)
  }
  const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.']
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/biome'), args, { cwd: folder, encoding: 'utf8' })
  const found = new Map<string, string[]>()
  for (const { category, location } of reportSchema.parse(JSON.parse(stdout)).diagnostics) {
    found.set(location.path, [...(found.get(location.path) ?? []), category])
  }
  return found
}

const reportSchema = z.object({
  diagnostics: z.array(z.object({ category: z.string(), location: z.object({ path: z.string() }) })),
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const importing = (module: string) => `import { x } from '${module}'\n\nexport const y = x\n`

/** A folder, and what nothing in it may import. */
const forbidden = [
  ['lib/errors/planted.ts', '@/lib/config/load'],
  ['lib/runtime/planted.ts', '@/lib/errors/codes'],
  ['lib/config/planted.ts', '@/lib/db/client'],
  ['lib/db/planted.ts', '@/lib/images/image'],
  ['lib/context/planted.ts', '@/lib/db/client'],
  ['lib/keystone/planted.ts', '@/lib/identity/sign-in'],
  ['lib/policy/planted.ts', '@/lib/images/image'],
  ['lib/policy/planted.ts', '@/lib/events/event'],
  ['lib/policy/planted.ts', '@/lib/policy-admin/change-policy'],
  ['lib/images/planted.ts', '@/lib/policy-admin/change-policy'],
  ['lib/policy-admin/planted.ts', '@/lib/images/image'],
  ['lib/policy-admin/planted.ts', '@/lib/http/wire'],
  ['lib/quota/planted.ts', '@/lib/images/image'],
  ['lib/quota/planted.ts', '@/lib/identity/sign-in'],
  ['lib/keystone/planted.ts', '@/lib/quota/quota'],
  ['lib/identity/planted.ts', '@/lib/quota/quota'],
  ['lib/identity/planted.ts', '@/lib/policy/enforce'],
  ['lib/stores/planted.ts', '@/lib/images/image'],
  ['lib/stores/planted.ts', '@/lib/events/event'],
  ['lib/events/planted.ts', '@/lib/images/image'],
  ['lib/events/planted.ts', '@/lib/policy/enforce'],
  ['lib/events/planted.ts', '@/lib/identity/sign-in'],
  ['lib/formats/planted.ts', '@/lib/images/image'],
  ['lib/images/planted.ts', '@/lib/data-plane/range'],
  ['lib/images/planted.ts', '@/lib/tasks/task'],
  ['lib/tasks/planted.ts', '@/lib/data-plane/range'],
  ['lib/metadefs/planted.ts', '@/lib/data-plane/range'],
  ['lib/metadefs/planted.ts', '@/lib/tasks/task'],
  ['lib/tasks/planted.ts', '@/lib/metadefs/metadef'],
  ['lib/images/planted.ts', '@/lib/metadefs/metadef'],
  ['lib/policy/planted.ts', '@/lib/metadefs/metadef'],
  ['lib/events/planted.ts', '@/lib/metadefs/metadef'],
  ['lib/data-plane/planted.ts', '@/lib/imports/import-plan'],
  ['lib/imports/planted.ts', '@/lib/jobs/reaper'],
  ['lib/data-plane/planted.ts', '@/lib/jobs/reaper'],
  ['lib/jobs/planted.ts', '@/lib/http/wire'],
  ['lib/jobs/planted.ts', '@/lib/uploads/create-upload'],
  ['lib/uploads/planted.ts', '@/lib/jobs/reaper'],
  ['lib/uploads/planted.ts', '@/lib/http/wire'],
  ['lib/imports/planted.ts', '@/lib/uploads/create-upload'],
  ['lib/images/planted.ts', '@/lib/uploads/create-upload'],
  ['lib/http/planted.ts', '@/lib/session/session'],
  ['lib/session/planted.ts', '@/lib/server/dispatch'],
  ['lib/server/planted.ts', '@/app/routes.generated'],
  ['lib/images/planted.ts', '@/components/images/view'],
  // Another spelling of the same import is no way around.
  ['lib/errors/planted.ts', '../images/image'],
  ['lib/stores/drivers/filesystem/planted.ts', '../../../identity/sign-in'],
  ['components/ui/planted.ts', '../../lib/images/list-images'],
  ['lib/images/planted.ts', '@/lib/db/generated/sqlite/client'],
  ['lib/images/planted.ts', 'next/headers'],
  ['lib/images/planted.ts', 'node:child_process'],
  ['lib/imports/steps/planted.ts', 'node:child_process'],
  ['app/planted.ts', '@/lib/db/client'],
  ['components/ui/planted.ts', '@/lib/images/list-images'],
  ['components/ui/planted.ts', 'next/navigation'],
] as const

const legal = [
  ['lib/policy-admin/planted.ts', '@/lib/policy/enforce'],
  ['lib/policy-admin/planted.ts', '@/lib/events/event'],
  ['lib/images/planted.ts', '@/lib/quota/quota'],
  ['lib/imports/steps/program.ts', 'node:child_process'],
  ['lib/server/planted.ts', '@/lib/http/wire'],
  ['lib/session/planted.ts', '@/lib/http/wire'],
  ['lib/data-plane/planted.ts', '@/lib/images/image'],
  ['lib/imports/planted.ts', '@/lib/data-plane/range'],
  ['lib/imports/planted.ts', '@/lib/tasks/task'],
  ['lib/images/planted.ts', '@/lib/policy/enforce'],
  ['lib/metadefs/planted.ts', '@/lib/images/parse-list-query'],
  ['lib/http/planted.ts', '@/lib/metadefs/metadef'],
  ['lib/images/planted.ts', '@/lib/events/event'],
  ['lib/identity/planted.ts', '@/lib/keystone/client'],
  ['lib/identity/planted.ts', '@/lib/events/event-repo'],
  ['lib/keystone/planted.ts', '@/lib/context/principal'],
  ['lib/images/planted.ts', './image'],
  ['lib/stores/drivers/filesystem/planted.ts', '../../store'],
  ['components/ui/planted.ts', '@/lib/formats/inspector'],
  ['components/ui/planted.ts', '@/lib/uploads/protocol'],
  ['components/ui/planted.ts', '@/lib/runtime/locale'],
  ['components/ui/planted.ts', '@/lib/uploads/client/sending'],
  ['lib/uploads/planted.ts', '@/lib/imports/import-plan'],
  ['lib/http/planted.ts', '@/lib/uploads/create-upload'],
  ['app/planted.ts', '@/lib/images/list-images'],
] as const

const plant = (kind: string, folderOf: string, index: number) => folderOf.replace('planted', `${kind}${index}`)
const found = complaintsOf([
  ...forbidden.map(([path, module], index) => ({ path: plant('bad', path, index), code: importing(module) })),
  ...legal.map(([path, module], index) => ({ path: plant('good', path, index), code: importing(module) })),
  { path: 'lib/images/environment.ts', code: 'export const y = process.env.X\n' },
  { path: 'lib/config/environment.ts', code: 'export const y = process.env.X\n' },
  { path: 'lib/images/ring-a.ts', code: "import { b } from './ring-b'\n\nexport const a = () => b\n" },
  { path: 'lib/images/ring-b.ts', code: "import { a } from './ring-a'\n\nexport const b = () => a\n" },
])

describe('the linter', () => {
  it.each(forbidden.map(([path, module], index) => ({ path, module, index })))(
    'refuses $path importing $module',
    ({ path, index }) => {
      expect(found.get(plant('bad', path, index))).toContain('lint/style/noRestrictedImports')
    },
  )

  it.each(legal.map(([path, module], index) => ({ path, module, index })))(
    'lets $path import $module',
    ({ path, index }) => {
      expect(found.get(plant('good', path, index)) ?? []).not.toContain('lint/style/noRestrictedImports')
    },
  )

  it('keeps the environment in one file', () => {
    expect(found.get('lib/images/environment.ts')).toContain('lint/style/noProcessEnv')
    expect(found.get('lib/config/environment.ts') ?? []).not.toContain('lint/style/noProcessEnv')
  })

  it('refuses files that import each other', () => {
    expect(found.get('lib/images/ring-a.ts')).toContain('lint/suspicious/noImportCycles')
  })
})
