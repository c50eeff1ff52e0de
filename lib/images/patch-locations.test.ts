import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { serviceItself } from '@/lib/events/event'
import { reap } from '@/lib/jobs/reaper'
import { setStores, stores } from '@/lib/stores/registry'
import { createImage } from './create-image'
import { deleteFromStore } from './delete-from-store'
import { deleteImage } from './delete-image'
import type { Image } from './image'
import { changeImage, findImage, type ImageChange } from './image-repo'
import type { PatchOperation } from './json-patch'
import { patchImage } from './patch-image'
import { insertStoredImage, twoStores } from './test-images'
import { wireImage } from './wire'

const member = contextOf({ roles: ['member', 'reader'] })
const admin = contextOf({ roles: ['admin', 'member', 'reader'] })
const reader = contextOf({ roles: ['reader'] })

const settings = {
  ...twoStores,
  GLIMPSE__STORES__WEB__TYPE: 'http',
  GLIMPSE__IMAGES__SHOW_MULTIPLE_LOCATIONS: 'true',
  GLIMPSE__IMAGES__SHOW_DIRECT_URL: 'true',
  GLIMPSE__LOG__LEVEL: 'silent',
}

const add = (value: unknown, position = '-'): PatchOperation => ({ op: 'add', path: ['locations', position], value })
const replace = (value: unknown): PatchOperation => ({ op: 'replace', path: ['locations'], value })
const remove = (position: string): PatchOperation => ({ op: 'remove', path: ['locations', position] })
const web = (name: string, metadata: object = {}) => ({ url: `http://web.example/${name}`, metadata })

