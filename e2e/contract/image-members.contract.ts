import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { admin, member, other, reader, roleless } from './support/api'
import { expectFault, notFoundText } from './support/fault'
import { createImage, showImage } from './support/images'
import {
  absentImage,
  absentMember,
  addMember,
  deniedBy,
  memberIds,
  memberOf,
  memberPath,
  membersPath,
  notShared,
  offeredImage,
  onceOffered,
  removeMember,
  setStatus,
} from './support/members'
import { defect, row } from './support/row'

describe('9.4 POST /v2/images/{id}/members', () => {
  row('9.4 offers the image: 200, pending', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    const response = await addMember(id)
    const made = memberOf(response)
    expect(made).toMatchObject({ member_id: other.projectId, image_id: id, status: 'pending' })
    expect(made.updated_at).toBe(made.created_at)
    expect(Object.keys(JSON.parse(response.text))).toEqual([
      'member_id',
      'image_id',
      'status',
      'created_at',
      'updated_at',
      'schema',
    ])
  })

  row('9.4 by an administrator: 200', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expect(memberOf(await addMember(id, other.projectId, admin)).status).toBe('pending')
  })

  row("9.4 the owner's own project may be added", async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expect(memberOf(await addMember(id, member.projectId)).member_id).toBe(member.projectId)
  })

  row('9.4 nobody asks whether the project exists', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expect(memberOf(await addMember(id, 'no such project')).member_id).toBe('no such project')
  })

  row('9.4 other keys are ignored', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    const response = await member.post(membersPath(id), { json: { member: 'p', status: 'accepted', x: 1 } })
    expect(memberOf(response)).toMatchObject({ member_id: 'p', status: 'pending' })
  })

  row('3.1 does not move updated_at of the image', async () => {
    const image = await createImage({ visibility: 'shared' })
    await delay(1_100)
    await addMember(image.id)
    await setStatus(image.id, 'accepted')
    await removeMember(image.id)
    expect((await showImage(image.id)).updated_at).toBe(image.updated_at)
  })

  for (const visibility of notShared)
    row(`9.4 to a ${visibility} image: 403`, async () => {
      const id = await onceOffered(visibility)
      expectFault(await addMember(id, 'p'), 403, `Not allowed to create members for image ${id}.`)
    })

  row('9.4 a second time: 409', async () => {
    const { id } = await offeredImage()
    expectFault(await addMember(id), 409, `Member ${other.projectId} is duplicated for image ${id}`)
  })

  const faulty: readonly [string, unknown, string][] = [
    ['without a member', {}, 'Member to be added not specified'],
    ['an empty member', { member: '' }, "Member can't be empty"],
    ['null for a member', { member: null }, "Member can't be empty"],
    ['a list', ['p'], 'Expected a member in the form: {"member": "image_id"}'],
  ]
  for (const [what, json, text] of faulty)
    row(`9.4 ${what}: 400`, async () => {
      const { id } = await createImage({ visibility: 'shared' })
      expectFault(await member.post(membersPath(id), { json }), 400, text)
    })

  for (const value of [5, ['p'], { id: 'p' }])
    row(
      `9.4 ${JSON.stringify(value)} for a member: 400`,
      defect('keeps a number and a list, and answers 500 to an object'),
      async () => {
        const { id } = await createImage({ visibility: 'shared' })
        expectFault(await addMember(id, value), 400, 'Expected a member in the form: {"member": "image_id"}')
      },
    )

  row('0.2 without a body, with a broken one and with a scalar: 400', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await member.post(membersPath(id)), 400, 'Body expected in request.')
    expectFault(await member.post(membersPath(id), { body: '{' }), 400, 'Malformed JSON in request body.')
    expectFault(await member.post(membersPath(id), { body: '"p"' }), 400, 'Unexpected body type. Expected list/dict.')
  })

  row('9.4 of 255 characters: 200', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expect(memberOf(await addMember(id, 'é'.repeat(255))).member_id).toHaveLength(255)
  })

  row('9.4 of 256 characters: 400', defect('500, or accepted, as its database does'), async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expect((await addMember(id, 'p'.repeat(256))).status).toBe(400)
  })

  row('9.4 a four-byte character: 400', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await addMember(id, 'p😀'), 400, "Member can't contain 4 byte unicode characters.")
  })

  row('11.1 the 129th: 413', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    for (let index = 0; index < 128; index += 1) expect((await addMember(id, `p${index}`)).status).toBe(200)
    expectFault(
      await addMember(id, 'one-more'),
      413,
      `Image member limit exceeded for image ${id}: The limit has been exceeded on the number of allowed image members for this image. Attempted: 129, Maximum: 128:`,
    )
    expect(await memberIds(id, member)).toHaveLength(128)
  })

  row('2 to an unknown image: 404', async () => expectFault(await addMember('none'), 404, absentImage('none')))

  row('9.4 by another project that does not see the image: 404', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await addMember(id, other.projectId, other), 404, absentImage(id))
  })

  row('9.4 by a member of the image: 403', async () => {
    const { id } = await offeredImage()
    expectFault(await addMember(id, 'p', other), 403, deniedBy('add_member'))
    expect(await memberIds(id, member)).toEqual([other.projectId])
  })

  row('2 by a reader of the project: 403', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await addMember(id, 'p', reader), 403, deniedBy('add_member'))
  })

  row('policy 7 by somebody whose role no rule names: 404', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await addMember(id, 'p', roleless), 404, notFoundText)
  })
})

