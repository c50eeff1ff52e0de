import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from './create-image'
import { getImage } from './get-image'
import { addTags, removeTag } from './tag-image'

const member = contextOf({ projectId: 'mine', roles: ['member', 'reader'] })
const stranger = contextOf({ projectId: 'theirs', roles: ['member', 'reader'] })

describe.each(testFlavours())('tags on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour, { GLIMPSE__IMAGES__TAG_QUOTA: '5' })
  })
  afterEach(() => database.close())

  const tagsOf = async (id: string) => (await getImage(member, id)).tags

  it('are added several at once, behind those that are there, each once', async () => {
    const { id } = await createImage(member, { tags: ['b'] })
    await addTags(member, id, ['c', 'b', 'a', 'c'])
    expect(await tagsOf(id)).toEqual(['b', 'c', 'a'])
  })

  it('are added all or none: within the quota, of a legal length, by who may', async () => {
    const { id } = await createImage(member, { tags: ['a'], visibility: 'community' })
    await expect(addTags(member, id, ['b', 'c', 'd', 'e', 'f'])).rejects.toMatchObject({ code: 'quota_exceeded' })
    await expect(addTags(member, id, ['b', 'x'.repeat(256)])).rejects.toMatchObject({ code: 'bad_request' })
    await expect(addTags(stranger, id, ['b'])).rejects.toMatchObject({ code: 'policy_denied' })
    expect(await tagsOf(id)).toEqual(['a'])
  })

  it('lose nothing that others change meanwhile', async () => {
    const { id } = await createImage(member, { tags: ['a', 'gone'] })
    await Promise.all([addTags(member, id, ['b', 'c']), removeTag(member, id, 'gone'), addTags(member, id, ['d'])])
    expect([...(await tagsOf(id))].toSorted()).toEqual(['a', 'b', 'c', 'd'])
  })
})
