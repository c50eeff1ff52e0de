import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from './create-image'
import { type Family, familyKey, familyOfKey, familyPlace, listFamilies, listVersions } from './families'
import { getImage } from './get-image'
import { patchImage } from './patch-image'

const owner = contextOf({ projectId: 'mine', roles: ['member', 'reader'] })
const other = contextOf({ projectId: 'theirs', roles: ['member', 'reader'] })
const admin = contextOf({ projectId: 'admins', roles: ['admin', 'member', 'reader'] })
const debian = { os_distro: 'debian', os_version: '13', architecture: 'x86_64' }

describe.each(testFlavours())('families, on %s', (flavour) => {
  let database: TestDatabase
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    database = await openTestDatabase(flavour)
    const make = async (key: string, ctx: typeof owner, document: object, day: number) => {
      const { id } = await createImage(ctx, { ...document })
      ids[key] = id
      await database.db.image.update({ where: { id }, data: { createdAt: new Date(Date.UTC(2026, 0, day)) } })
    }
    await make('web1', owner, { name: 'web', ...debian }, 1)
    await make('web2', owner, { name: 'web', os_hidden: true }, 2)
    await make('web3', owner, { name: 'web', visibility: 'private' }, 3)
    await make('alone', owner, { name: 'alone', ...debian }, 4)
    await make('foreign', other, { name: 'web', visibility: 'private' }, 5)
    await make('db1', other, { name: 'db', visibility: 'community' }, 6)
    // The very same second as the one before.
    await make('db2', other, { name: 'db', visibility: 'community' }, 6)
    await make('nameless1', owner, {}, 7)
    await make('nameless2', owner, {}, 8)
  })
  afterAll(() => database.close())

  const shown = (families: Awaited<ReturnType<typeof listFamilies>>) =>
    families.map(({ family, count, hiddenCount, newest }) => [family, count, hiddenCount, newest.createdAt])
  const web: Family = { kind: 'name', ownerId: 'mine', name: 'web' }
  const db: Family = { kind: 'name', ownerId: 'theirs', name: 'db' }

  it('are several images of one name and owner that the reader sees, newest first, hidden ones counted', async () => {
    const january = (day: number) => Date.UTC(2026, 0, day)
    const all = await listFamilies(owner, { kind: 'name', limit: 10 })
    expect(shown(all)).toEqual([
      [db, 2, 0, january(6)],
      [web, 3, 1, january(3)],
    ])
    expect(shown(await listFamilies(owner, { kind: 'name', ownerId: 'mine', limit: 10 }))).toEqual([
      [web, 3, 1, january(3)],
    ])
    expect(shown(await listFamilies(other, { kind: 'name', limit: 10 }))).toEqual([[db, 2, 0, january(6)]])
    expect(shown(await listFamilies(admin, { kind: 'name', limit: 10 })).map(([family]) => family)).toEqual([db, web])
    expect(await listFamilies(owner, { kind: 'name', text: 'WEB', limit: 10 })).toHaveLength(1)
  })

  it('go on from the newest image that a page ended with', async () => {
    const [first] = await listFamilies(owner, { kind: 'name', limit: 1 })
    if (first === undefined) throw new Error('no family')
    const rest = await listFamilies(owner, { kind: 'name', limit: 10, after: first.newest })
    expect(rest.map(({ family }) => family)).toEqual([web])
  })

  it('are also images of one system, whatever they are called', async () => {
    const [family, ...others] = await listFamilies(owner, { kind: 'os', limit: 10 })
    expect(others).toEqual([])
    expect(family).toMatchObject({
      family: { kind: 'os', ownerId: null, values: ['debian', '13', 'x86_64'] },
      count: 2,
      newest: { id: ids.alone },
    })
    const versions = await listVersions(owner, { kind: 'os', ownerId: null, values: ['debian', '13', 'x86_64'] }, 10)
    expect(versions.map(({ id }) => id)).toEqual([ids.alone, ids.web1])
  })

  it('have versions as far as the reader sees them', async () => {
    const of = async (ctx: typeof owner) => (await listVersions(ctx, web, 10)).map(({ id }) => id)
    expect(await of(owner)).toEqual([ids.web3, ids.web2, ids.web1])
    expect(await of(other)).toEqual([])
  })

  it('tell the place of an image among them, of one second by the id', async () => {
    const place = async (ctx: typeof owner, key: string) => familyPlace(ctx, await getImage(ctx, ids[key] ?? ''))
    expect(await place(owner, 'web1')).toMatchObject({ family: web, position: 1, count: 3, newest: { id: ids.web3 } })
    expect(await place(owner, 'web3')).toMatchObject({ position: 3, count: 3 })
    expect(await place(owner, 'alone')).toBeUndefined()
    expect(await place(owner, 'nameless1')).toBeUndefined()
    expect(await place(other, 'foreign')).toBeUndefined()
    const positions = [(await place(owner, 'db1'))?.position, (await place(owner, 'db2'))?.position]
    expect(positions.toSorted()).toEqual([1, 2])
  })

  it('lose an image that gets another name', async () => {
    await patchImage(owner, ids.web3 ?? '', [{ op: 'replace', path: ['name'], value: 'else' }], { dialect: 'v2.1' })
    expect(await familyPlace(owner, await getImage(owner, ids.web1 ?? ''))).toMatchObject({ count: 2 })
  })
})

describe('the address of a family', () => {
  it.each<[string, Family]>([
    ['a name', { kind: 'name', ownerId: 'p', name: 'a/b "c" ü' }],
    ['a system', { kind: 'os', ownerId: null, values: ['debian', '13', 'arm64'] }],
  ])('says %s', (_, family) => {
    expect(familyOfKey(familyKey(family))).toEqual(family)
  })

  it.each(['', 'x', Buffer.from('[]').toString('base64url'), Buffer.from('["name",null,"a"]').toString('base64url')])(
    'is nothing where it is %o',
    (key) => {
      expect(familyOfKey(key)).toBeUndefined()
    },
  )
})
