import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RequestContext } from '@/lib/context/request-context'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { inTransaction } from '@/lib/db/transaction'
import { isApiError } from '@/lib/errors/api-error'
import { outcomeOf } from '@/lib/errors/test-outcome'
import { serviceItself } from '@/lib/events/event'
import { setActiveRules } from '@/lib/policy/active-rules'
import { buildRuleSet, glanceRules } from '@/lib/policy/rule-set'
import { setClock } from '@/lib/runtime/clock'
import { createImage } from './create-image'
import { deleteImage } from './delete-image'
import { getImage } from './get-image'
import { completeSort, type MemberStatusFilter, noFilters } from './image-query'
import { listImages } from './list-images'
import { changeMemberStatus, deleteMember, holdShared, insertMember } from './member-repo'
import { addMember, getMember, listMembers, memberCounts, removeMember, setMemberStatus } from './members'
import { patchImage } from './patch-image'

const owner = contextOf({ roles: ['member', 'reader'] })
const ownerReader = contextOf({ roles: ['reader'] })
const invited = contextOf({ projectId: 'theirs', roles: ['member', 'reader'] })
const invitedReader = contextOf({ projectId: 'theirs', roles: ['reader'] })
const stranger = contextOf({ projectId: 'elsewhere', roles: ['member', 'reader'] })
const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })

/** How a call ended: "done", or the code of its refusal. */
async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'done'
  } catch (error) {
    if (isApiError(error)) return error.code
    throw error
  }
}

const startedAt = Date.now()
const clockAt = (ms: number) => setClock({ now: () => new Date(startedAt + ms) })

