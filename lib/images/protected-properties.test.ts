import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { loadPropertyProtections, mayUseProperty } from '@/lib/policy/property-protection'
import { createImage } from './create-image'
import { getImage } from './get-image'
import { completeSort, noFilters } from './image-query'
import { findImage } from './image-repo'
import { imageSchema } from './image-schema'
import { countImages, listImages } from './list-images'
import { patchImage } from './patch-image'

const member = contextOf({ roles: ['member', 'reader'] })
const admin = contextOf({ roles: ['admin', 'member', 'reader'] })
const service = {
  userId: 's',
  userDomainId: 'default',
  projectId: null,
  projectDomainId: null,
  roles: ['service'],
}
const all = (who: string) => `create = ${who}\nread = ${who}\nupdate = ${who}\ndelete = ${who}\n`

describe.each(testFlavours())('files of properties on %s', (flavour) => {
  let database: TestDatabase
  afterEach(() => database.close())

  const open = async (files: Readonly<Record<string, string>>, settings: Readonly<Record<string, string>> = {}) => {
    database = await openTestDatabase(flavour)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(database.folder, name), text)
    const paths = Object.fromEntries(
      Object.keys(files).map((name) => [`GLIMPSE__IMAGES__${name}_FILE`, join(database.folder, name)]),
    )
    const { folder, url } = database
    setConfig(loadConfig({ GLIMPSE__SERVER__DATA_FOLDER: folder, GLIMPSE__DATABASE__URL: url, ...paths, ...settings }))
  }
  const protect = (text: string, format = 'roles') =>
    open({ PROPERTY_PROTECTION: text }, { GLIMPSE__IMAGES__PROPERTY_PROTECTION_FORMAT: format })

  it('protect a property on every way to it, and never lose it', async () => {
    await protect(`[^x_]\n${all('admin')}[.*]\n${all('@')}`)
    await expect(createImage(member, { x_a: '1' })).rejects.toThrow("Attribute 'x_a' is reserved.")
    const { id } = await createImage(admin, { x_a: '1', os_type: 'a', visibility: 'public' })
    expect((await getImage(member, id)).properties).toEqual({ os_type: 'a' })
    const query = { sort: completeSort([]), limit: 10 }
    const found = await listImages(member, { ...query, filters: noFilters })
    expect(found.map(({ properties }) => properties)).toEqual([{ os_type: 'a' }])
    const guess = { ...noFilters, properties: [{ name: 'x_a', value: '1' }] }
    expect(await listImages(member, { ...query, filters: guess })).toEqual([])
    expect(await countImages(member, guess)).toBe(0)
    expect(await countImages(admin, guess)).toBe(1)
    const change = [{ op: 'replace', path: ['os_type'], value: 'b' } as const]
    const changed = await patchImage(contextOf({ roles: ['member', 'reader'] }), id, change, { dialect: 'v2.1' })
    expect(changed.properties).toEqual({ os_type: 'b' })
    expect((await findImage(id))?.properties).toEqual({ x_a: '1', os_type: 'b' })
  })

  it('leave to nobody what no section matches, and to everybody what is the service itself', async () => {
    await protect(`[^x_]\n${all('@')}`)
    expect(mayUseProperty(admin, 'os_type', 'read')).toBe(false)
    expect(mayUseProperty(member, 'os_glance_importing_to_stores', 'read')).toBe(true)
  })

  it('count the roles of a service that asks along', async () => {
    await protect(`[.*]\n${all('Service')}`)
    expect(mayUseProperty(member, 'a', 'read')).toBe(false)
    expect(mayUseProperty(contextOf({ roles: ['member'], service }), 'a', 'read')).toBe(true)
  })

  it('name policies, which know nothing of the image', async () => {
    const policies = `create = context_is_admin\nread = @\nupdate = modify_image\ndelete = !\n`
    await protect(`[.*]\n${policies}`, 'policies')
    expect([mayUseProperty(admin, 'a', 'create'), mayUseProperty(member, 'a', 'create')]).toEqual([true, false])
    expect([mayUseProperty(admin, 'a', 'update'), mayUseProperty(member, 'a', 'update')]).toEqual([true, false])
    expect([mayUseProperty(member, 'a', 'read'), mayUseProperty(admin, 'a', 'delete')]).toEqual([true, false])
  })

  it.each([
    ['an unknown policy', `[a]\n${all('nobody_wrote_it')}`, 'policies', 'no policy nobody_wrote_it'],
    ['two policies', `[a]\n${all('context_is_admin,service_api')}`, 'policies', 'only one policy'],
    ['a broken file', '[a]\n', 'roles', 'does not say who may create'],
  ])('keep a node from starting: %s', async (_, text, format, reason) => {
    await protect(text, format)
    expect(loadPropertyProtections).toThrow(reason)
  })

  it('keep a node from starting when there is none', async () => {
    await open({}, { GLIMPSE__IMAGES__PROPERTY_PROTECTION_FILE: '/nowhere', GLIMPSE__IMAGES__SCHEMA_FILE: '/nowhere' })
    expect(loadPropertyProtections).toThrow('/nowhere cannot be read')
    expect(imageSchema).toThrow('/nowhere cannot be read')
  })

  it('describe properties and require them of a new image alone', async () => {
    const tier = { type: ['null', 'string'], enum: ['gold', 'tin', null], description: 'How it is kept' }
    await open({ SCHEMA: JSON.stringify({ properties: { x_tier: tier }, required: ['x_tier'] }) })
    expect(imageSchema()).toMatchObject({ required: ['x_tier'], properties: { x_tier: { ...tier, is_base: false } } })
    expect(imageSchema().properties).not.toHaveProperty('os_distro')
    await expect(createImage(member, { name: 'a' })).rejects.toThrow("'x_tier' is a required property")
    await expect(createImage(member, { x_tier: 'lead' })).rejects.toThrow('is not one of')
    const { id } = await createImage(member, { x_tier: 'gold', kernel_id: 'any text, since nothing describes it' })
    const patch = [{ op: 'add', path: ['x_more'], value: 'm' } as const]
    expect((await patchImage(member, id, patch, { dialect: 'v2.1' })).properties).toMatchObject({ x_more: 'm' })
  })

  it.each([
    ['a keyword that nothing enforces', { a: { type: 'string', format: 'uuid' } }, 'format'],
    ['a type that no property has', { a: { type: 'integer' } }, 'a.type'],
    ['a pattern that is none', { a: { type: 'string', pattern: '(' } }, 'no regular expression'],
    ['an attribute of every image', { name: { type: 'string' } }, 'name is no custom property'],
    ['the service itself', { os_glance_x: { type: 'string' } }, 'os_glance_x is no custom property'],
  ])('are refused for %s', async (_, properties, reason) => {
    await open({ SCHEMA: JSON.stringify(properties) })
    expect(imageSchema).toThrow(reason)
  })
})
