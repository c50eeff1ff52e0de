import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { german } from '@/components/locales/de'
import { knownCatalogs } from '@/components/ui/texts'

/** Words of the API, signs, and formats that are the same in both languages. */
const same = [
  /^image\.(none|sizeOf|status\..*|visibility\..*)$/,
  /^image\.filterHints\.(status|visibility|format|container)$/,
]

/** Paths of the texts and of what makes texts. */
function leaves(part: unknown, path: string): string[] {
  if (typeof part !== 'object' || part === null) return [path]
  return Object.entries(part).flatMap(([key, value]) => leaves(value, `${path}.${key}`))
}

const leavesOf = (catalogs: Iterable<readonly [string, object]>) =>
  [...catalogs].flatMap(([name, catalog]) => leaves(catalog, name)).toSorted()

describe('German', () => {
  beforeAll(async () => {
    for (const folder of ['components', 'app']) {
      for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const path = join(process.cwd(), folder, file)
        if (!/\.tsx?$/.test(file) || /\.test\.|locales/.test(file)) continue
        if (/\btexts\('/.test(readFileSync(path, 'utf8'))) await import(path)
      }
    }
  })

  it('has every text of every catalog', () => {
    const there = new Set(leavesOf(Object.entries(german)))
    const english = leavesOf(knownCatalogs())
    expect(english.length).toBeGreaterThan(900)
    expect(english.filter((path) => !there.has(path) && !same.some((pattern) => pattern.test(path)))).toEqual([])
  })

  it('has no text that nothing shows', () => {
    const english = new Set(leavesOf(knownCatalogs()))
    expect(leavesOf(Object.entries(german)).filter((path) => !english.has(path))).toEqual([])
  })
})
