import { beforeAll, describe, expect } from 'vitest'
import { admin, type Caller, member, other, reader } from './support/api'
import { createImage, namesIn, unique } from './support/images'
import { row } from './support/row'

const tag = unique('visible')
const listed = async (caller: Caller, query = '') => (await namesIn(`?tag=${tag}&limit=100${query}`, caller)).sort()

const offered: Record<string, string> = {}

beforeAll(async () => {
  const make = (caller: Caller, who: string, visibility: string) =>
    createImage(
      { name: `${who}-${visibility}`, visibility, tags: [tag], owner: caller.projectId },
      visibility === 'public' ? admin : caller,
    )
  await Promise.all(
    ['private', 'shared', 'community', 'public'].flatMap((visibility) => [
      make(member, 'mine', visibility),
      make(other, 'theirs', visibility),
    ]),
  )
  await createImage({ name: 'mine-hidden', os_hidden: true, tags: [tag] })
  for (const status of ['pending', 'accepted', 'rejected']) {
    const { id } = await createImage({ name: `offer-${status}`, tags: [tag] }, other)
    offered[status] = id
    await other.post(`/v2/images/${id}/members`, { json: { member: member.projectId } })
    await member.put(`/v2/images/${id}/members/${member.projectId}`, { json: { status } })
  }
}, 60_000)

const plus = (names: string[], ...statuses: string[]) =>
  [...names, ...statuses.map((status) => `offer-${status}`)].sort()

const mine = ['mine-community', 'mine-private', 'mine-public', 'mine-shared']

describe('5.4 visible set', () => {
  row('5.4 without a filter: own, public, accepted offers', async () =>
    expect(await listed(member)).toEqual(plus([...mine, 'theirs-public'], 'accepted')),
  )

  row('5.4 a reader of the project sees the same', async () =>
    expect(await listed(reader)).toEqual(plus([...mine, 'theirs-public'], 'accepted')),
  )

  row('5.4 visibility=private: own', async () =>
    expect(await listed(member, '&visibility=private')).toEqual(['mine-private']),
  )

  row('5.4 visibility=shared: own shared and accepted offers', async () =>
    expect(await listed(member, '&visibility=shared')).toEqual(plus(['mine-shared'], 'accepted')),
  )

  row('5.4 visibility=public: all public', async () =>
    expect(await listed(member, '&visibility=public')).toEqual(['mine-public', 'theirs-public']),
  )

  row('5.4 visibility=community: all community', async () =>
    expect(await listed(member, '&visibility=community')).toEqual(['mine-community', 'theirs-community']),
  )

  row('5.4 visibility=all: the union', async () =>
    expect(await listed(member, '&visibility=all')).toEqual(
      plus([...mine, 'theirs-community', 'theirs-public'], 'accepted'),
    ),
  )

  row("5.4 owner=other: that owner's public images and accepted offers", async () =>
    expect(await listed(member, `&owner=${other.projectId}`)).toEqual(plus(['theirs-public'], 'accepted')),
  )

  row('5.4 owner=other with visibility=community: its community images', async () =>
    expect(await listed(member, `&owner=${other.projectId}&visibility=community`)).toEqual(['theirs-community']),
  )

  row('5.4 owner=other with visibility=all', async () =>
    expect(await listed(member, `&owner=${other.projectId}&visibility=all`)).toEqual(
      plus(['theirs-community', 'theirs-public'], 'accepted'),
    ),
  )

  row('5.4 owner=other with visibility=private: nothing', async () =>
    expect(await listed(member, `&owner=${other.projectId}&visibility=private`)).toEqual([]),
  )

  row("5.4 an administrator: everything but others' community images", async () =>
    expect(await listed(admin)).toEqual(
      plus(
        ['mine-private', 'mine-public', 'mine-shared', 'theirs-private', 'theirs-public', 'theirs-shared'],
        'pending',
        'accepted',
        'rejected',
      ),
    ),
  )

  row('5.4 an administrator with visibility=private: all of them', async () =>
    expect(await listed(admin, '&visibility=private')).toEqual(['mine-private', 'theirs-private']),
  )

  row('5.4 an administrator with visibility=all: everything', async () =>
    expect(await listed(admin, '&visibility=all')).toEqual(
      plus(
        [...mine, 'theirs-community', 'theirs-private', 'theirs-public', 'theirs-shared'],
        'pending',
        'accepted',
        'rejected',
      ),
    ),
  )

  row('5.4 an administrator with owner: only that owner, private too', async () =>
    expect(await listed(admin, `&owner=${member.projectId}&visibility=all`)).toEqual(mine),
  )

  row('5.4 os_hidden is independent of visibility', async () => {
    expect(await listed(member, '&os_hidden=true')).toEqual(['mine-hidden'])
    expect(await listed(admin, '&os_hidden=true')).toEqual(['mine-hidden'])
    expect(await listed(other, '&os_hidden=true')).toEqual([])
  })

  for (const status of ['pending', 'accepted', 'rejected'])
    row(`5.4 visibility=shared&member_status=${status}: those offers`, async () => {
      expect(await listed(member, `&visibility=shared&member_status=${status}`)).toEqual(
        ['mine-shared', `offer-${status}`].sort(),
      )
      expect((await member.get(`/v2/images/${offered[status]}`)).status).toBe(200)
    })
})
