import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { admin, baseUrl, member, other, reader, roleless, settings } from './support/api'
import { detailed, expectFault, expectFaultWith } from './support/fault'
import { createImage, imageOf, showImage, unique } from './support/images'
import { defect, row, setting, sometimes } from './support/row'

const create = (fields: object, caller = member) => caller.post('/v2/images', { json: fields })
const schemaFault = "Provided object does not match schema 'image': "

describe('2 POST /v2/images: 201', () => {
  row('3.1 an empty object makes a queued image with every default', async () => {
    const image = imageOf(await create({}), 201)
    expect(image).toMatchObject({
      name: null,
      disk_format: null,
      container_format: null,
      visibility: 'shared',
      size: null,
      virtual_size: null,
      status: 'queued',
      checksum: null,
      protected: false,
      min_ram: 0,
      min_disk: 0,
      owner: member.projectId,
      os_hidden: false,
      os_hash_algo: null,
      os_hash_value: null,
      tags: [],
      self: `/v2/images/${image.id}`,
      file: `/v2/images/${image.id}/file`,
      schema: '/v2/schemas/image',
    })
    expect(image.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(image).not.toHaveProperty('direct_url')
    expect(image).not.toHaveProperty('stores')
  })

  row('3.1 locations appears only where it is switched on, empty at first', async () => {
    const image = imageOf(await create({}), 201)
    expect(image.locations).toEqual(settings.locationsVisible ? [] : undefined)
  })

  row('3.1 keys come in order: custom properties, then the base', async () => {
    const text = (await create({ name: 'order', zz_last: '1', tags: ['t'] })).text
    const base =
      'name disk_format container_format visibility size virtual_size status checksum protected min_ram min_disk owner ' +
      'os_hidden os_hash_algo os_hash_value id created_at updated_at locations tags self file schema'
    const wanted = ['zz_last', ...base.split(' ').filter((key) => key !== 'locations' || settings.locationsVisible)]
    expect(Object.keys(JSON.parse(text))).toEqual(wanted)
  })

  row('3.1 every field a client may set comes back', async () => {
    const fields = {
      name: 'all fields',
      disk_format: 'qcow2',
      container_format: 'ovf',
      visibility: 'private',
      protected: true,
      min_ram: 512,
      min_disk: 2147483647,
      os_hidden: true,
      tags: ['a'],
      hw_disk_bus: 'scsi',
      Case_Kept: 'Ä ö 漢',
    }
    const image = imageOf(await create(fields), 201)
    expect(image).toMatchObject(fields)
    expect(await showImage(image.id)).toEqual(image)
  })

  row('3.1 created_at equals updated_at and is now', async () => {
    const image = imageOf(await create({}), 201)
    expect(image.updated_at).toBe(image.created_at)
    expect(Math.abs(Date.parse(image.created_at) - Date.now())).toBeLessThan(120_000)
  })

  row('3.1 name may be null or empty', async () => {
    expect(imageOf(await create({ name: null }), 201).name).toBeNull()
    expect(imageOf(await create({ name: '' }), 201).name).toBe('')
  })

  row('3.1 name of 255 characters', async () => {
    expect(imageOf(await create({ name: 'n'.repeat(255) }), 201).name).toHaveLength(255)
  })

  row('3.1 tags are a set', async () => {
    const image = imageOf(await create({ tags: ['b', 'a', 'b'] }), 201)
    expect([...image.tags].sort()).toEqual(['a', 'b'])
  })

  row('3.1 tags keep the order in which they came', defect('any order'), async () => {
    const tags = ['m', 'c', 'z', 'a', 'k', 'y', 'b', 'x']
    expect(imageOf(await create({ tags }), 201).tags).toEqual(tags)
  })

  row('3.1 min_disk 1.0 counts as an integer', async () => {
    const response = await member.post('/v2/images', { body: '{"min_disk": 1.0}' })
    expect(imageOf(response, 201).min_disk).toBe(1)
  })

  row('3.1 own project as owner', async () => {
    expect(imageOf(await create({ owner: member.projectId }), 201).owner).toBe(member.projectId)
  })

  row('3.1 a foreign owner, by an administrator', async () => {
    expect(imageOf(await create({ owner: other.projectId }, admin), 201).owner).toBe(other.projectId)
  })

  for (const visibility of ['private', 'shared', 'community'])
    row(`3.1 visibility ${visibility} by a member`, async () => {
      expect(imageOf(await create({ visibility }), 201).visibility).toBe(visibility)
    })

  row('3.1 visibility public by an administrator', async () => {
    const image = imageOf(await create({ visibility: 'public', owner: member.projectId }, admin), 201)
    expect(image.visibility).toBe('public')
  })

  for (const format of ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'])
    row(`3.3 disk_format ${format}`, async () => {
      expect(imageOf(await create({ disk_format: format }), 201).disk_format).toBe(format)
    })

  for (const format of ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'])
    row(`3.3 container_format ${format}`, async () => {
      expect(imageOf(await create({ container_format: format }), 201).container_format).toBe(format)
    })

  row('3.3 formats of ami, ari and aki need not agree', async () => {
    expect((await create({ disk_format: 'ami', container_format: 'aki' })).status).toBe(201)
  })

  row('3.4 custom properties are case-sensitive', setting('500: MariaDB compares without case'), async () => {
    expect(imageOf(await create({ key: '1', KEY: '2' }), 201)).toMatchObject({ key: '1', KEY: '2' })
  })

  row('3.4 a custom value of 60 KiB', async () => {
    const value = 'v'.repeat(60 * 1024)
    const { id } = imageOf(await create({ long: value }), 201)
    expect((await showImage(id)).long).toBe(value)
  })

  row('3.4 signature properties are stored like others', async () => {
    const fields = { img_signature: 'x', img_signature_hash_method: 'SHA-256' }
    expect(imageOf(await create(fields), 201)).toMatchObject(fields)
  })
})

describe('2.1 POST /v2/images: headers', () => {
  row('2.1 Location is the absolute URL, with the Host of the request', async () => {
    const response = await create({})
    expect(response.headers.location).toBe(`${baseUrl.origin}/v2/images/${imageOf(response, 201).id}`)
  })

  row('2.1 OpenStack-image-import-methods is a list without blanks', async () => {
    const methods = (await create({})).headers['openstack-image-import-methods']
    // Left out when no method is enabled.
    expect(methods ?? 'none').toMatch(/^[a-z-]+(,[a-z-]+)*$/)
  })

  const reservedStores = sometimes(defect('lists its reserved stores too, once the process has opened them'))
  if (settings.multiStore)
    row('2.1 OpenStack-image-store-ids lists the configured stores alone', reservedStores, async () => {
      const ids = (await create({})).headers['openstack-image-store-ids'] ?? ''
      expect(ids).toMatch(/^[^,\s]+(,[^,\s]+)*$/)
      expect(ids).not.toContain('os_glance')
    })
})

describe('3.2 id', () => {
  row('3.2 a client may choose it', async () => {
    const id = randomUUID()
    expect(imageOf(await create({ id }), 201).id).toBe(id)
  })

  for (const id of ['x', '', '1234', `${randomUUID()}0`, randomUUID().replaceAll('-', '')])
    row(
      `3.2 "${id.replace(/[0-9a-f]{8,}[-0-9a-f]*/, '(a UUID spoiled)')}" (${id.length} characters) is no UUID: 400`,
      async () => expectFaultWith(await create({ id }), 400, schemaFault),
    )

  row('3.2 taken: 409', async () => {
    const { id } = await createImage()
    expectFault(await create({ id }), 409, `Image ID ${id} already exists!`)
  })

  row("3.2 taken by another project's invisible image: 409", async () => {
    const { id } = await createImage({}, other)
    expectFault(await create({ id }), 409, `Image ID ${id} already exists!`)
  })

  row('3.2 of a deleted image: 409', async () => {
    const { id } = await createImage()
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
    expectFault(await create({ id }), 409, `Image ID ${id} already exists!`)
  })

  row('3.2 in upper case is folded', defect('case kept'), async () => {
    const id = randomUUID()
    expect(imageOf(await create({ id: id.toUpperCase() }), 201).id).toBe(id)
  })

  row('3.2 of a deleted image in other letter case: 409', async () => {
    const { id } = await createImage()
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
    expect((await create({ id: id.toUpperCase() })).status).toBe(409)
  })
})

describe('3.2 POST /v2/images: 400', () => {
  const wrong: readonly [string, object][] = [
    ['name of 256 characters', { name: 'n'.repeat(256) }],
    ['name a number', { name: 7 }],
    ['tag of 256 characters', { tags: ['t'.repeat(256)] }],
    ['tags not a list', { tags: 'a' }],
    ['a tag that is no string', { tags: [1] }],
    ['unknown disk_format', { disk_format: 'floppy' }],
    ['unknown container_format', { container_format: 'box' }],
    ['unknown visibility', { visibility: 'secret' }],
    ['visibility null', { visibility: null }],
    ['protected "true"', { protected: 'true' }],
    ['os_hidden "false"', { os_hidden: 'false' }],
    ['protected null', { protected: null }],
    ['min_disk a string', { min_disk: '1' }],
    ['min_disk null', { min_disk: null }],
    ['min_ram 1.5', { min_ram: 1.5 }],
    ['owner of 256 characters', { owner: 'o'.repeat(256) }],
    ['a custom value that is a number', { custom: 1 }],
    ['a custom value that is null', { custom: null }],
    ['a custom value that is a boolean', { custom: true }],
    ['a custom value that is an object', { custom: {} }],
    ['status that is not in the enumeration', { status: 'x' }],
    ['kernel_id that is no UUID', { kernel_id: 'x' }],
    ['cinder_encryption_key_deletion_policy not in the enumeration', { cinder_encryption_key_deletion_policy: 'x' }],
  ]
  for (const [title, fields] of wrong)
    row(`3.2 ${title}: 400`, async () => expectFaultWith(await create(fields), 400, schemaFault))

  for (const field of ['min_disk', 'min_ram']) {
    row(`3.2 ${field} negative: 400`, async () =>
      expectFault(
        await create({ [field]: -1 }),
        400,
        `Invalid value '-1' for parameter '${field}': Cannot be a negative value`,
      ),
    )

    row(`3.2 ${field} above 2147483647: 400`, async () =>
      expectFault(
        await create({ [field]: 2147483648 }),
        400,
        `'${field}' value out of range, must not exceed 2147483647.`,
      ),
    )
  }

  const emoji = '\u{1F600}'
  row('3.2 a four-byte character in the name: 400', async () =>
    expectFault(await create({ name: emoji }), 400, "Name can't contain 4 byte unicode characters."),
  )

  for (const [title, fields, text] of [
    ['custom key', { [`k${emoji}`]: 'v' }, "Property names can't contain 4 byte unicode."],
    ['custom value', { k: emoji }, "K can't contain 4 byte unicode characters."],
    ['tag', { tags: [emoji] }, "Param values can't contain 4 byte unicode."],
  ] as const)
    row(`3.2 a four-byte character in a ${title}: 400`, async () => expectFault(await create(fields), 400, text))

  row('3.2 custom key of 255 characters: 201, of 256: 400', async () => {
    expect((await create({ ['k'.repeat(255)]: 'v' })).status).toBe(201)
    expect((await create({ ['k'.repeat(256)]: 'v' })).status).toBe(400)
  })

  row('3.2 custom key "": 400', defect('201'), async () => {
    expect((await create({ '': 'v' })).status).toBe(400)
  })
})

describe('3.2 POST /v2/images: 403', () => {
  const timestamp = '2026-01-01T00:00:00Z'
  for (const [key, value] of [
    ['status', 'queued'],
    ['size', 1],
    ['virtual_size', 1],
    ['checksum', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['created_at', timestamp],
    ['updated_at', timestamp],
    ['direct_url', 'http://127.0.0.1/x'],
    ['self', '/v2/images/x'],
    ['file', '/v2/images/x/file'],
    ['schema', '/v2/schemas/image'],
  ] as const)
    row(`3.2 ${key} is read-only: 403`, async () =>
      expectFaultWith(await create({ [key]: value }), 403, `Attribute '${key}' is read-only.`),
    )

  row('3.2 stores is read-only: 403', async () =>
    expectFaultWith(await create({ stores: 'x' }), 403, "Attribute 'stores' is read-only."),
  )

  for (const [key, value] of [
    ['os_hash_algo', 'sha512'],
    ['os_hash_value', 'ab'],
  ] as const)
    row(`3.2 ${key} is read-only: 403`, defect('201, stored as a property that hides behind the real one'), async () =>
      expectFaultWith(await create({ [key]: value }), 403, `Attribute '${key}' is read-only.`),
    )

  for (const key of ['location', 'deleted', 'deleted_at', 'os_glance_import_task', 'os_glance_x', 'os_glancer'])
    row(`3.2 ${key} is reserved: 403`, async () =>
      expectFault(await create({ [key]: 'x' }), 403, detailed(403, `Attribute '${key}' is reserved.`)),
    )

  row('3.2 locations is reserved: 403', async () => {
    const locations = [{ url: 'http://127.0.0.1/x', metadata: {} }]
    expectFaultWith(await create({ locations }), 403, "Attribute 'locations' is reserved.")
  })

  row('3.2 a foreign owner: 403', async () =>
    expectFault(
      await create({ owner: other.projectId }),
      403,
      detailed(403, `You are not permitted to create images owned by '${other.projectId}'`),
    ),
  )

  row('3.2 public without the policy: 403', async () =>
    expectFault(
      await create({ visibility: 'public' }),
      403,
      'You are not authorized to complete publicize_image action.',
    ),
  )

  for (const [name, caller] of [
    ['reader', reader],
    ['somebody without a known role', roleless],
  ] as const)
    row(`2 by a ${name}: 403`, async () =>
      expectFault(await create({}, caller), 403, 'You are not authorized to complete add_image action.'),
    )
})

describe('3.2 order of the checks', () => {
  row('3.2 self before the schema: 403', async () => {
    expect((await create({ self: 'x', name: 7 })).status).toBe(403)
  })

  row('3.2 the schema before a reserved key: 400', async () => {
    expect((await create({ name: 7, deleted: 'x' })).status).toBe(400)
  })

  row('3.2 a key too long before a reserved one: 400', async () => {
    expect((await create({ ['k'.repeat(256)]: 'v', deleted: 'x' })).status).toBe(400)
  })

  row('3.2 a reserved key before the policy: 403 names the key', async () =>
    expectFault(await create({ deleted: 'x' }, reader), 403, detailed(403, "Attribute 'deleted' is reserved.")),
  )

  row('3.2 the policy before a read-only key: 403 names the action', async () =>
    expectFault(
      await create({ status: 'queued' }, reader),
      403,
      'You are not authorized to complete add_image action.',
    ),
  )

  row('3.2 a read-only key before the taken id: 403', async () => {
    const { id } = await createImage()
    expect((await create({ id, size: 1 })).status).toBe(403)
  })
})

describe('11.1 quotas at POST', () => {
  row('11.1 128 tags: 201, 129: 413', async () => {
    const tags = Array.from({ length: 129 }, (_, index) => `t${index}`)
    expect((await create({ tags: tags.slice(1) })).status).toBe(201)
    expectFaultWith(
      await create({ tags }),
      413,
      'The limit has been exceeded on the number of allowed image tags. Attempted: 129, Maximum: 128',
    )
  })

  row('11.1 128 custom properties: 201, 129: 413', async () => {
    const properties = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'v']))
    expect((await create(properties(128))).status).toBe(201)
    expectFaultWith(
      await create(properties(129)),
      413,
      'The limit has been exceeded on the number of allowed image properties. Attempted: 129, Maximum: 128',
    )
  })

  row('3.2 a refused image leaves nothing behind', async () => {
    const name = unique('refused')
    expect((await create({ name, visibility: 'public' })).status).toBe(403)
    const page = JSON.parse((await member.get(`/v2/images?name=${name}`)).text)
    expect(page.images).toEqual([])
  })
})