describe.each(testFlavours())('the members of an image on %s', (flavour) => {
  let database: TestDatabase
  let imageId = ''

  async function open(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    database = await openTestDatabase(flavour, settings)
    imageId = (await createImage(owner, { visibility: 'shared' })).id
  }
  beforeEach(() => open())
  afterEach(async () => {
    setClock(undefined)
    setActiveRules(undefined)
    await database.close()
  })

  it('are counted for those alone who may know them all', async () => {
    const image = await getImage(owner, imageId)
    expect([...(await memberCounts(owner, [image]))]).toEqual([])
    await addMember(owner, imageId, 'theirs')
    await addMember(owner, imageId, 'others')
    await setMemberStatus(invited, imageId, 'theirs', 'accepted')
    const counted = [[imageId, { count: 2, pending: 1 }]]
    expect([...(await memberCounts(owner, [image]))]).toEqual(counted)
    expect([...(await memberCounts(admin, [image]))]).toEqual(counted)
    expect([...(await memberCounts(invited, [image]))]).toEqual([])
    setActiveRules(buildRuleSet(glanceRules, new Map([['get_members', '!']]), { enforceNewDefaults: true }))
    expect([...(await memberCounts(owner, [image]))]).toEqual([])
  })

  const become = (visibility: string) =>
    patchImage(owner, imageId, [{ op: 'replace', path: ['visibility'], value: visibility }], { dialect: 'v2.1' })

  describe('addMember and removeMember', () => {
    it('show the image to the project, and hide it again', async () => {
      expect(await outcome(getImage(invited, imageId))).toBe('image_not_found')
      expect(await addMember(owner, imageId, 'theirs')).toMatchObject({ memberId: 'theirs', status: 'pending' })
      expect((await getImage(invited, imageId)).memberId).toBe('theirs')
      expect(await outcome(getImage(stranger, imageId))).toBe('image_not_found')
      await removeMember(owner, imageId, 'theirs')
      expect(await outcome(getImage(invited, imageId))).toBe('image_not_found')
      expect(await outcome(removeMember(owner, imageId, 'theirs'))).toBe('not_found')
    })

    it('begin anew with a project that was a member before', async () => {
      const first = await addMember(owner, imageId, 'theirs')
      await setMemberStatus(invited, imageId, 'theirs', 'rejected')
      await removeMember(owner, imageId, 'theirs')
      clockAt(60_000)
      const second = await addMember(owner, imageId, 'theirs')
      expect(second.status).toBe('pending')
      expect(second.createdAt).toBeGreaterThan(first.createdAt)
      expect(second.updatedAt).toBe(second.createdAt)
      expect(await listMembers(owner, imageId)).toEqual([second])
    })

    it('leave the time and the revision of the image', async () => {
      const read = () => database.db.image.findUniqueOrThrow({ where: { id: imageId } })
      const before = await read()
      clockAt(60_000)
      await addMember(owner, imageId, 'theirs')
      await setMemberStatus(invited, imageId, 'theirs', 'accepted')
      await removeMember(owner, imageId, 'theirs')
      expect(await read()).toEqual(before)
    })

    it('refuse a second offer, also one made at the same time', async () => {
      const both = await Promise.all([1, 2].map(() => outcome(addMember(owner, imageId, 'theirs'))))
      expect(both.sort()).toEqual(['conflict', 'done'])
      expect(await outcome(addMember(owner, imageId, 'theirs'))).toBe('conflict')
    })

    it('take the project of the owner', async () => {
      await addMember(owner, imageId, 'mine')
      // The owner owns it first of all, and so has no offer to answer.
      expect((await getImage(owner, imageId)).memberId).toBeNull()
      expect(await outcome(setMemberStatus(owner, imageId, 'mine', 'accepted'))).toBe('policy_denied')
    })

    it('and answers are matters of the owner and of members where the rules of former releases leave that open', async () => {
      setActiveRules(buildRuleSet(glanceRules, new Map(), { enforceNewDefaults: false }))
      await addMember(owner, imageId, 'theirs')
      const denied = ['You do not own this image', `Not allowed to create members for image ${imageId}.`]
      expect(await outcomeOf(addMember(invited, imageId, 'elsewhere'))).toBe(`403 ${denied[1]}`)
      expect(await outcomeOf(removeMember(invited, imageId, 'theirs'))).toBe(
        `403 Not allowed to delete members for image ${imageId}.`,
      )
      expect(await outcomeOf(setMemberStatus(owner, imageId, 'theirs', 'accepted'))).toBe(
        `403 Not allowed to update members for image ${imageId}.`,
      )
      expect(await outcomeOf(deleteImage(invited, imageId))).toBe(`403 ${denied[0]}`)
      expect((await setMemberStatus(invited, imageId, 'theirs', 'accepted')).status).toBe('accepted')
      await removeMember(ownerReader, imageId, 'theirs')
    })

    it.each([
      ['', 'bad_request'],
      ['p'.repeat(255), 'done'],
      ['é'.repeat(255), 'done'],
      ['p'.repeat(256), 'bad_request'],
      ['😀', 'bad_request'],
    ])('judge the id %j: %s', async (id, code) => {
      expect(await outcome(addMember(owner, imageId, id))).toBe(code)
    })
  })

  describe('the quota', () => {
    async function reopen(quota: number): Promise<void> {
      await database.close()
      await open({ GLIMPSE__IMAGES__MEMBER_QUOTA: String(quota) })
    }

    it('is never passed, however many offers come at once', async () => {
      await reopen(3)
      const all = await Promise.all(Array.from({ length: 8 }, (_, n) => outcome(addMember(owner, imageId, `p${n}`))))
      expect(all.filter((code) => code === 'done')).toHaveLength(3)
      expect(all.filter((code) => code === 'quota_exceeded')).toHaveLength(5)
      expect(await listMembers(owner, imageId)).toHaveLength(3)
      await expect(addMember(owner, imageId, 'one-more')).rejects.toThrow(
        `Image member limit exceeded for image ${imageId}: The limit has been exceeded on the number of allowed image members for this image. Attempted: 4, Maximum: 3:`,
      )
    })

    it('waits for an offer that is not written yet', async () => {
      await reopen(1)
      const second = await inTransaction(database.db, async (tx) => {
        expect(await holdShared(tx, imageId)).toBe(true)
        const started = outcome(addMember(owner, imageId, 'second'))
        // Time enough to count the members, if nothing held it back.
        await delay(300)
        await insertMember(tx, imageId, 'first', serviceItself)
        return { started }
      })
      expect(await second.started).toBe('quota_exceeded')
      expect((await listMembers(owner, imageId)).map((member) => member.memberId)).toEqual(['first'])
    })

    it('comes before the question whether the project is a member already', async () => {
      await reopen(1)
      await addMember(owner, imageId, 'theirs')
      expect(await outcome(addMember(owner, imageId, 'theirs'))).toBe('quota_exceeded')
    })

    it('of 0 admits nobody, a negative one everybody', async () => {
      await reopen(0)
      expect(await outcome(addMember(owner, imageId, 'theirs'))).toBe('quota_exceeded')
      await reopen(-1)
      for (const id of ['a', 'b', 'c']) expect(await outcome(addMember(owner, imageId, id))).toBe('done')
    })
  })

  describe('listMembers and getMember', () => {
    it('tell the owner and administrators of all, in order, and a member of itself', async () => {
      clockAt(0)
      for (const [ms, id] of ['z', 'theirs', 'a'].entries()) {
        clockAt(ms)
        await addMember(owner, imageId, id)
      }
      const seenBy = async (ctx: RequestContext) => (await listMembers(ctx, imageId)).map((member) => member.memberId)
      for (const ctx of [owner, ownerReader, admin]) expect(await seenBy(ctx)).toEqual(['z', 'theirs', 'a'])
      for (const ctx of [invited, invitedReader]) expect(await seenBy(ctx)).toEqual(['theirs'])
      expect((await getMember(owner, imageId, 'a')).memberId).toBe('a')
      expect((await getMember(invitedReader, imageId, 'theirs')).memberId).toBe('theirs')
      expect(await outcome(getMember(invited, imageId, 'a'))).toBe('not_found')
      expect(await outcome(getMember(owner, imageId, 'none'))).toBe('not_found')
      expect(await outcome(listMembers(stranger, imageId))).toBe('image_not_found')
      expect(await outcome(getMember(stranger, imageId, 'a'))).toBe('image_not_found')
    })

    it('tell a token without project scope nothing', async () => {
      const system = contextOf({ projectId: null, systemScope: 'all', roles: ['admin', 'member', 'reader'] })
      await addMember(owner, imageId, 'theirs')
      expect(await outcome(listMembers(system, imageId))).toBe('not_found')
      expect(await outcome(getMember(system, imageId, 'theirs'))).toBe('not_found')
    })

    it('know nothing of a deleted image', async () => {
      await addMember(owner, imageId, 'theirs')
      await deleteImage(owner, imageId)
      for (const ctx of [owner, invited, admin])
        expect(await outcome(listMembers(ctx, imageId))).toBe('image_not_found')
    })
  })

  describe('setMemberStatus', () => {
    it('moves the time of the answer and not that of the offer', async () => {
      const offer = await addMember(owner, imageId, 'theirs')
      clockAt(60_000)
      const answer = await setMemberStatus(invited, imageId, 'theirs', 'accepted')
      expect(answer).toEqual({ ...offer, status: 'accepted', updatedAt: startedAt + 60_000 })
      expect(await getMember(owner, imageId, 'theirs')).toEqual(answer)
    })

    it('is for the member and administrators, and asks for the right before it judges the status', async () => {
      await addMember(owner, imageId, 'theirs')
      await addMember(owner, imageId, 'another')
      const answers = (status: unknown, memberId = 'theirs') =>
        Promise.all(
          [invited, admin, owner, invitedReader, stranger].map((ctx) =>
            outcome(setMemberStatus(ctx, imageId, memberId, status)),
          ),
        )
      expect(await answers('rejected')).toEqual(['done', 'done', 'policy_denied', 'policy_denied', 'image_not_found'])
      expect(await answers('perhaps')).toEqual([
        'bad_request',
        'bad_request',
        'policy_denied',
        'policy_denied',
        'image_not_found',
      ])
      expect(await answers('accepted', 'another')).toEqual([
        'not_found',
        'done',
        'policy_denied',
        'not_found',
        'image_not_found',
      ])
    })

    it('decides in which lists the image stands', async () => {
      await addMember(owner, imageId, 'theirs')
      const statuses: readonly MemberStatusFilter[] = ['pending', 'accepted', 'rejected', 'all']
      const sort = completeSort([{ column: 'createdAt', direction: 'desc' }])
      const listedUnder = async () => {
        const found: MemberStatusFilter[] = []
        for (const memberStatus of statuses) {
          const filters = { ...noFilters, visibility: 'shared', memberStatus } as const
          const images = await listImages(invited, { filters, sort, limit: 10 })
          if (images.some((image) => image.id === imageId)) found.push(memberStatus)
        }
        return found
      }
      expect(await listedUnder()).toEqual(['pending', 'all'])
      for (const status of ['accepted', 'rejected', 'pending'] as const) {
        await setMemberStatus(invited, imageId, 'theirs', status)
        expect(await listedUnder()).toEqual([status, 'all'])
      }
      await removeMember(owner, imageId, 'theirs')
      expect(await listedUnder()).toEqual([])
    })
  })

  it('are kept but mean nothing while the image is not shared', async () => {
    await addMember(owner, imageId, 'theirs')
    await setMemberStatus(invited, imageId, 'theirs', 'accepted')
    await become('private')
    expect(await outcome(getImage(invited, imageId))).toBe('image_not_found')
    const calls = [
      addMember(owner, imageId, 'another'),
      listMembers(owner, imageId),
      getMember(owner, imageId, 'theirs'),
      setMemberStatus(admin, imageId, 'theirs', 'rejected'),
      removeMember(owner, imageId, 'theirs'),
    ]
    expect(await Promise.all(calls.map(outcome))).toEqual([
      'forbidden',
      'forbidden',
      'not_found',
      'forbidden',
      'forbidden',
    ])
    await become('shared')
    expect((await getMember(invited, imageId, 'theirs')).status).toBe('accepted')
  })

  it('of an image without an owner are told to administrators and may answer', async () => {
    const { id } = await createImage(admin, { visibility: 'shared', owner: null })
    await addMember(admin, id, 'theirs')
    expect((await setMemberStatus(invited, id, 'theirs', 'accepted')).status).toBe('accepted')
    expect((await getImage(stranger, id)).memberId).toBeNull()
    expect(await outcome(getMember(stranger, id, 'theirs'))).toBe('not_found')
    expect(await outcome(addMember(stranger, id, 'elsewhere'))).toBe('policy_denied')
  })

  describe('the repository', () => {
    it('holds only an image that is there and shared', async () => {
      const held = () => inTransaction(database.db, (tx) => holdShared(tx, imageId))
      expect(await held()).toBe(true)
      await become('private')
      expect(await held()).toBe(false)
      await become('shared')
      await deleteImage(owner, imageId)
      expect(await held()).toBe(false)
    })

    it('says when a membership went meanwhile', async () => {
      const member = await addMember(owner, imageId, 'theirs')
      expect([await deleteMember(member, serviceItself), await deleteMember(member, serviceItself)]).toEqual([
        true,
        false,
      ])
      expect(await changeMemberStatus(member, 'accepted', serviceItself)).toBeUndefined()
    })
  })
})
