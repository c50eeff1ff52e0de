import { beforeAll, describe, expect } from 'vitest'
import { admin, type Caller, member, other } from './support/api'
import { expectFault } from './support/fault'
import { activeImage, createImage, namesIn, patchImage, putFile, showImage, unique } from './support/images'
import { absentImage, addMember, deniedBy, memberPath, membersPath, removeMember, setStatus } from './support/members'
import { row } from './support/row'

const statuses = ['pending', 'accepted', 'rejected'] as const
type Status = (typeof statuses)[number]

/** Offers an image of member's to other, which answers. */
async function share(id: string, status: Status): Promise<void> {
  expect((await addMember(id)).status).toBe(200)
  expect((await setStatus(id, status)).status).toBe(200)
}

const become = async (id: string, visibility: string) =>
  expect((await patchImage(id, [{ op: 'replace', path: '/visibility', value: visibility }], admin)).status).toBe(200)

const absent = (id: string) => `No image found with ID ${id}`

/** What another project gets of an image: its entity and its bytes. */
async function reached(id: string, caller: Caller = other): Promise<number[]> {
  const responses = await Promise.all([caller.get(`/v2/images/${id}`), caller.get(`/v2/images/${id}/file`)])
  return responses.map((response) => response.status)
}

describe('3.6 a member and a shared image', () => {
  for (const status of statuses)
    row(`3.6 ${status}: sees and downloads it by id`, async () => {
      const { id } = await activeImage('shared bytes', { visibility: 'shared' })
      await share(id, status)
      expect((await showImage(id, other)).id).toBe(id)
      expect(await other.get(`/v2/images/${id}/file`)).toMatchObject({ status: 200, text: 'shared bytes' })
    })

  row('3.6 nobody else does: 404', async () => {
    const { id } = await activeImage('shared bytes', { visibility: 'shared' })
    await addMember(id, 'p')
    expect(await reached(id)).toEqual([404, 404])
  })

  row('3.6 the owner and an administrator do, as before', async () => {
    const { id } = await activeImage('shared bytes', { visibility: 'shared' })
    await share(id, 'rejected')
    for (const caller of [member, admin]) expect(await reached(id, caller)).toEqual([200, 200])
  })

  row('13 after its removal: 404 for the image, its bytes and its members', async () => {
    const { id } = await activeImage('shared bytes', { visibility: 'shared' })
    await share(id, 'accepted')
    expect(await reached(id)).toEqual([200, 200])
    expect((await removeMember(id)).status).toBe(204)
    expectFault(await other.get(`/v2/images/${id}`), 404, absent(id))
    expectFault(await other.get(`/v2/images/${id}/file`), 404, absent(id))
    expectFault(await other.get(membersPath(id)), 404, absentImage(id))
  })

  row('4.3 while the image is deactivated: sees it, and may not download it', async () => {
    const { id } = await activeImage('shared bytes', { visibility: 'shared' })
    await share(id, 'accepted')
    expect((await member.post(`/v2/images/${id}/actions/deactivate`)).status).toBe(204)
    expect(await reached(id)).toEqual([200, 403])
  })

  row('policy 7 may not change, fill, tag or delete it: 403', async () => {
    const { id } = await createImage({ visibility: 'shared', disk_format: 'raw', container_format: 'bare' })
    await share(id, 'accepted')
    const rename = [{ op: 'replace', path: '/name', value: 'n' }]
    expectFault(await patchImage(id, rename, other), 403, deniedBy('modify_image'))
    expectFault(await other.put(`/v2/images/${id}/tags/t`), 403, deniedBy('modify_image'))
    expectFault(await putFile(id, 'x', {}, other), 403, deniedBy('upload_image'))
    expectFault(await other.delete(`/v2/images/${id}`), 403, deniedBy('delete_image'))
    expect((await showImage(id)).status).toBe('queued')
  })
})

describe('3.6 the members of an image that is no longer shared', () => {
  row('3.6 private: they see nothing; shared again: all comes back', async () => {
    const { id } = await activeImage('bytes', { visibility: 'shared' })
    await share(id, 'accepted')
    await become(id, 'private')
    expect(await reached(id)).toEqual([404, 404])
    await become(id, 'shared')
    expect(await reached(id)).toEqual([200, 200])
    expect(JSON.parse((await other.get(memberPath(id))).text)).toMatchObject({ status: 'accepted' })
  })

  row('3.6 community: in the lists of an accepted member only with visibility=community or all', async () => {
    const name = unique('community')
    const { id } = await activeImage('bytes', { visibility: 'shared', name })
    await share(id, 'accepted')
    expect(await namesIn(`?name=${name}`, other)).toEqual([name])
    await become(id, 'community')
    expect(await reached(id)).toEqual([200, 200])
    for (const [query, names] of [
      ['', []],
      ['&visibility=shared&member_status=all', []],
      ['&visibility=community', [name]],
      ['&visibility=all', [name]],
    ] as const)
      expect(await namesIn(`?name=${name}${query}`, other), query).toEqual(names)
  })

  row('3.6 private: in no list of a member', async () => {
    const name = unique('private')
    const { id } = await createImage({ visibility: 'shared', name })
    await share(id, 'accepted')
    await become(id, 'private')
    for (const query of ['', '&visibility=private', '&visibility=shared&member_status=all', '&visibility=all'])
      expect(await namesIn(`?name=${name}${query}`, other), query).toEqual([])
  })
})

