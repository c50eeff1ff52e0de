import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { rawReader } from '@/lib/db/raw-query'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { setClock } from '@/lib/runtime/clock'
import { createImage } from './create-image'
import { completeSort, type ImageFilters, noFilters } from './image-query'
import { listImages } from './list-images'
import { type Driver, listStatement, windowStatement } from './list-sql'
import { listScope } from './visibility'

const member = contextOf({ roles: ['member', 'reader'] })
const other = contextOf({ projectId: 'other', roles: ['member', 'reader'] })
const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })

const filters: readonly ImageFilters[] = [
  { ...noFilters, tags: ['even'] },
  { ...noFilters, properties: [{ name: 'os_distro', value: 'debian' }] },
  { ...noFilters, text: 'image-1' },
  { ...noFilters, text: 'deb', tags: ['even'], visibility: 'all' },
]

// SQLite asks row by row by itself.
describe.each(testFlavours().filter((flavour) => flavour === 'postgresql'))('a window of a list, on %s', (flavour) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(flavour)
    for (let index = 0; index < 36; index++) {
      setClock({ now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, Math.floor(index / 3))) })
      const owner = index % 3 === 0 ? admin : index % 3 === 1 ? member : other
      await createImage(owner, {
        name: `image-${index}`,
        visibility: owner === admin ? 'public' : 'shared',
        tags: [index % 2 === 0 ? 'even' : 'odd'],
        os_distro: index % 4 === 0 ? 'debian' : 'fedora',
      })
    }
    setClock(undefined)
  })
  afterAll(() => database.close())

  const idsOf = async ({ sql, params }: ReturnType<typeof listStatement>) =>
    (await rawReader().all<{ id: string }>(sql, params)).map(({ id }) => id)
  const limit = 5
  const sort = completeSort([])

  for (const ctx of [admin, member, other]) {
    for (const [index, filter] of filters.entries()) {
      const run = `filter ${index}, project ${ctx.principal.projectId}`
      const query = { filters: filter, sort, limit }

      it(`holds the page when it is wide enough, forth and back: ${run}`, async () => {
        const scope = listScope(ctx)
        const pages: string[][] = []
        let after: readonly (string | number | null)[] | undefined
        for (;;) {
          const page = { ...query, ...(after && { after }) }
          const wanted = await idsOf(listStatement(flavour, scope, page, undefined, 'i."id"'))
          expect(await idsOf(windowStatement(flavour, scope, page, 1000, 'i."id"'))).toEqual(wanted)
          pages.push(wanted)
          const images = await listImages(ctx, page)
          expect(images.map(({ id }) => id)).toEqual(wanted)
          const last = images.at(-1)
          if (last === undefined || images.length < limit) break
          after = [last.createdAt, last.id]
          const before = { ...query, before: after }
          expect(await idsOf(windowStatement(flavour, scope, before, 1000, 'i."id"'))).toEqual(
            await idsOf(listStatement(flavour, scope, before, undefined, 'i."id"')),
          )
        }
        expect(pages.flat().length).toBeGreaterThan(0)
      })

      it(`is right where it comes out full, however narrow: ${run}`, async () => {
        const scope = listScope(ctx)
        const wanted = await idsOf(listStatement(flavour, scope, query, undefined, 'i."id"'))
        for (const within of [1, 4, 8, 16, 24]) {
          const found = await idsOf(windowStatement(flavour, scope, query, within, 'i."id"'))
          expect(found).toEqual(wanted.slice(0, found.length))
        }
      })
    }
  }

  it('has the same rows as a list that a tag, a property or a text drives', async () => {
    const drivers: readonly Driver[] = [{ kind: 'tag', index: 0 }, { kind: 'property', index: 0 }, { kind: 'text' }]
    for (const [index, driver] of drivers.entries()) {
      const query = { filters: filters[index] ?? noFilters, sort, limit }
      for (const ctx of [admin, member]) {
        expect(await idsOf(listStatement(flavour, listScope(ctx), query, driver, 'i."id"'))).toEqual(
          await idsOf(windowStatement(flavour, listScope(ctx), query, 1000, 'i."id"')),
        )
      }
    }
  })
})
