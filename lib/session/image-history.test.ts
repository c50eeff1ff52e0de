import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from '@/lib/images/create-image'
import { getImage } from '@/lib/images/get-image'
import { addMember } from '@/lib/images/members'
import { patchImage } from '@/lib/images/patch-image'
import { imageHistory } from './image-history'

const owner = contextOf({ projectId: 'ours', roles: ['member', 'reader'] })
const other = contextOf({ projectId: 'theirs', roles: ['member', 'reader'] })
const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })

describe.each(testFlavours())('the history of an image on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour)
  })
  afterEach(() => database.close())

  it('tells its project and administrators what was done, newest first and page by page, and nobody else', async () => {
    const { id } = await createImage(owner, { name: 'first', visibility: 'shared' })
    await patchImage(owner, id, [{ op: 'replace', path: ['name'], value: 'second' }], { dialect: 'v2.1' })
    await addMember(owner, id, 'theirs')
    const image = await getImage(owner, id)
    for (const reader of [owner, admin]) {
      const { records } = await imageHistory(reader, image, { limit: 10 })
      expect(records.map(({ type }) => type)).toEqual(['image.member.create', 'image.update', 'image.create'])
      expect(records[1]).toMatchObject({ before: { name: 'first' }, after: { name: 'second' } })
    }
    const { records, next } = await imageHistory(owner, image, { limit: 2 })
    expect(records).toHaveLength(2)
    const rest = await imageHistory(owner, image, { limit: 2, beforeId: next ?? 0 })
    expect(rest.records.map(({ type }) => type)).toEqual(['image.create'])
    // A project that it is offered to sees the image, and not who else it is offered to.
    await expect(imageHistory(other, await getImage(other, id), { limit: 10 })).rejects.toMatchObject({
      code: 'policy_denied',
    })
  })
})
