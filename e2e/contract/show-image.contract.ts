import { describe, expect } from 'vitest'
import { admin, member, other, reader, roleless, settings, unscoped } from './support/api'
import { expectFault } from './support/fault'
import { activeImage, createImage, imageOf, namesIn, patchImage, showImage, unique } from './support/images'
import { row } from './support/row'

const absent = (id: string) => `No image found with ID ${id}`

describe('2 GET /v2/images/{id}: 200', () => {
  row('3.1 the entity of an active image', async () => {
    const image = await activeImage('0123456789', { name: 'active', hw_disk_bus: 'scsi' })
    expect(image).toMatchObject({
      name: 'active',
      hw_disk_bus: 'scsi',
      status: 'active',
      size: 10,
      virtual_size: 10,
      checksum: '781e5e245d69b566979b86e28d23f2c7',
      os_hash_algo: 'sha512',
      owner: member.projectId,
    })
    expect(image.os_hash_value).toMatch(/^bb96c2fc40d2d54617d6f276febe571f[0-9a-f]{96}$/)
  })

  if (settings.multiStore)
    row('3.1 stores names the store that holds the data', async () => {
      const { stores } = await activeImage('stored')
      expect(settings.storeIds).toContain(stores)
      if (settings.defaultStore !== null) expect(stores).toBe(settings.defaultStore)
    })

  row('3.1 direct_url appears only where it is switched on', async () => {
    expect('direct_url' in (await activeImage('direct'))).toBe(settings.directUrlVisible)
  })

  row('3.1 locations appears only where it is switched on', async () => {
    expect('locations' in (await activeImage('located'))).toBe(settings.locationsVisible)
  })

  row('0.2 links are relative to the host', async () => {
    const image = await createImage()
    expect([image.self, image.file, image.schema]).toEqual([
      `/v2/images/${image.id}`,
      `/v2/images/${image.id}/file`,
      '/v2/schemas/image',
    ])
  })

  row('1.2 under another prefix the same, links included', async () => {
    const image = await createImage()
    expect(imageOf(await member.get(`/v2.5/images/${image.id}`))).toEqual(image)
  })

  row('2 by a reader of the project', async () => {
    const image = await createImage()
    expect(await showImage(image.id, reader)).toEqual(image)
  })
})

describe('3.6 who sees what by id', () => {
  for (const visibility of ['private', 'shared', 'community']) {
    row(`3.6 ${visibility}: the owner and an administrator`, async () => {
      const { id } = await createImage({ visibility })
      expect((await showImage(id)).visibility).toBe(visibility)
      expect((await showImage(id, admin)).visibility).toBe(visibility)
    })
  }

  for (const visibility of ['private', 'shared'])
    row(`3.6 ${visibility}: 404 for another project`, async () => {
      const { id } = await createImage({ visibility })
      expectFault(await other.get(`/v2/images/${id}`), 404, absent(id))
    })

  row('3.6 community: another project', async () => {
    const { id } = await createImage({ visibility: 'community' })
    expect((await showImage(id, other)).id).toBe(id)
  })

  row('3.6 public: another project', async () => {
    const { id } = await createImage({ visibility: 'public', owner: member.projectId }, admin)
    expect((await showImage(id, other)).id).toBe(id)
  })

  row('3.6 hidden images are shown by id', async () => {
    const { id } = await createImage({ os_hidden: true })
    expect((await showImage(id)).os_hidden).toBe(true)
  })
})

describe('3.6 an image without an owner', () => {
  row('3.6 is shown to everybody by id, and listed by default to administrators alone', async () => {
    const name = unique('ownerless')
    const { id } = await createImage({ name, owner: null }, admin)
    expect((await showImage(id, other)).owner).toBeNull()
    expect(await namesIn(`?name=${name}`, other)).toEqual([])
    expect(await namesIn(`?name=${name}`, admin)).toEqual([name])
    expect((await admin.delete(`/v2/images/${id}`)).status).toBe(204)
  })
})

describe('3.6 members', () => {
  const offer = async (status: string) => {
    const { id } = await createImage({ name: unique('offer') })
    await member.post(`/v2/images/${id}/members`, { json: { member: other.projectId } })
    await other.put(`/v2/images/${id}/members/${other.projectId}`, { json: { status } })
    return id
  }

  for (const status of ['pending', 'accepted', 'rejected'])
    row(`3.6 shared, ${status}: shown to the member by id`, async () => {
      expect((await showImage(await offer(status), other)).visibility).toBe('shared')
    })

  row('3.6 private: members are kept but inert, and come back with shared', async () => {
    const id = await offer('accepted')
    await patchImage(id, [{ op: 'replace', path: '/visibility', value: 'private' }])
    expectFault(await other.get(`/v2/images/${id}`), 404, absent(id))
    await patchImage(id, [{ op: 'replace', path: '/visibility', value: 'shared' }])
    expect((await showImage(id, other)).id).toBe(id)
  })
})

describe('2 GET /v2/images/{id}: 404', () => {
  row('14.2 a name instead of a UUID: 404', async () =>
    expectFault(await member.get('/v2/images/cirros'), 404, absent('cirros')),
  )

  row('2 an unknown UUID: 404', async () => {
    const id = '00000000-0000-4000-8000-000000000000'
    expectFault(await member.get(`/v2/images/${id}`), 404, absent(id))
  })

  row('2 a deleted image: 404, for an administrator too', async () => {
    const { id } = await createImage()
    await member.delete(`/v2/images/${id}`)
    expectFault(await member.get(`/v2/images/${id}`), 404, absent(id))
    expectFault(await admin.get(`/v2/images/${id}`), 404, absent(id))
  })

  row('2 an own image for somebody whose role no rule names: 404', async () => {
    const { id } = await createImage()
    const response = await roleless.get(`/v2/images/${id}`)
    expect(response.status).toBe(404)
  })

  row('2 with an unscoped token: 404', async () => {
    const { id } = await createImage()
    expect((await unscoped.get(`/v2/images/${id}`)).status).toBe(404)
  })
})
