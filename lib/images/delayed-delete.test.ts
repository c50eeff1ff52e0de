import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { findAuditRows } from '@/lib/events/event-repo'
import { reap } from '@/lib/jobs/reaper'
import { setClock } from '@/lib/runtime/clock'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { configuredStore, setStores } from '@/lib/stores/registry'
import { createImage } from './create-image'
import { deactivateImage } from './deactivate-image'
import { deleteFromStore } from './delete-from-store'
import { deleteImage } from './delete-image'
import { findImage } from './image-repo'
import { addMember, listMembers } from './members'
import { restoreImage } from './restore-image'
import { insertStoredImage, twoStores } from './test-images'

const admin = contextOf({ roles: ['admin', 'member', 'reader'] })
const member = contextOf({ roles: ['member', 'reader'] })
const reader = contextOf({ roles: ['reader'] })
const stranger = contextOf({ projectId: 'theirs', roles: ['member', 'reader'] })
const SCRUB_S = 100

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (isApiError(error) ? error.code : error),
  )

describe.each(testFlavours())('deletion on %s', (flavour) => {
  let database: TestDatabase

  const open = async (settings: Readonly<Record<string, string>>) => {
    database = await openTestDatabase(flavour, { ...twoStores, ...settings })
    setStores(undefined)
  }
  afterEach(async () => {
    vi.restoreAllMocks()
    setClock(undefined)
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })

  const file = (storeId: string, id: string) => existsSync(join(database.folder, storeId, id))
  const row = (id: string) => database.db.image.findUniqueOrThrow({ where: { id } })
  const states = async (imageId: string) =>
    (await database.db.imageLocation.findMany({ where: { imageId }, orderBy: { position: 'asc' } })).map(
      ({ storeId, state, claimId }) => `${storeId} ${state}${claimId === null ? '' : ' claimed'}`,
    )
  const later = (seconds: number) => setClock({ now: () => new Date(Date.now() + seconds * 1000) })

  describe('delayed', () => {
    beforeEach(() =>
      open({
        GLIMPSE__IMAGES__DELAYED_DELETE: 'true',
        GLIMPSE__IMAGES__SCRUB_TIME_SECONDS: String(SCRUB_S),
        GLIMPSE__LIMITS__ENABLED: 'true',
        GLIMPSE__LIMITS__IMAGE_COUNT_TOTAL: '1',
      }),
    )

    it('hides an image with everything it had, and gives everything back', async () => {
      const id = await insertStoredImage(database, ['slow', 'fast'])
      await addMember(member, id, 'theirs')
      await database.db.imageTag.create({ data: { imageId: id, value: 't', position: 0 } })
      await database.db.imageProperty.create({ data: { imageId: id, name: 'p', value: 'v', valuePrefix: 'v' } })
      await deactivateImage(member, id)
      const [before, members] = [await findImage(id), await listMembers(member, id)]
      await deleteImage(member, id)
      expect(await findImage(id)).toBeUndefined()
      expect(await row(id)).toMatchObject({ status: 'pending_delete', isDeleted: true })
      later(SCRUB_S - 5)
      await reap()
      expect([file('slow', id), file('fast', id)]).toEqual([true, true])

      await restoreImage(member, id)
      expect(await findImage(id)).toEqual({ ...before, updatedAt: expect.any(Number) })
      expect(await listMembers(member, id)).toEqual(members)
      expect(await row(id)).toMatchObject({ deletedAt: null, statusBefore: null })
      const [restored, deleted] = (await findAuditRows({ imageId: id, limit: 2 })).rows
      expect(deleted).toMatchObject({ type: 'image.delete', payload: { status: 'pending_delete', deleted: true } })
      expect(restored).toMatchObject({ type: 'image.update', payload: { status: 'deactivated', deleted: false } })
      expect(restored?.before).toMatchObject({ status: 'pending_delete', deleted: true })
    })

    it('removes it when its time is over', async () => {
      const id = await insertStoredImage(database, ['slow', 'fast'])
      await deleteImage(member, id)
      later(SCRUB_S + 1)
      await reap()
      expect(await row(id)).toMatchObject({ status: 'deleted', isDeleted: true, statusBefore: null })
      expect([file('slow', id), file('fast', id), await states(id)]).toEqual([false, false, []])
      expect(await outcome(restoreImage(admin, id))).toBe('image_not_found')
      expect(await outcome(createImage(member, { id }))).toBe('image_exists')
    })

    it('has nothing to wait for without data', async () => {
      const { id } = await createImage(member, {})
      await deleteImage(member, id)
      expect((await row(id)).status).toBe('deleted')
      expect(await outcome(restoreImage(admin, id))).toBe('image_not_found')
    })

    it('is undone by whoever may delete the image, and by nobody twice', async () => {
      const id = await insertStoredImage(database, ['slow'])
      expect(await outcome(restoreImage(member, id))).toBe('conflict')
      await deleteImage(member, id)
      expect(await outcome(restoreImage(reader, id))).toBe('policy_denied')
      expect(await outcome(restoreImage(stranger, id))).toBe('image_not_found')
      expect(await outcome(restoreImage(member, id))).toBe('done')
      expect(await outcome(restoreImage(member, id))).toBe('conflict')
      expect(await outcome(restoreImage(member, 'no-such'))).toBe('image_not_found')
    })

    it('needs room for what it brings back', async () => {
      const id = await insertStoredImage(database, ['slow'])
      await deleteImage(member, id)
      const other = await createImage(member, {})
      expect(await outcome(restoreImage(member, id))).toBe('quota_exceeded')
      await deleteImage(member, other.id)
      expect(await outcome(restoreImage(member, id))).toBe('done')
    })

    it('ends one way when it is restored and scrubbed at the same time', async () => {
      for (let round = 0; round < 4; round++) {
        const id = await insertStoredImage(database, ['slow'])
        await deleteImage(member, id)
        later(SCRUB_S + 1)
        const [restored] = await Promise.all([outcome(restoreImage(member, id)), reap()])
        setClock(undefined)
        const isThere = restored === 'done'
        expect((await row(id)).status).toBe(isThere ? 'active' : 'deleted')
        expect(file('slow', id)).toBe(isThere)
        expect(await states(id)).toEqual(isThere ? ['slow active'] : [])
        if (isThere) await deleteImage(member, id)
      }
    })
  })

  describe('of data in use', () => {
    beforeEach(() => open({}))

    /** The store refuses once; by then `meanwhile` has happened. */
    const refuseIn = (storeId: string, meanwhile: () => Promise<unknown> = async () => undefined) => {
      const spy = vi.spyOn(configuredStore(storeId), 'delete')
      spy.mockImplementationOnce(async () => {
        await meanwhile()
        throw apiError('store_in_use', { public: 'two volumes were made of it' })
      })
      return spy
    }

    it('is refused, and the image stays whole', async () => {
      const id = await insertStoredImage(database, ['slow'])
      const before = await findImage(id)
      refuseIn('slow')
      await expect(deleteImage(member, id)).rejects.toMatchObject({
        code: 'store_in_use',
        message: `Image ${id} could not be deleted because it is in use: two volumes were made of it`,
      })
      expect(await findImage(id)).toEqual({ ...before, updatedAt: expect.any(Number) })
      expect(await states(id)).toEqual(['slow active'])
      await reap()
      expect(file('slow', id)).toBe(true)
      await deleteImage(member, id)
      expect(file('slow', id)).toBe(false)
    })

    it.each([
      ['image', (id: string) => deleteImage(admin, id)],
      ['data of one store', (id: string) => deleteFromStore(admin, id, 'slow')],
    ] as const)('keeps the reaper away while the %s may come back', async (_what, remove) => {
      const id = await insertStoredImage(database, ['slow', 'fast'])
      refuseIn('slow', () => reap())
      expect(await outcome(remove(id))).toBe('store_in_use')
      expect(await states(id)).toEqual(['slow active', 'fast active'])
      expect([file('slow', id), file('fast', id)]).toEqual([true, true])
    })

    it('never brings back what another node has begun to remove', async () => {
      const id = await insertStoredImage(database, ['slow'])
      const spy = refuseIn('slow', async () => {
        // The request stood still until its claim was over.
        later(31)
        setNodeIdentity({ nodeId: 'other', bootId: 'b' })
        await reap()
      })
      expect(await outcome(deleteImage(member, id))).toBe('done')
      expect(spy).toHaveBeenCalledTimes(2)
      expect([(await row(id)).status, await states(id), file('slow', id)]).toEqual(['deleted', [], false])
    })

    it('is left to the reaper when the request dies, and tried again after other failures', async () => {
      setNodeIdentity({ nodeId: 'here', bootId: 'first' })
      const [lost, failed] = [await insertStoredImage(database, ['slow']), await insertStoredImage(database, ['fast'])]
      refuseIn('slow', () => new Promise(() => {}))
      void deleteImage(member, lost)
      await vi.waitFor(async () => expect(await states(lost)).toEqual(['slow deleting claimed']))
      await reap()
      expect(await states(lost)).toEqual(['slow deleting claimed'])
      vi.spyOn(configuredStore('fast'), 'delete').mockRejectedValueOnce(apiError('store_unavailable'))
      await deleteImage(member, failed)
      expect(await states(failed)).toEqual(['fast deleting'])
      setNodeIdentity({ nodeId: 'here', bootId: 'second' })
      await reap()
      expect([await states(lost), await states(failed)]).toEqual([[], []])
      expect([file('slow', lost), file('fast', failed)]).toEqual([false, false])
    })
  })
})
