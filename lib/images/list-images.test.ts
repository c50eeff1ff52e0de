import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from './create-image'
import { listImages } from './list-images'
import { parseListQuery } from './parse-list-query'

const tags = Array.from({ length: 128 }, (_, index) => `t${index}`)
const fields = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`p${index}`, 'v']))
const member = contextOf({ roles: ['member', 'reader'] })

describe.each(testFlavours())('lists that ask for more than a database holds, on %s', (flavour) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(flavour)
    await createImage(member, { name: 'a', min_ram: 2_147_483_647, ...fields, tags: tags.slice(0, 100) })
  })
  afterAll(() => database.close())

  const namesIn = async (query: string) =>
    (await listImages(member, parseListQuery(query).query)).map((image) => image.name)

  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['min_ram=2147483647', ['a']],
    ['min_ram=2147483648', []],
    ['min_disk=999999999999999', []],
    ['min_ram_min=2147483648', []],
    ['min_ram_max=99999999999999999999', ['a']],
    ['size_max=9223372036854775808', []],
    ['created_at=gt:0000-01-01', ['a']],
    ['created_at=lt:0000-12-31T23:59:59%2B14:00', []],
    ['created_at=0000-01-01', []],
    ['updated_at=gte:9999-12-31T23:59:59.999-12:00', []],
    ['updated_at=lte:9999-12-31T23:59:59-12:00', ['a']],
    ['updated_at=neq:9999-12-31T23:59:59-12:00', ['a']],
    [`sort=${Array.from({ length: 3000 }, () => 'name:asc').join()}`, ['a']],
    [`name=in:${Array.from({ length: 20_000 }, (_, index) => `n${index % 12_000}`).join()},a`, ['a']],
    [tags.map((tag) => `tag=${tag}`).join('&'), []],
    [
      tags
        .slice(0, 100)
        .map((tag) => `tag=${tag}`)
        .join('&'),
      ['a'],
    ],
    [tags.map((tag) => `${tag}=v`).join('&'), []],
    [
      Object.entries(fields)
        .map((pair) => pair.join('='))
        .join('&'),
      ['a'],
    ],
    ['p0=w&p1=v&p2=v&p3=v&p4=v&p5=v', []],
    ['tag=t0&tag=t1&p0=v&p1=v', ['a']],
  ]
  it.each(rows.map(([query, names]) => [query.slice(0, 60), query, names] as const))('%s', async (_, query, names) => {
    expect(await namesIn(query)).toEqual(names)
  })

  it('refuse more tags and properties than any one statement takes', () => {
    const query = `${Array.from({ length: 100 }, (_, index) => `tag=t${index}&p${index}=v`).join('&')}`
    expect(() => parseListQuery(query)).toThrow('Too many tags and properties to filter by: 200, at most 128.')
  })
})
