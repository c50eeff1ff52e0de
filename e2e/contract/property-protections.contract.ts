import { describe, expect } from 'vitest'
import { admin, member, reader } from './support/api'
import { detailed, expectFault } from './support/fault'
import { createImage, listImages, namesIn, patchImage, showImage, unique } from './support/images'
import { row, setting } from './support/row'

const unset = setting('it has no file of property protections')
const reserved = (name: string) => `Attribute '${name}' is reserved.`
const add = (name: string, value: string) => ({ op: 'add', path: `/${name}`, value })
const replace = (name: string, value: string) => ({ op: 'replace', path: `/${name}`, value })
const remove = (name: string) => ({ op: 'remove', path: `/${name}` })
const absent = (name: string) => detailed(409, `Property ${name} does not exist.`)

/** An image of the member's project with a property that only an administrator could set. */
async function imageWith(property: string, value = 'v') {
  const { id, name } = await createImage()
  expect((await patchImage(id, [add(property, value)], admin)).status).toBe(200)
  return { id, name }
}

describe('3.4 property protections at POST /v2/images', () => {
  row('15 a property that the caller may not create: 403, and no image', unset, async () => {
    const name = unique('protected')
    const response = await member.post('/v2/images', { json: { name, x_admin_a: 'v' } })
    expectFault(response, 403, reserved('x_admin_a'))
    expect(await namesIn(`?name=${name}`)).toEqual([])
  })

  row('15 whoever holds a role that is named may', async () => {
    expect((await admin.post('/v2/images', { json: { name: unique('protected'), x_admin_a: 'v' } })).status).toBe(201)
  })

  row('15 an empty list of roles is nobody', unset, async () =>
    expectFault(await admin.post('/v2/images', { json: { x_inner: 'v' } }), 403, reserved('x_inner')),
  )

  row('15 an expression is looked for anywhere in the name', unset, async () =>
    expectFault(await admin.post('/v2/images', { json: { an_x_inner_one: 'v' } }), 403, reserved('an_x_inner_one')),
  )

  row('15 what was created and may not be read is not shown to its maker', unset, async () => {
    const image = await createImage({ x_sealed_a: 'v', x_once_a: 'v' })
    expect(image).not.toHaveProperty('x_sealed_a')
    expect(image).toMatchObject({ x_once_a: 'v' })
    expect(await showImage(image.id, admin)).toMatchObject({ x_sealed_a: 'v' })
  })

  row('3.2 after the schema, before read-only attributes', unset, async () => {
    expect((await member.post('/v2/images', { json: { x_admin_a: 1 } })).status).toBe(400)
    const response = await member.post('/v2/images', { json: { x_admin_a: 'v', size: 1 } })
    expectFault(response, 403, reserved('x_admin_a'))
  })
})

describe('3.4 property protections at GET', () => {
  row('15 a property that the caller may not read is left out, of one and of a list', unset, async () => {
    const { id, name } = await imageWith('x_admin_b')
    for (const caller of [member, reader]) {
      expect(await showImage(id, caller)).not.toHaveProperty('x_admin_b')
      const { images } = await listImages(`?name=${name}`, caller)
      expect(images.map((image) => [image.id, 'x_admin_b' in image])).toEqual([[id, false]])
    }
    expect(await showImage(id, admin)).toMatchObject({ x_admin_b: 'v' })
  })

  row('5.3 nor can its value be guessed by filtering', unset, async () => {
    const value = unique('secret')
    const { name } = await imageWith('x_admin_c', value)
    expect(await namesIn(`?x_admin_c=${value}`)).toEqual([])
    expect(await namesIn(`?x_admin_c=${value}`, admin)).toEqual([name])
  })

  row('15 one that may be read and not changed is shown and found', async () => {
    const value = unique('shown')
    const { id, name } = await imageWith('x_shown_a', value)
    expect(await showImage(id, reader)).toMatchObject({ x_shown_a: value })
    expect(await namesIn(`?x_shown_a=${value}`, reader)).toEqual([name])
  })
})

describe('3.4 property protections at PATCH', () => {
  row('15 creating: 403, and nothing of the patch happens', unset, async () => {
    const { id } = await createImage()
    const response = await patchImage(id, [replace('name', 'changed'), add('x_shown_b', 'v')])
    expectFault(response, 403, reserved('x_shown_b'))
    expect((await showImage(id)).name).not.toBe('changed')
  })

  row('15 updating by a role of any letter case: 200, deleting by another: 403', unset, async () => {
    const { id } = await imageWith('x_shown_c')
    expect((await patchImage(id, [replace('x_shown_c', 'w')])).status).toBe(200)
    expectFault(await patchImage(id, [remove('x_shown_c')]), 403, reserved('x_shown_c'))
    expect(await showImage(id)).toMatchObject({ x_shown_c: 'w' })
  })

  row('15 ! is nobody, an administrator neither', unset, async () => {
    const { id } = await createImage({ x_once_b: 'v' })
    for (const caller of [member, admin]) {
      expectFault(await patchImage(id, [replace('x_once_b', 'w')], caller), 403, reserved('x_once_b'))
      expectFault(await patchImage(id, [add('x_once_b', 'w')], caller), 403, reserved('x_once_b'))
      expectFault(await patchImage(id, [remove('x_once_b')], caller), 403, reserved('x_once_b'))
    }
  })

  row('6.4 of one that is hidden: as if there were none', unset, async () => {
    const { id } = await imageWith('x_admin_d')
    expectFault(await patchImage(id, [replace('x_admin_d', 'w')]), 409, absent('x_admin_d'))
    expectFault(await patchImage(id, [remove('x_admin_d')]), 409, absent('x_admin_d'))
    expectFault(await patchImage(id, [add('x_admin_d', 'w')]), 403, reserved('x_admin_d'))
  })

  row('15 one that is hidden is neither overwritten by adding it again nor lost by other changes', unset, async () => {
    const { id } = await createImage({ x_sealed_b: 'v', os_type: 'a' })
    expectFault(await patchImage(id, [add('x_sealed_b', 'w')]), 403, reserved('x_sealed_b'))
    expect((await patchImage(id, [replace('os_type', 'b'), add('x_new', 'n')])).status).toBe(200)
    expect(await showImage(id, admin)).toMatchObject({ x_sealed_b: 'v', os_type: 'b', x_new: 'n' })
  })
})
