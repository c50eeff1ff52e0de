import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { newId } from '@/lib/runtime/ids'
import { createImage } from './create-image'
import { deleteImage } from './delete-image'
import { completeSort, noFilters } from './image-query'
import { countImages, listImages } from './list-images'
import { patchImage } from './patch-image'
import { restoreImage } from './restore-image'
import { addTag, removeTag } from './tag-image'
import { insertStoredImage, twoStores } from './test-images'

const member = contextOf({ projectId: 'mine', roles: ['member', 'reader'] })
const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })
const stranger = contextOf({ projectId: 'theirs', roles: ['member', 'reader'] })

describe.each(testFlavours())('free text on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour, { ...twoStores, GLIMPSE__IMAGES__DELAYED_DELETE: 'true' })
  })
  afterEach(() => database.close())

  const found = async (text: string, ctx = member) => {
    const filters = { ...noFilters, text }
    const images = await listImages(ctx, {
      filters,
      sort: completeSort([{ column: 'name', direction: 'asc' }]),
      limit: 50,
    })
    expect(await countImages(ctx, filters)).toBe(images.length)
    return images.map(({ name }) => name)
  }

  it('is looked for in names, tags, descriptions and the system’s name, in any case of any script', async () => {
    await createImage(member, { name: 'Ubuntu-Server', tags: ['Nightly'], os_distro: 'ubuntu', os_version: '24.04' })
    await createImage(member, { name: 'ÄRGER Ж', description: 'With the GUEST agent' })
    await createImage(member, { name: 'plain', other: 'guest agent' })
    const rows: readonly (readonly [string, readonly string[]])[] = [
      ['SERVER', ['Ubuntu-Server']],
      ['ghtl', ['Ubuntu-Server']],
      ['24.0', ['Ubuntu-Server']],
      ['guest', ['ÄRGER Ж']],
      ['ärger ж', ['ÄRGER Ж']],
      ['absent', []],
      // Not one text: the name's end and the tag's beginning.
      ['servernight', []],
      // Too short for the index.
      ['rg', ['ÄRGER Ж']],
      ['ж', ['ÄRGER Ж']],
    ]
    for (const [text, names] of rows) expect(await found(text), text).toEqual(names)
    expect(await found('server', stranger)).toEqual([])
  })

  it('takes every character as itself', async () => {
    const names = [`100% "sure" it's a_b`, 'back\\slash*', '100x', 'axb OR NOT']
    for (const name of names) await createImage(member, { name })
    for (const name of names) {
      expect(await found(name)).toEqual([name])
      for (const part of ['%  ', '"su', 'a_b', '\\sl', 'sh*', ' OR']) {
        expect(await found(part)).toEqual(names.filter((one) => one.toLowerCase().includes(part.toLowerCase())))
      }
    }
  })

  it('finds the beginning of an id', async () => {
    const { id } = await createImage(member, { name: 'by-id' })
    for (const length of [4, 8, 9, 20, 36]) expect(await found(id.slice(0, length).toUpperCase())).toContain('by-id')
    expect(await found(id.slice(2, 20))).toEqual([])
  })

  it('follows every change of an image', async () => {
    const { id } = await createImage(member, { name: 'first' })
    await patchImage(member, id, [{ op: 'replace', path: ['name'], value: 'second' }], { dialect: 'v2.1' })
    expect(await found('first')).toEqual([])
    expect(await found('second')).toEqual(['second'])
    await addTag(member, id, 'golden')
    expect(await found('golden')).toEqual(['second'])
    await removeTag(member, id, 'golden')
    expect(await found('golden')).toEqual([])
    await patchImage(member, id, [{ op: 'add', path: ['description'], value: 'third' }], { dialect: 'v2.1' })
    expect(await found('third')).toEqual(['second'])
    await deleteImage(member, id)
    expect(await found('third')).toEqual([])
    expect(await database.db.imageSearch.count()).toBe(0)
  })

  it('finds what was restored', async () => {
    const id = await insertStoredImage(database, ['slow'])
    await patchImage(member, id, [{ op: 'add', path: ['name'], value: 'come-back' }], { dialect: 'v2.1' })
    await deleteImage(member, id)
    expect(await found('come-back', admin)).toEqual([])
    await restoreImage(admin, id)
    expect(await found('come-back', admin)).toEqual(['come-back'])
  })

  it('finds a page of what thousands have, in the order of the list', async () => {
    const at = new Date()
    const ids = Array.from({ length: 2500 }, () => newId())
    const common = { status: 'active', visibility: 'shared', ownerId: 'mine', createdAt: at, updatedAt: at }
    const names = ids.map((_, index) => `common-${String(index).padStart(4, '0')}`)
    await database.db.image.createMany({ data: ids.map((id, index) => ({ ...common, id, name: names[index] ?? '' })) })
    await database.db.imageSearch.createMany({
      data: ids.map((imageId, index) => ({ imageId, text: names[index] ?? '' })),
    })
    const filters = { ...noFilters, text: 'COMMON-' }
    const sort = completeSort([{ column: 'name', direction: 'desc' }])
    const images = await listImages(member, { filters, sort, limit: 3 })
    expect(images.map(({ name }) => name)).toEqual(['common-2499', 'common-2498', 'common-2497'])
    expect(await countImages(member, filters, 10_000)).toBe(2500)
    expect(await found('common-1234')).toEqual(['common-1234'])
  })
})
