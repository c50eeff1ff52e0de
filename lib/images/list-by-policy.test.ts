import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { setActiveRules } from '@/lib/policy/active-rules'
import { buildRuleSet, glanceRules } from '@/lib/policy/rule-set'
import type { ImageQuery } from './image-query'
import { noFilters } from './image-query'
import { cursorOf, listImages } from './list-images'

const reader = contextOf({ roles: ['reader'] })
const query: ImageQuery = {
  filters: noFilters,
  sort: [
    { column: 'name', direction: 'asc' },
    { column: 'id', direction: 'asc' },
  ],
  limit: 3,
}
const set = (rules: Readonly<Record<string, string>>) =>
  setActiveRules(buildRuleSet(glanceRules, new Map(Object.entries(rules)), { enforceNewDefaults: true }))

describe.each(testFlavours())('lists by changed rules on %s', (flavour) => {
  let world: TestDatabase

  beforeEach(async () => {
    world = await openTestDatabase(flavour)
    const time = new Date()
    const times = { status: 'active', createdAt: time, updatedAt: time }
    await world.db.image.createMany({
      data: Array.from({ length: 10 }, (_, index) => {
        const name = `${index}`
        return { ...times, id: `i${name}`, name, visibility: index % 2 === 0 ? 'public' : 'private', ownerId: 'mine' }
      }),
    })
    const shared = { ...times, id: 's', name: 's', visibility: 'shared', ownerId: 'theirs' }
    await world.db.image.create({ data: shared })
    const member = { imageId: 's', memberId: 'mine', status: 'accepted', createdAt: time, updatedAt: time }
    await world.db.imageMember.create({ data: member })
  })

  afterEach(async () => {
    setActiveRules(undefined)
    await world.close()
  })

  const names = async (change: Partial<ImageQuery> = {}) =>
    (await listImages(reader, { ...query, ...change })).map(({ name }) => name).join('')

  it('leave out what get_image does not show, and fill the page with what it does', async () => {
    set({ get_image: "'public':%(visibility)s" })
    expect(await names()).toBe('024')
    const [first] = await listImages(reader, { ...query, limit: 1 })
    const after = first === undefined ? [] : cursorOf(first, query.sort)
    expect(await names({ after })).toBe('246')
    expect(await names({ limit: 50 })).toBe('02468')
    const last = (await listImages(reader, { ...query, limit: 50 })).at(-1)
    const before = last === undefined ? [] : cursorOf(last, query.sort)
    expect(await names({ before })).toBe('246')
  })

  it('show nothing where get_image admits nobody, and shared images to those they are shared with', async () => {
    set({ get_image: '!' })
    expect(await names()).toBe('')
    set({ get_image: 'project_id:%(member_id)s' })
    expect(await names()).toBe('s')
  })

  it('show by the defaults all that the catalog shows', async () => {
    expect(await names({ limit: 50 })).toBe('0123456789s')
  })
})
