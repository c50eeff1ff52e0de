import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { receiveImage } from '@/lib/data-plane/receive-image'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { inTransaction } from '@/lib/db/transaction'
import { findAuditRows } from '@/lib/events/event-repo'
import { setStores } from '@/lib/stores/registry'
import { createImage } from './create-image'
import { deactivateImage } from './deactivate-image'
import { deleteFromStore } from './delete-from-store'
import { deleteImage } from './delete-image'
import { changeImage, findImage } from './image-repo'
import { addMember, removeMember, setMemberStatus } from './members'
import { patchImage } from './patch-image'
import { addTag, removeTag } from './tag-image'
import { insertStoredImage, twoStores } from './test-images'

const admin = contextOf({ userId: 'boss', roles: ['admin', 'member', 'reader'] })
const member = contextOf({ userId: 'u1', roles: ['member', 'reader'] })
const invited = contextOf({ userId: 'u2', projectId: 'theirs', roles: ['member', 'reader'] })
const by = (userId: string, projectId = 'mine') => ({ userId, projectId, requestId: 'req-1' })

describe.each(testFlavours())('events of images on %s', (flavour) => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await openTestDatabase(flavour, twoStores)
    setStores(undefined)
  })
  afterAll(async () => {
    setStores(undefined)
    await database.close()
  })

  /** In the order in which they were written. */
  const events = async (imageId: string) => [...(await findAuditRows({ imageId, limit: 100 })).rows].reverse()
  const types = async (imageId: string) => (await events(imageId)).map(({ type }) => type)
  const newImage = async (fields: object = {}) =>
    (await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare', ...fields })).id

  it('tell who created an image, and what it is', async () => {
    const id = await newImage({ tags: ['t'], colour: 'red' })
    const [event, ...others] = await events(id)
    expect(others).toEqual([])
    expect(event).toMatchObject({ type: 'image.create', outcome: 'success', ...by('u1'), before: null })
    const expected = { id, name: 'x', status: 'queued', owner: 'mine', properties: { colour: 'red' }, tags: ['t'] }
    expect(event?.payload).toMatchObject({ ...expected, is_public: false, deleted: false, deleted_at: null })
  })

  it('tell what a change changed, and one for each change', async () => {
    const id = await newImage({ colour: 'red' })
    const step = (op: 'add' | 'replace', name: string, value: unknown) => ({ op, path: [name], value })
    const steps = [step('replace', 'name', 'y'), step('add', 'colour', 'blue')]
    await patchImage(member, id, steps, { dialect: 'v2.1' })
    await patchImage(member, id, [], { dialect: 'v2.1' })
    await addTag(member, id, 't')
    await addTag(member, id, 't')
    await removeTag(member, id, 't')
    const [, patched, tagged, untagged, ...others] = await events(id)
    expect(others).toEqual([])
    expect(patched).toMatchObject({ type: 'image.update', ...by('u1') })
    expect(patched?.before).toMatchObject({ name: 'x', properties: { colour: 'red' } })
    expect(Object.keys(patched?.before ?? {}).filter((name) => name !== 'updated_at')).toEqual(['name', 'properties'])
    expect(patched?.payload).toMatchObject({ name: 'y', properties: { colour: 'blue' } })
    expect([tagged?.before?.tags, tagged?.payload.tags]).toEqual([[], ['t']])
    expect([untagged?.before?.tags, untagged?.payload.tags]).toEqual([['t'], []])
  })

  it('tell of members, by whom each was changed', async () => {
    const id = await newImage({ visibility: 'shared' })
    await addMember(member, id, 'theirs')
    await setMemberStatus(invited, id, 'theirs', 'accepted')
    await expect(setMemberStatus(invited, id, 'theirs', 'nonsense')).rejects.toThrow('Status must be')
    await removeMember(member, id, 'theirs')
    const [, added, answered, removed, ...others] = await events(id)
    expect(others).toEqual([])
    expect(added).toMatchObject({ type: 'image.member.create', memberId: 'theirs', ...by('u1') })
    expect(answered).toMatchObject({ type: 'image.member.update', ...by('u2', 'theirs') })
    expect(answered).toMatchObject({ before: { status: 'pending' }, payload: { status: 'accepted' } })
    expect(removed).toMatchObject({ type: 'image.member.delete', payload: { deleted: true } })
  })

  it('tell of an upload as Glance does, and never where the bytes lie', async () => {
    const id = await newImage()
    await receiveImage(member, id, oneChunk('bytes'))
    await deactivateImage(member, id)
    await deleteImage(member, id)
    expect(await types(id)).toEqual([
      'image.create',
      'image.prepare',
      'image.upload',
      'image.activate',
      'image.update',
      'image.delete',
    ])
    const [, prepared, uploaded, activated, deactivated, deleted] = await events(id)
    expect([prepared?.before?.status, prepared?.payload.status]).toEqual(['queued', 'saving'])
    expect(uploaded).toMatchObject({ before: { status: 'saving', size: null }, payload: { size: 5, store: 'slow' } })
    expect(activated?.payload.status).toBe('active')
    expect(deactivated).toMatchObject({ before: { status: 'active' }, payload: { status: 'deactivated' } })
    expect(deleted).toMatchObject({ payload: { status: 'deleted', deleted: true, deleted_at: expect.any(String) } })
    expect(JSON.stringify(await events(id))).not.toContain(database.folder)
  })

  it('tell that an upload failed', async () => {
    const id = await newImage()
    await expect(receiveImage(member, id, failing())).rejects.toThrow('cut')
    const [, prepared, given] = await events(id)
    expect(prepared?.type).toBe('image.prepare')
    expect(given).toMatchObject({ before: { status: 'saving' }, payload: { status: 'queued' }, ...by('u1') })
  })

  it('tell which store lost the data', async () => {
    const id = await insertStoredImage(database, ['slow', 'fast'])
    await deleteFromStore(admin, id, 'fast')
    expect(await events(id)).toMatchObject([{ type: 'image.update', payload: { removed_from_store: 'fast' } }])
  })

  it('are not there when nothing was changed', async () => {
    const id = await newImage({ protected: true })
    await expect(deleteImage(member, id)).rejects.toThrow('protected')
    await expect(deactivateImage(member, id)).rejects.toThrow('Not allowed')
    const was = await findImage(id)
    if (was === undefined) throw new Error('the image is gone')
    const note = { by: by('u1'), was }
    expect(await changeImage(database.db, id, { from: ['active'], set: { name: 'z' }, note })).toBe('conflict')
    const undone = inTransaction(database.db, async (tx) => {
      await changeImage(tx, id, { set: { name: 'z' }, note })
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    expect(await types(id)).toEqual(['image.create'])
  })
})

async function* oneChunk(text: string) {
  yield Buffer.from(text)
}

async function* failing() {
  yield Buffer.from('by')
  throw new Error('cut')
}
