import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { rawReader } from '@/lib/db/raw-query'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from './create-image'
import { completeSort, type ImageFilters, noFilters } from './image-query'
import { type Driver, listStatement } from './list-sql'
import { listScope } from './visibility'

const member = contextOf({ roles: ['member', 'reader'] })
const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })

const cases: readonly (readonly [ImageFilters, Driver])[] = [
  [
    { ...noFilters, tags: ['even'] },
    { kind: 'tag', index: 0 },
  ],
  [
    { ...noFilters, properties: [{ name: 'os_distro', value: 'debian' }], text: 'image-' },
    { kind: 'property', index: 0 },
  ],
  [{ ...noFilters, text: 'image-1', tags: ['even'] }, { kind: 'text' }],
]

describe.each(testFlavours())('a list that a tag, a property or a text drives, on %s', (flavour) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(flavour)
    for (let index = 0; index < 24; index++) {
      await createImage(index % 3 === 0 ? admin : member, {
        name: `image-${index}`,
        visibility: index % 3 === 0 ? 'public' : 'shared',
        tags: [index % 2 === 0 ? 'even' : 'odd'],
        os_distro: index % 4 === 0 ? 'debian' : 'fedora',
      })
    }
  })
  afterAll(() => database.close())

  it.each(cases)('has the rows of one that is walked in order: %j', async (filters, driver) => {
    const idsOf = async (driven: Driver | undefined, ctx: typeof admin, limit: number) => {
      const query = { filters, sort: completeSort([{ column: 'name', direction: 'asc' }]), limit }
      const { sql, params } = listStatement(flavour, listScope(ctx), query, driven, 'i."id"')
      return (await rawReader().all<{ id: string }>(sql, params)).map(({ id }) => id)
    }
    for (const ctx of [admin, member]) {
      for (const limit of [3, 100]) {
        const walked = await idsOf(undefined, ctx, limit)
        expect(walked.length).toBeGreaterThan(2)
        expect(await idsOf(driver, ctx, limit)).toEqual(walked)
      }
    }
  })

  it('finds the text of an image by the index of its id', async () => {
    if (flavour !== 'postgresql') return
    const rows = await rawReader().all<{ collation: string }>(
      `SELECT collation_name AS collation FROM information_schema.columns WHERE table_name = 'ImageSearch' AND column_name = 'imageId'`,
      [],
    )
    expect(rows.map(({ collation }) => collation)).toEqual(['C'])
  })
})