describe('9.4 GET /v2/images/{id}/members', () => {
  row('9.4 without members: an empty list', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expect(JSON.parse((await member.get(membersPath(id))).text)).toEqual({ members: [], schema: '/v2/schemas/members' })
  })

  row('9.4 the owner, a reader of its project and an administrator see all', async () => {
    const { id } = await offeredImage()
    await addMember(id, 'p')
    for (const caller of [member, reader, admin])
      expect((await memberIds(id, caller)).sort()).toEqual([other.projectId, 'p'].sort())
  })

  row('9.4 a member sees itself alone', async () => {
    const { id } = await offeredImage()
    await addMember(id, 'p')
    expect(await memberIds(id, other)).toEqual([other.projectId])
  })

  row('9.4 another project: 404', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await other.get(membersPath(id)), 404, absentImage(id))
  })

  for (const visibility of notShared)
    row(`9.4 of a ${visibility} image: 403`, async () => {
      const id = await onceOffered(visibility)
      const text = `Not allowed to list members for image ${id}: Only shared images have members.`
      for (const caller of [member, reader, admin]) expectFault(await caller.get(membersPath(id)), 403, text)
    })

  row("policy 7 of another project's community image: 403", async () => {
    const id = await onceOffered('community')
    const text = `Not allowed to list members for image ${id}: Only shared images have members.`
    expectFault(await other.get(membersPath(id)), 403, text)
  })

  row('policy 7 by somebody whose role no rule names: 404, and 403 where there are none', async () => {
    const { id } = await offeredImage()
    expectFault(await roleless.get(membersPath(id)), 404, notFoundText)
    expect((await roleless.get(membersPath(await onceOffered('private')))).status).toBe(403)
  })

  row('2 of an unknown image: 404', async () =>
    expectFault(await member.get(membersPath('none')), 404, absentImage('none')),
  )

  row('2 of a deleted image: 404', async () => {
    const { id } = await offeredImage()
    await member.delete(`/v2/images/${id}`)
    for (const caller of [member, other, admin]) expect((await caller.get(membersPath(id))).status).toBe(404)
  })
})

describe('9.4 GET /v2/images/{id}/members/{member}', () => {
  row('9.4 the owner, a reader of its project, the member and an administrator: 200', async () => {
    const { id } = await offeredImage()
    for (const caller of [member, reader, other, admin])
      expect(memberOf(await caller.get(memberPath(id)))).toMatchObject({ member_id: other.projectId, image_id: id })
  })

  row('9.4 another member: 404', async () => {
    const { id } = await offeredImage()
    await addMember(id, 'p')
    expectFault(await other.get(memberPath(id, 'p')), 404, absentMember(id, 'p'))
  })

  row('9.4 one that is none: 404', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    for (const caller of [member, admin]) expectFault(await caller.get(memberPath(id, 'p')), 404, absentMember(id, 'p'))
  })

  row('9.4 another project: 404', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await other.get(memberPath(id)), 404, absentImage(id))
  })

  for (const visibility of notShared)
    row(`9.4 of a ${visibility} image: 404`, async () => {
      const id = await onceOffered(visibility)
      for (const caller of [member, admin])
        expectFault(await caller.get(memberPath(id)), 404, 'Only shared images have members.')
    })

  row('9.4 the id is taken decoded', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    await addMember(id, 'a b?')
    expect(memberOf(await member.get(memberPath(id, 'a%20b%3F'))).member_id).toBe('a b?')
  })

  row('2 a slash in the id: 404', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await member.get(memberPath(id, 'a%2Fb')), 404, notFoundText)
  })

  row('policy 7 by somebody whose role no rule names: 404', async () => {
    const { id } = await offeredImage()
    expectFault(await roleless.get(memberPath(id)), 404, notFoundText)
  })
})