describe('5.3 member_status', () => {
  const tag = unique('offers')
  const ids = new Map<Status, string>()
  const listed = async (query: string, caller: Caller = other) => (await namesIn(`?tag=${tag}${query}`, caller)).sort()

  beforeAll(async () => {
    for (const status of statuses) {
      const { id } = await createImage({ name: status, visibility: 'shared', tags: [tag] })
      await share(id, status)
      ids.set(status, id)
    }
    const { id } = await createImage({ name: 'hidden', visibility: 'shared', tags: [tag], os_hidden: true })
    await share(id, 'pending')
    await createImage({ name: 'unoffered', visibility: 'shared', tags: [tag] })
    await createImage({ name: 'own', visibility: 'shared', tags: [tag] }, other)
  })

  row('5.3 without it: accepted offers alone, and what is own', async () => {
    expect(await listed('')).toEqual(['accepted', 'own'])
    expect(await listed('&visibility=shared')).toEqual(['accepted', 'own'])
    expect(await listed('&visibility=all')).toEqual(['accepted', 'own'])
  })

  for (const status of statuses)
    row(`5.3 ${status}: those offers, with and without visibility=shared`, async () => {
      for (const query of ['', '&visibility=shared', '&visibility=all'])
        expect(await listed(`${query}&member_status=${status}`)).toEqual([status, 'own'].sort())
    })

  row('5.3 all: every offer', async () => {
    for (const query of ['', '&visibility=shared', '&visibility=all'])
      expect(await listed(`${query}&member_status=all`)).toEqual([...statuses, 'own'].sort())
  })

  row('5.4 with the owner: its offers alone', async () => {
    expect(await listed(`&owner=${member.projectId}&member_status=all`)).toEqual([...statuses].sort())
    expect(await listed(`&owner=${member.projectId}&member_status=pending`)).toEqual(['pending'])
    expect(await listed(`&owner=${other.projectId}&member_status=all`)).toEqual(['own'])
  })

  row('5.4 with another visibility: no offer', async () => {
    for (const visibility of ['private', 'public', 'community'])
      expect(await listed(`&visibility=${visibility}&member_status=all`)).toEqual([])
  })

  row('5.4 hidden offers with os_hidden=true alone', async () =>
    expect(await listed('&visibility=shared&member_status=pending&os_hidden=true')).toEqual(['hidden']),
  )

  row('5.4 counts the memberships of the caller, not those of others', async () => {
    const mine = [...statuses, 'unoffered'].sort()
    for (const status of [...statuses, 'all']) expect(await listed(`&member_status=${status}`, member)).toEqual(mine)
  })

  row('5.4 does not narrow what an administrator sees', async () =>
    expect(await listed('&visibility=shared&member_status=rejected', admin)).toEqual(
      [...statuses, 'unoffered', 'own'].sort(),
    ),
  )

  row('5.4 follows every answer, and the removal', async () => {
    const { id } = await createImage({ name: 'moving', visibility: 'shared', tags: [tag] })
    const under = async () => {
      const found: string[] = []
      for (const status of [...statuses, 'all'])
        if ((await listed(`&visibility=shared&member_status=${status}`)).includes('moving')) found.push(status)
      return found
    }
    expect(await under()).toEqual([])
    await share(id, 'pending')
    expect(await under()).toEqual(['pending', 'all'])
    await setStatus(id, 'accepted')
    expect(await under()).toEqual(['accepted', 'all'])
    await setStatus(id, 'rejected')
    expect(await under()).toEqual(['rejected', 'all'])
    expect((await removeMember(id)).status).toBe(204)
    expect(await under()).toEqual([])
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
  })

  row('5.1 offers are paged like other images', async () => {
    const query = `?tag=${tag}&visibility=shared&member_status=all&sort=name:asc&limit=2`
    const first = await namesIn(query, other)
    expect(first).toEqual(['accepted', 'own'])
    const marker = await namesIn(`${query}&marker=${ids.get('pending')}`, other)
    expect(marker).toEqual(['rejected'])
  })
})

describe('3.6 a shared image without an owner', () => {
  row('3.6 can be offered by an administrator, and accepted', async () => {
    const name = unique('ownerless')
    const { id } = await createImage({ name, owner: null, visibility: 'shared' }, admin)
    expect((await addMember(id, other.projectId, admin)).status).toBe(200)
    expect((await setStatus(id, 'accepted')).status).toBe(200)
    expect(await namesIn(`?name=${name}`, other)).toEqual([name])
    expect((await admin.delete(`/v2/images/${id}`)).status).toBe(204)
  })
})
