import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { admin, member, other, reader, roleless } from './support/api'
import { expectFault, notFoundText } from './support/fault'
import { createImage } from './support/images'
import {
  absentImage,
  absentMember,
  addMember,
  deniedBy,
  memberIds,
  memberOf,
  memberPath,
  notShared,
  offeredImage,
  onceOffered,
  removeMember,
  setStatus,
} from './support/members'
import { row } from './support/row'

describe('9.4 PUT /v2/images/{id}/members/{member}', () => {
  for (const status of ['accepted', 'rejected', 'pending'])
    row(`9.4 ${status} by the member: 200`, async () => {
      const { id } = await offeredImage()
      await setStatus(id, status === 'pending' ? 'accepted' : 'pending')
      expect(memberOf(await setStatus(id, status))).toMatchObject({ member_id: other.projectId, image_id: id, status })
      expect(memberOf(await member.get(memberPath(id))).status).toBe(status)
    })

  row('9.4 by an administrator: 200', async () => {
    const { id } = await offeredImage()
    expect(memberOf(await setStatus(id, 'accepted', admin)).status).toBe('accepted')
  })

  row('3.1 moves updated_at of the membership, not created_at', async () => {
    const { id } = await offeredImage()
    const before = memberOf(await member.get(memberPath(id)))
    await delay(1_100)
    const after = memberOf(await setStatus(id, 'accepted'))
    expect(after.created_at).toBe(before.created_at)
    expect(after.updated_at > before.updated_at).toBe(true)
  })

  row('9.4 by the owner: 403', async () => {
    const { id } = await offeredImage()
    expectFault(await setStatus(id, 'accepted', member), 403, deniedBy('modify_member'))
    expect(memberOf(await member.get(memberPath(id))).status).toBe('pending')
  })

  row('9.4 by the owner, whose own project is a member: 403', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    await addMember(id, member.projectId)
    expectFault(await setStatus(id, 'accepted', member, member.projectId), 403, deniedBy('modify_member'))
  })

  row('policy 7 by a reader of the owning project: 403', async () => {
    const { id } = await offeredImage()
    expectFault(await setStatus(id, 'accepted', reader), 403, deniedBy('modify_member'))
  })

  row('9.4 for another member: 404', async () => {
    const { id } = await offeredImage()
    await addMember(id, 'p')
    expectFault(await setStatus(id, 'accepted', other, 'p'), 404, absentMember(id, 'p'))
  })

  row('9.4 for one that is none: 404', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    for (const caller of [member, admin])
      expectFault(await setStatus(id, 'accepted', caller, 'p'), 404, absentMember(id, 'p'))
  })

  row('9.4 another project: 404', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await setStatus(id, 'accepted'), 404, absentImage(id))
  })

  for (const visibility of notShared)
    row(`9.4 of a ${visibility} image: 403`, async () => {
      const id = await onceOffered(visibility)
      for (const caller of [member, admin])
        expectFault(await setStatus(id, 'accepted', caller), 403, `Not allowed to update members for image ${id}.`)
    })

  for (const status of ['perhaps', 'ACCEPTED', '', null, 1])
    row(`9.4 the status ${JSON.stringify(status)}: 400`, async () => {
      const { id } = await offeredImage()
      const text = 'Incorrect request: Status must be "pending", "accepted" or "rejected".'
      expectFault(await setStatus(id, status), 400, text)
      expect(memberOf(await member.get(memberPath(id))).status).toBe('pending')
    })

  row('9.4 a wrong status by the owner, who may set none: 403', async () => {
    const { id } = await offeredImage()
    expectFault(await setStatus(id, 'perhaps', member), 403, deniedBy('modify_member'))
  })

  row('9.4 without a status, with a list and without a body: 400', async () => {
    const { id } = await offeredImage()
    expectFault(await other.put(memberPath(id), { json: {} }), 400, 'Status not specified')
    expectFault(
      await other.put(memberPath(id), { json: ['accepted'] }),
      400,
      'Expected a status in the form: {"status": "status"}',
    )
    expectFault(await other.put(memberPath(id)), 400, 'Body expected in request.')
  })

  row('9.4 other keys are ignored', async () => {
    const { id } = await offeredImage()
    const json = { status: 'accepted', member_id: 'p', image_id: randomUUID(), created_at: '2020-01-01T00:00:00Z' }
    const before = memberOf(await other.get(memberPath(id)))
    expect(memberOf(await other.put(memberPath(id), { json }))).toMatchObject({
      member_id: other.projectId,
      image_id: id,
      created_at: before.created_at,
    })
  })
})

describe('9.4 DELETE /v2/images/{id}/members/{member}', () => {
  row('9.4 by the owner: 204, without a type', async () => {
    const { id } = await offeredImage()
    const response = await removeMember(id)
    expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
    expect(response.headers).not.toHaveProperty('content-type')
    expect(await memberIds(id, member)).toEqual([])
  })

  row('9.4 by an administrator: 204', async () => {
    const { id } = await offeredImage()
    expect((await removeMember(id, other.projectId, admin)).status).toBe(204)
  })

  row('9.4 by the member itself: 403', async () => {
    const { id } = await offeredImage()
    expectFault(await removeMember(id, other.projectId, other), 403, deniedBy('delete_member'))
    expect(await memberIds(id, other)).toEqual([other.projectId])
  })

  row('policy 7 by a reader of the owning project: 403', async () => {
    const { id } = await offeredImage()
    expectFault(await removeMember(id, other.projectId, reader), 403, deniedBy('delete_member'))
  })

  row('policy 7 by somebody whose role no rule names: 404', async () => {
    const { id } = await offeredImage()
    expectFault(await removeMember(id, other.projectId, roleless), 404, notFoundText)
  })

  row('9.4 one that is none, or no longer: 404', async () => {
    const { id } = await offeredImage()
    await removeMember(id)
    expectFault(await removeMember(id), 404, absentMember(id))
  })

  row('9.4 another member, by a member: 404', async () => {
    const { id } = await offeredImage()
    await addMember(id, 'p')
    expectFault(await removeMember(id, 'p', other), 404, absentMember(id, 'p'))
  })

  row('9.4 another project: 404', async () => {
    const { id } = await createImage({ visibility: 'shared' })
    expectFault(await removeMember(id, other.projectId, other), 404, absentImage(id))
  })

  for (const visibility of notShared)
    row(`9.4 of a ${visibility} image: 403`, async () => {
      const id = await onceOffered(visibility)
      for (const caller of [member, admin])
        expectFault(
          await removeMember(id, other.projectId, caller),
          403,
          `Not allowed to delete members for image ${id}.`,
        )
    })

  row('9.4 and added again: pending, whatever was answered before', async () => {
    const { id } = await offeredImage()
    await setStatus(id, 'accepted')
    await removeMember(id)
    expect(memberOf(await addMember(id)).status).toBe('pending')
    expect(memberOf(await other.get(memberPath(id))).status).toBe('pending')
  })
})
