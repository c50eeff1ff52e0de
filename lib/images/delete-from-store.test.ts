import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RequestContext } from '@/lib/context/request-context'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { configuredStore, setStores } from '@/lib/stores/registry'
import { deleteFromStore } from './delete-from-store'
import { deleteImage } from './delete-image'
import { completeSort, noFilters } from './image-query'
import { findImage } from './image-repo'
import { createLease } from './lease-repo'
import { listImages } from './list-images'
import { insertStoredImage, twoStores } from './test-images'
import { wireImage } from './wire'

const admin = contextOf({ roles: ['admin', 'member', 'reader'] })
const member = contextOf({ roles: ['member', 'reader'] })
const onlyStore = 'Cannot delete image data from the only store containing it. Consider deleting the image instead.'

describe.each(testFlavours())('deleteFromStore on %s', (flavour) => {
  let database: TestDatabase

  beforeEach(async () => {
    database = await openTestDatabase(flavour, twoStores)
    setStores(undefined)
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    setStores(undefined)
    await database.close()
  })

  const fileIn = (storeId: string, imageId: string) => join(database.folder, storeId, imageId)
  const rows = async (imageId: string) =>
    (await database.db.imageLocation.findMany({ where: { imageId }, orderBy: { position: 'asc' } })).map(
      ({ storeId, state }) => `${storeId} ${state}`,
    )
  const refusal = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (failure: unknown) => failure,
    )
    return isApiError(error) ? [error.status, error.message] : error
  }

  const imageIn = (storeIds: readonly string[], status = 'active', visibility = 'shared') =>
    insertStoredImage(database, storeIds, { status, visibility })

  it('removes the bytes and the location in one store, and nothing in the other', async () => {
    const id = await imageIn(['slow', 'fast'])
    await deleteFromStore(admin, id, 'slow')
    expect(await rows(id)).toEqual(['fast active'])
    expect(existsSync(fileIn('slow', id))).toBe(false)
    expect(readFileSync(fileIn('fast', id), 'utf8')).toBe('fast')
  })

  it('removes all that one store has of the image', async () => {
    const id = await imageIn(['slow', 'slow', 'fast'])
    await deleteFromStore(admin, id, 'slow')
    expect(await rows(id)).toEqual(['fast active'])
  })

  it('leaves one of two when both are deleted at once', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await imageIn(['slow', 'fast'])
      const refusals = await Promise.all(['slow', 'fast'].map((store) => refusal(deleteFromStore(admin, id, store))))
      expect(refusals.filter((one) => one === undefined)).toHaveLength(1)
      expect(refusals).toContainEqual([403, onlyStore])
      const left = await rows(id)
      expect(left).toHaveLength(1)
      const [storeId = '', state] = left[0]?.split(' ') ?? []
      expect([state, readFileSync(fileIn(storeId, id), 'utf8')]).toEqual(['active', storeId])
    }
  })

  it('leaves bytes that the store cannot remove now to the reaper, and shows the image without them', async () => {
    const id = await imageIn(['slow', 'fast'])
    vi.spyOn(configuredStore('slow'), 'delete').mockRejectedValue(apiError('store_unavailable'))
    await deleteFromStore(admin, id, 'slow')
    expect(await rows(id)).toEqual(['slow deleting', 'fast active'])
    expect((await findImage(id))?.locations.map(({ storeId }) => storeId)).toEqual(['fast'])
    expect(await refusal(deleteFromStore(admin, id, 'fast'))).toEqual([403, onlyStore])
  })

  it('takes no new data into a store while old data must still go from it', async () => {
    const id = await imageIn(['slow', 'fast'])
    const begin = () => createLease(database.db, { imageId: id, storeId: 'slow', purpose: 'upload' })
    const deletion = vi.spyOn(configuredStore('slow'), 'delete').mockRejectedValue(apiError('store_unavailable'))
    await deleteFromStore(admin, id, 'slow')
    expect(await refusal(begin())).toEqual([409, expect.stringContaining('still being removed from store slow')])
    deletion.mockRestore()
    await database.db.imageLocation.deleteMany({ where: { imageId: id, state: 'deleting' } })
    expect(await begin()).toMatchObject({ imageId: id, storeId: 'slow' })
  })

  it('gives the location back when the data is in use, unless the image was deleted meanwhile', async () => {
    const inUse = apiError('store_in_use', { public: 'The image has clones.' })
    const id = await imageIn(['slow', 'fast'])
    const deletion = vi.spyOn(configuredStore('slow'), 'delete').mockRejectedValue(inUse)
    expect(await refusal(deleteFromStore(admin, id, 'slow'))).toEqual([409, 'The image has clones.'])
    expect(await rows(id)).toEqual(['slow active', 'fast active'])
    deletion.mockImplementationOnce(async () => {
      await deleteImage(admin, id)
      throw inUse
    })
    expect(await refusal(deleteFromStore(admin, id, 'slow'))).toEqual([409, 'The image has clones.'])
    expect(await rows(id)).toEqual(['slow deleting'])
  })

  it('moves updated_at like every other change', async () => {
    const id = await imageIn(['slow', 'fast'])
    await database.db.image.update({ where: { id }, data: { updatedAt: new Date(0) } })
    await deleteFromStore(admin, id, 'slow')
    expect((await findImage(id))?.updatedAt).toBeGreaterThan(0)
  })

  it('looks for refusals in the order of the contract', async () => {
    const elsewhere = contextOf({ roles: ['member', 'reader'], projectId: 'theirs' })
    const id = await imageIn(['slow'])
    const both = await imageIn(['slow', 'fast'])
    const fastOnly = await imageIn(['fast', 'fast'])
    const queued = await imageIn([], 'queued')
    const community = await imageIn(['slow', 'fast'], 'active', 'community')
    const stateText = "It's not allowed to remove image data from store if image status is not 'active'"
    const cases: [RequestContext, string, string, number, string][] = [
      [member, 'none', 'nosuch', 409, 'The selected store nosuch is not available on this node.'],
      [admin, 'none', 'slow', 404, 'Failed to find image none'],
      [elsewhere, id, 'slow', 404, `Failed to find image ${id}`],
      [contextOf(), id, 'slow', 404, 'The resource could not be found.'],
      [elsewhere, community, 'slow', 403, 'You are not authorized to complete get_image_location action.'],
      [member, queued, 'slow', 403, 'You are not authorized to complete delete_image_location action.'],
      [admin, queued, 'slow', 409, stateText],
      [admin, await imageIn(['slow', 'fast'], 'deactivated'), 'slow', 409, stateText],
      [admin, id, 'slow', 403, onlyStore],
      [admin, id, 'fast', 403, onlyStore],
      [admin, fastOnly, 'slow', 404, `Image ${fastOnly} is not stored in store slow.`],
      [admin, fastOnly, 'fast', 403, onlyStore],
    ]
    for (const [ctx, image, store, status, text] of cases) {
      expect(await refusal(deleteFromStore(ctx, image, store))).toEqual([status, text])
    }
    expect(await rows(both)).toEqual(['slow active', 'fast active'])
  })

  it('is what lists of a store follow', async () => {
    const [both, fast] = [await imageIn(['slow', 'fast']), await imageIn(['fast'])]
    const idsIn = async (storeId: string) =>
      (await listImages(admin, { filters: { ...noFilters, storeId }, sort: completeSort([]), limit: 9 })).map(
        ({ id }) => id,
      )
    expect((await idsIn('fast')).sort()).toEqual([both, fast].sort())
    expect(await idsIn('slow')).toEqual([both])
    await deleteFromStore(admin, both, 'slow')
    expect(await idsIn('slow')).toEqual([])
  })

  it('shows the stores of an image by their weight', async () => {
    const image = await findImage(await imageIn(['slow', 'fast']))
    expect(image !== undefined && wireImage(image, { isAdmin: false }).stores).toBe('fast,slow')
  })
})