describe.each(testFlavours())('locations by PATCH on %s', (flavour) => {
  let database: TestDatabase

  beforeEach(async () => {
    database = await openTestDatabase(flavour, settings)
    setStores(undefined)
    const store = stores().find('web')
    if (store === undefined) throw new Error('there is no store')
    // Four bytes everywhere, but nothing at /none, five at /five, none at /empty.
    vi.spyOn(store, 'stat').mockImplementation(async ({ url }) => {
      if (url.endsWith('/none')) throw apiError('store_object_missing')
      return { sizeBytes: url.endsWith('/five') ? 5 : url.endsWith('/empty') ? 0 : 4 }
    })
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    setStores(undefined)
    await database.close()
  })

  const patch = (id: string, operations: readonly PatchOperation[], ctx = member) =>
    patchImage(ctx, id, operations, { dialect: 'v2.1' })
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => (isApiError(error) ? [error.status, error.message] : error),
    )
  const queued = async () => (await createImage(member, { disk_format: 'raw', container_format: 'bare' })).id
  const show = async (id: string): Promise<Image> => {
    const image = await findImage(id)
    if (image === undefined) throw new Error('the image is gone')
    return image
  }
  const change = async (id: string, set: ImageChange) =>
    await changeImage(database.db, id, { set, note: { by: serviceItself, was: await show(id) } })
  const urls = async (id: string) => (await show(id)).locations.map(({ url }) => url.split('/').at(-1))
  const locations = (image: Image, isAdmin = false) => wireImage(image, { isAdmin }).locations

  it('makes a queued image active, with the size of its data and the digests that somebody vouches for', async () => {
    const id = await queued()
    const digests = { os_hash_algo: 'sha512', os_hash_value: 'AB'.repeat(64), checksum: 'cd'.repeat(16) }
    const image = await patch(id, [add({ ...web('a'), validation_data: digests })])
    expect(image).toMatchObject({
      status: 'active',
      sizeBytes: 4,
      checksum: 'cd'.repeat(16),
      hashAlgorithm: 'sha512',
      hashValue: 'ab'.repeat(64),
    })
    expect(locations(image)).toEqual([
      { url: 'http://web.example/a', metadata: { store: 'web' }, validation_data: digests },
    ])
    expect(locations(await show(id))).toEqual([{ url: 'http://web.example/a', metadata: { store: 'web' } }])
    expect(wireImage(image, { isAdmin: false })).toMatchObject({ stores: 'web', direct_url: 'http://web.example/a' })
  })

  it('takes formats from operations before, and none after', async () => {
    const { id } = await createImage(member, {})
    const missing = 'Properties disk_format, container_format must be set prior to saving data.'
    expect(await refusal(patch(id, [add(web('a'))]))).toEqual([400, missing])
    expect(await show(id)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [] })
    const formats: PatchOperation[] = [
      { op: 'replace', path: ['disk_format'], value: 'raw' },
      { op: 'replace', path: ['container_format'], value: 'bare' },
    ]
    const late = await refusal(patch(await queued(), [add(web('a')), ...formats]))
    expect(late).toEqual([403, 'Attribute disk_format can be only replaced for a queued image.'])
    expect(await patch(id, [...formats, add(web('a'))])).toMatchObject({ status: 'active', diskFormat: 'raw' })
  })

  it('inserts, appends, orders anew and removes at the positions that it shows', async () => {
    const id = await insertStoredImage(database, ['slow', 'fast'])
    await patch(id, [add(web('last')), add(web('first'), '1'), add(web('far'), '99')])
    expect((await show(id)).locations.map(({ storeId }) => storeId)).toEqual(['fast', 'web', 'slow', 'web', 'web'])
    expect((await urls(id)).filter((name) => name !== id)).toEqual(['first', 'last', 'far'])
    await patch(id, [remove('0')], admin)
    expect((await show(id)).locations.map(({ storeId }) => storeId)).toEqual(['web', 'slow', 'web', 'web'])
    expect(existsSync(join(database.folder, 'fast', id))).toBe(false)
    expect(existsSync(join(database.folder, 'slow', id))).toBe(true)
    await patch(id, [remove('-')], admin)
    const shown = (await show(id)).locations.toReversed().map(({ url, metadata }) => ({ url, metadata }))
    await patch(id, [replace(shown)])
    expect((await show(id)).locations.map(({ storeId }) => storeId)).toEqual(['web', 'slow', 'web'])
    expect((await urls(id)).filter((name) => name !== id)).toEqual(['last', 'first'])
    expect(await database.db.imageLocation.count({ where: { imageId: id } })).toBe(3)
  })

  it('says which store holds what, whatever the client says', async () => {
    const id = await insertStoredImage(database, ['slow'])
    const [mine] = (await show(id)).locations
    await patch(id, [add({ ...web('a'), metadata: { store: 'fast', note: 'x' } })])
    await patch(id, [
      replace([
        { url: mine?.url, metadata: { store: 'fast' } },
        { url: 'http://web.example/a', metadata: { note: 'y', list: ['z'], map: { deep: 'w' } } },
      ]),
    ])
    const stored = (await show(id)).locations
    expect(stored.map(({ storeId, metadata }) => [storeId, metadata])).toEqual([
      ['slow', { store: 'slow' }],
      ['web', { note: 'y', list: ['z'], map: { deep: 'w' }, store: 'web' }],
    ])
    expect(stored[0]?.id).toBe(mine?.id)
    expect(existsSync(join(database.folder, 'slow', id))).toBe(true)
  })

  it('is all or nothing, and nothing is removed from a store when it fails', async () => {
    const id = await insertStoredImage(database, ['slow', 'fast'])
    const before = await show(id)
    const odd: PatchOperation = { op: 'replace', path: ['absent'], value: 'x' }
    expect(await refusal(patch(id, [remove('0'), add(web('a')), odd], admin))).toEqual([
      409,
      'Property absent does not exist.',
    ])
    expect(await show(id)).toEqual(before)
    for (const store of ['slow', 'fast']) expect(existsSync(join(database.folder, store, id))).toBe(true)
  })

  it('keeps what another request changes while it looks at a location', async () => {
    const id = await insertStoredImage(database, ['slow'])
    const store = stores().find('web')
    if (store === undefined) throw new Error('there is no store')
    const stat = vi.spyOn(store, 'stat').mockImplementation(async () => {
      await change(id, { name: 'renamed' })
      return { sizeBytes: 4 }
    })
    expect(await patch(id, [add(web('a'))])).toMatchObject({ name: 'renamed' })
    expect(stat).toHaveBeenCalledTimes(1)
    expect(await urls(id)).toEqual([id, 'a'])
  })

  it('never leaves an active image without a location, nor lets its data be another', async () => {
    const id = await insertStoredImage(database, ['slow'])
    const last = [403, 'Cannot remove last location in the image.']
    expect(await refusal(patch(id, [remove('0')], admin))).toEqual(last)
    expect(await refusal(patch(id, [replace([])], admin))).toEqual([403, 'Cannot set locations to empty list.'])
    expect(await refusal(patch(id, [add(web('five'))], admin))).toEqual([400, 'Invalid location'])
    expect(await refusal(patch(id, [replace([web('a')])], admin))).toEqual([
      400,
      expect.stringContaining('Original locations is not empty: '),
    ])
    expect(await refusal(patch(id, [add(web('a')), remove('0'), remove('0')], admin))).toEqual(last)
    const both = await insertStoredImage(database, ['slow', 'fast'])
    const results = await Promise.all([
      refusal(patch(both, [remove('0')], admin)),
      refusal(deleteFromStore(admin, both, 'slow')),
    ])
    expect(results.filter((result) => result !== undefined)).toHaveLength(1)
    expect((await show(both)).locations).toHaveLength(1)
    expect((await show(id)).status).toBe('active')
  })

  it('keeps a location whose data is in use', async () => {
    const id = await insertStoredImage(database, ['slow', 'fast'])
    const store = stores().find('fast')
    if (store === undefined) throw new Error('there is no store')
    vi.spyOn(store, 'delete').mockRejectedValue(apiError('store_in_use'))
    expect(await refusal(patch(id, [remove('0')], admin))).toEqual([409, 'The image data is in use.'])
    expect((await show(id)).locations).toHaveLength(2)
  })

  // OSSA-2014-041, OSSA-2015-002, OSSA-2014-012: what such a location names would be read, and removed with the image.
  it('takes no location that leads to this machine, to other images or to a shell', async () => {
    const theirs = await insertStoredImage(database, ['slow'])
    const host = join(database.folder, 'host-file')
    writeFileSync(host, 'host')
    const bad = [
      `file://${host}`,
      `filesystem://${host}`,
      `FILE://${host}`,
      `File:${host}`,
      `file://${join(database.folder, 'slow', theirs)}`,
      'swift+config://reference/container/object',
      'sheepdog://127.0.0.1:7000:;reboot',
      'rbd://pool/image',
      'cinder://0000',
      'HTTP://web.example/a',
      'http:web.example/a',
      'http://web.example/a b',
      'http://web.example/a\u0000',
      'web.example/a',
      '',
    ]
    const id = await queued()
    for (const url of bad) {
      for (const operation of [add({ url, metadata: {} }), replace([{ url, metadata: { store: 'slow' } }])]) {
        expect(await refusal(patch(id, [operation], admin)), url).toEqual([400, 'Invalid location'])
      }
    }
    expect(await show(id)).toMatchObject({ status: 'queued', sizeBytes: null, locations: [] })
    await deleteImage(admin, id)
    await reap()
    expect(existsSync(host)).toBe(true)
    expect(existsSync(join(database.folder, 'slow', theirs))).toBe(true)
  })

  // OSSN-0078: a caller who can tell these apart scans ports.
  it('says the same of every location that gives no data', async () => {
    const id = await queued()
    for (const url of ['none', 'empty']) {
      expect(await refusal(patch(id, [add(web(url))]))).toEqual([400, 'Invalid location'])
    }
  })

  it('keeps and shows no name and password', async () => {
    const id = await queued()
    for (const url of ['http://u:p@web.example/a', 'http://u@web.example/a', 's3://KEY:SEC/RET@s3.example/b/i']) {
      expect(await refusal(patch(id, [add({ url, metadata: {} })]))).toEqual([400, 'Invalid location'])
    }
    await patch(id, [add(web('a'))])
    await database.db.imageLocation.updateMany({
      where: { imageId: id },
      data: { url: 'swift+https://project%3Auser:key@auth.example/c/o' },
    })
    const image = await show(id)
    const shown = wireImage(image, { isAdmin: true })
    expect(shown).toMatchObject({
      direct_url: 'swift+https://auth.example/c/o',
      locations: [{ url: 'swift+https://auth.example/c/o' }],
    })
    const answer = await refusal(patch(id, [replace([web('b')])]))
    expect(JSON.stringify([shown, answer])).not.toMatch(/key|user/)
    const same = { url: 'swift+https://auth.example/c/o', metadata: { note: 'x' } }
    expect((await patch(id, [replace([same])])).locations).toMatchObject([{ metadata: { note: 'x', store: 'web' } }])
  })

  it('forgets a location on the web without asking there, and hides all of a deactivated image', async () => {
    const id = await queued()
    await patch(id, [add(web('a')), add(web('b'))])
    await change(id, { status: 'deactivated' })
    const image = await show(id)
    expect(locations(image)).toEqual([])
    expect(wireImage(image, { isAdmin: false })).not.toHaveProperty('direct_url')
    expect(locations(image, true)).toHaveLength(2)
    await deleteImage(admin, id)
    expect(await database.db.imageLocation.count({ where: { imageId: id } })).toBe(0)
  })

  it('counts every location as storage, and refuses one too many also when they come together', async () => {
    await database.close()
    database = await openTestDatabase(flavour, { ...settings, GLIMPSE__IMAGES__USER_STORAGE_QUOTA: '10' })
    const [one, two] = [await queued(), await queued()]
    await patch(one, [add(web('a'))])
    const full = [
      413,
      'Denying attempt to upload image because it exceeds the quota: The size of the data 4 will exceed the limit. 2 bytes remaining.',
    ]
    const results = await Promise.all([refusal(patch(one, [add(web('b'))])), refusal(patch(two, [add(web('a'))]))])
    expect(results.filter((result) => result === undefined)).toHaveLength(1)
    expect(results).toContainEqual(full)
    expect(await refusal(patch(one, [add(web('c'))]))).toEqual(full)
    const [first] = (await show(one)).locations
    expect(await refusal(patch(one, [{ op: 'add', path: ['note'], value: String(first?.url) }]))).toBeUndefined()
    await deleteImage(admin, one)
    await patch(await queued(), [add(web('c'))])
  })

  it('refuses metadata that cannot be kept', async () => {
    const id = await queued()
    let deep: unknown = 'x'
    for (let depth = 0; depth < 2000; depth++) deep = [deep]
    const bad = [{ n: 1 }, { n: null }, { n: 'a\0b' }, { 'a\0b': 'n' }, { n: '\ud800' }, { deep }]
    for (const metadata of bad) {
      expect(await refusal(patch(id, [add(web('a', metadata))]))).toMatchObject([400, /metadata may hold/])
    }
    const long = await refusal(patch(id, [add(web('a', { n: 'x'.repeat(20_000) }))]))
    expect(long).toMatchObject([400, /metadata may have 16384 characters/])
  })

  it('asks who may, before what is there', async () => {
    const id = await insertStoredImage(database, ['slow', 'fast'])
    const denied = (rule: string) => [403, `You are not authorized to complete ${rule} action.`]
    expect(await refusal(patch(id, [add(web('none'))], reader))).toEqual(denied('set_image_location'))
    expect(await refusal(patch(id, [replace([web('none')])], reader))).toEqual(denied('set_image_location'))
    expect(await refusal(patch(id, [remove('0')], member))).toEqual(denied('delete_image_location'))
    const other = contextOf({ roles: ['member', 'reader'], projectId: 'theirs' })
    const open = await insertStoredImage(database, ['slow', 'fast'], { visibility: 'public' })
    expect(await refusal(patch(open, [add(web('a'))], other))).toEqual(denied('set_image_location'))
    expect(await refusal(patch(id, [add(web('a'))], other))).toEqual([404, `No image found with ID ${id}`])
    expect((await show(id)).locations).toHaveLength(2)
  })
})
