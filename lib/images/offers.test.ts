import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { createImage } from './create-image'
import { addMember, removeMember, setMemberStatus } from './members'
import { countOffers, listOffers, mayAnswer, offerCursor } from './offers'
import { patchImage } from './patch-image'

const owner = contextOf({ projectId: 'ours', roles: ['member', 'reader'] })
const invited = contextOf({ projectId: 'theirs', roles: ['member', 'reader'] })
const invitedReader = contextOf({ projectId: 'theirs', roles: ['reader'] })
const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })

describe.each(testFlavours())('offers of images on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour)
  })
  afterEach(() => database.close())

  async function offer(name: string): Promise<string> {
    const { id } = await createImage(owner, { name, visibility: 'shared' })
    await addMember(owner, id, 'theirs')
    return id
  }
  const names = async (ctx: typeof invited, status: 'pending' | 'accepted' | 'rejected') =>
    (await listOffers(ctx, { status, limit: 10 })).map(({ image }) => image.name).toSorted()

  it('are those to the project by its answer, each seen by nobody else', async () => {
    const [one, two] = [await offer('one'), await offer('two')]
    await offer('three')
    await setMemberStatus(invited, one, 'theirs', 'accepted')
    await setMemberStatus(invited, two, 'theirs', 'rejected')
    expect(await names(invited, 'pending')).toEqual(['three'])
    expect(await names(invited, 'accepted')).toEqual(['one'])
    expect(await names(invited, 'rejected')).toEqual(['two'])
    expect(await countOffers(invited, 'pending', 10)).toBe(1)
    const [found] = await listOffers(invited, { status: 'accepted', limit: 10 })
    expect(found?.member).toMatchObject({ imageId: one, memberId: 'theirs', status: 'accepted' })
    for (const other of [owner, admin]) expect(await names(other, 'pending')).toEqual([])
  })

  it('end when they are taken back or the image is no longer shared', async () => {
    const [one, two] = [await offer('one'), await offer('two')]
    await removeMember(owner, one, 'theirs')
    await patchImage(owner, two, [{ op: 'replace', path: ['visibility'], value: 'private' }], { dialect: 'v2.1' })
    expect(await names(invited, 'pending')).toEqual([])
    expect(await countOffers(invited, 'pending', 10)).toBe(0)
  })

  it('come page by page', async () => {
    for (const name of ['a', 'b', 'c']) await offer(name)
    const seen: (string | null)[] = []
    let after: ReturnType<typeof offerCursor> | undefined
    for (;;) {
      const page = await listOffers(invited, { status: 'pending', limit: 2, ...(after && { after }) })
      seen.push(...page.map(({ image }) => image.name))
      const last = page.at(-1)
      if (last === undefined) break
      after = offerCursor(last)
    }
    expect(seen.toSorted()).toEqual(['a', 'b', 'c'])
  })

  it('may be answered by those whom the rules let answer', async () => {
    await offer('one')
    const [found] = await listOffers(invited, { status: 'pending', limit: 1 })
    if (found === undefined) throw new Error('there is no offer')
    expect(mayAnswer(invited, found.image)).toBe(true)
    expect(mayAnswer(invitedReader, found.image)).toBe(false)
  })
})
