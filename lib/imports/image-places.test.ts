import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { getImage } from '@/lib/images/get-image'
import { insertStoredImage, twoStores } from '@/lib/images/test-images'
import { setStores } from '@/lib/stores/registry'
import { imagePlaces } from './image-places'

const member = contextOf({ roles: ['member', 'reader'] })
const admin = contextOf({ projectId: 'admins', roles: ['admin', 'member', 'reader'] })

describe.each(testFlavours())('the places of an image on %s', (flavour) => {
  let database: TestDatabase
  const open = async (more: Readonly<Record<string, string>> = {}) => {
    database = await openTestDatabase(flavour, { ...twoStores, ...more })
    setStores(undefined)
  }
  beforeEach(() => setStores(undefined))
  afterEach(async () => {
    setStores(undefined)
    await database.close()
  })
  const placesOf = async (ctx: typeof member, id: string) => imagePlaces(ctx, await getImage(ctx, id))
  const withFormats = async (id: string) => {
    await database.db.image.update({ where: { id }, data: { diskFormat: 'raw', containerFormat: 'bare' } })
    return id
  }

  it('are all stores, those with data first in the order in which they are read', async () => {
    await open()
    const id = await withFormats(await insertStoredImage(database, ['slow', 'fast']))
    const places = await placesOf(admin, id)
    expect(places.map(({ storeId, state, isDefault }) => [storeId, state, isDefault])).toEqual([
      ['fast', 'there', false],
      ['slow', 'there', true],
    ])
    expect(places.map(({ remove }) => remove)).toEqual([{ block: null }, { block: null }])
  })

  it('say what can be done and what not, as the use-cases would', async () => {
    await open()
    const id = await insertStoredImage(database, ['slow'])
    expect(await placesOf(admin, id)).toMatchObject([
      { storeId: 'slow', remove: { block: 'last' } },
      { storeId: 'fast', copy: { block: 'no-formats' } },
    ])
    await withFormats(id)
    expect((await placesOf(admin, id))[1]?.copy).toEqual({ block: null })
    await database.db.image.update({ where: { id }, data: { status: 'deactivated' } })
    expect(await placesOf(admin, id)).toMatchObject([
      { remove: { block: 'not-active' } },
      { copy: { block: 'not-active' } },
    ])
  })

  it('offer nothing that the rules refuse, and show no address that no answer of the API has', async () => {
    await open()
    const id = await withFormats(await insertStoredImage(database, ['slow']))
    for (const place of await placesOf(member, id)) {
      expect(place).not.toHaveProperty('copy')
      expect(place).not.toHaveProperty('remove')
      expect(place.urls).toEqual([])
    }
  })

  it('have addresses where the API shows them', async () => {
    await open({ GLIMPSE__IMAGES__SHOW_MULTIPLE_LOCATIONS: 'true' })
    const id = await insertStoredImage(database, ['slow', 'fast'])
    const urls = (await placesOf(member, id)).flatMap((place) => place.urls)
    expect(urls).toEqual([expect.stringContaining('/fast/'), expect.stringContaining('/slow/')])
  })

  it('show only the first address where the API shows no other', async () => {
    await open({ GLIMPSE__IMAGES__SHOW_DIRECT_URL: 'true' })
    const id = await insertStoredImage(database, ['slow', 'fast'])
    const urls = (await placesOf(member, id)).map((place) => place.urls.length)
    expect(urls).toEqual([1, 0])
  })

  it('tell of copies under way and of those that failed', async () => {
    await open()
    const id = await withFormats(await insertStoredImage(database, ['slow']))
    const note = async (name: string, value: string) => {
      const data = { imageId: id, name, value, valuePrefix: value }
      await database.db.imageProperty.create({ data })
    }
    await note('os_glance_importing_to_stores', 'fast')
    expect((await placesOf(admin, id))[1]).toMatchObject({ state: 'coming', hasFailed: false })
    await database.db.imageProperty.deleteMany({ where: { imageId: id } })
    await note('os_glance_failed_import', 'fast')
    expect((await placesOf(admin, id))[1]).toMatchObject({ state: 'absent', hasFailed: true, copy: { block: null } })
  })

  it('name a store that the configuration has lost', async () => {
    await open()
    const id = await withFormats(await insertStoredImage(database, ['slow', 'lost']))
    const lost = (await placesOf(admin, id)).find(({ storeId }) => storeId === 'lost')
    expect(lost).toMatchObject({ isConfigured: false, state: 'there', remove: { block: 'not-configured' } })
  })
})
