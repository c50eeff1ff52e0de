import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it, vi } from 'vitest'

type Leaf = string | ((...about: unknown[]) => unknown)

const made = vi.hoisted(() => ({ english: [] as (readonly [name: string, catalog: object])[], german: {} }))

vi.mock('@/components/ui/texts', async (importActual) => {
  const actual = await importActual<typeof import('@/components/ui/texts')>()
  return {
    ...actual,
    texts: <T extends object>(name: string, catalog: T): T => {
      made.english.push([name, catalog])
      return actual.texts(name, catalog)
    },
    registerCatalogs: (_locale: string, catalogs: object) => Object.assign(made.german, catalogs),
  }
})

/** Words of the API and signs, which no language changes; a name stands for all that is in it. */
const words = [
  'compare.absent',
  'compare.rows.checksum',
  'detail.facts.checksum',
  'detail.facts.id',
  'detail.gib',
  'detail.mib',
  'export.csv',
  'export.json',
  'image.filterHints.container',
  'image.filterHints.format',
  'image.filterHints.status',
  'image.filterHints.visibility',
  'image.none',
  'image.sizeOf',
  'image.status',
  'image.visibility',
  'security.md5',
  'security.value',
  'shell.product',
  'signIn.scope.roles',
  'snippet.tools',
  'task.seconds',
  'upload.percent',
  'upload.speed',
  'upload.title',
] as const

const isOf = (path: string, word: string) => path === word || path.startsWith(`${word}.`)
const isWord = (path: string) => words.some((word) => isOf(path, word))

const root = fileURLToPath(new URL('..', import.meta.url))
/** All files that make a catalog, whatever their names, so that a new one cannot be forgotten here. */
const sources = ['app', 'components']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(root, folder, path)),
  )
  .filter((path) => /(?<!\.test|\.d)\.tsx?$/.test(path))
  .map((path) => ({ path, calls: readFileSync(path, 'utf8').match(/(?<!function )\btexts\(/g)?.length ?? 0 }))
  .filter(({ calls }) => calls > 0)

let english: ReadonlyMap<string, Leaf>
let german: ReadonlyMap<string, Leaf>

beforeAll(async () => {
  for (const { path } of sources) await import(path)
  await import('@/components/locales/de')
  // A catalog may be made in several files, as that of the primitives.
  english = new Map(made.english.flatMap(([name, catalog]) => [...leavesOf(catalog, name)]))
  german = new Map(leavesOf(made.german))
})

describe('German', () => {
  it('is looked at beside all catalogs', () => {
    expect(made.english.length).toBe(sources.reduce((sum, { calls }) => sum + calls, 0))
    expect(made.english.length).toBeGreaterThan(20)
  })

  it('has every text, as a text or as what makes one', () => {
    const missing = [...english].filter(([path, leaf]) => !isWord(path) && typeof german.get(path) !== typeof leaf)
    expect(missing.map(([path]) => path)).toEqual([])
    expect([...german].filter(([, leaf]) => leaf === '').map(([path]) => path)).toEqual([])
  })

  it('has no text that nobody asks for', () => {
    expect([...german.keys()].filter((path) => !english.has(path))).toEqual([])
  })

  it('makes its texts of no more than the English ones are made of', () => {
    const lengthOf = (leaf: Leaf | undefined) => (typeof leaf === 'function' ? leaf.length : 0)
    expect([...german].filter(([path, leaf]) => lengthOf(leaf) > lengthOf(english.get(path)))).toEqual([])
  })

  it.each(words)('leaves %s as it is', (word) => {
    expect([...english.keys()].some((path) => isOf(path, word))).toBe(true)
    expect([...german.keys()].filter((path) => isOf(path, word))).toEqual([])
  })
})

function leavesOf(value: unknown, path = ''): readonly (readonly [path: string, leaf: Leaf])[] {
  if (typeof value === 'string' || typeof value === 'function') return [[path, value as Leaf]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, path === '' ? key : `${path}.${key}`))
}
