import { describe, expect } from 'vitest'
import { admin, member, other, reader, roleless } from './support/api'
import { detailed, expectFault, expectFaultWith } from './support/fault'
import {
  activeImage,
  createImage,
  type Image,
  imageOf,
  patchImage,
  rawBare,
  savingImage,
  showImage,
} from './support/images'
import { defect, row, sometimes } from './support/row'

const uuid = '11111111-2222-4333-8444-555555555555'
const readOnly = {
  id: uuid,
  status: 'active',
  size: 5,
  virtual_size: 5,
  checksum: 'd41d8cd98f00b204e9800998ecf8427e',
  os_hash_algo: 'sha512',
  os_hash_value: 'ab',
  created_at: '2020-01-01T00:00:00Z',
  updated_at: '2020-01-01T00:00:00Z',
  direct_url: 'file:///x',
  self: '/x',
  file: '/x',
  schema: '/x',
}
const operations = ['add', 'replace', 'remove'] as const
const operation = (op: string, path: string, value: unknown) => (op === 'remove' ? { op, path } : { op, path, value })

async function refused(image: Image, op: object, status: number, message: Parameters<typeof expectFault>[2]) {
  expectFault(await patchImage(image.id, [op]), status, message)
  expect(await showImage(image.id)).toEqual(image)
}

describe('6.4 base properties a client may set', () => {
  for (const [key, value] of [
    ['name', 'new'],
    ['name', null],
    ['min_disk', 7],
    ['min_ram', 7],
    ['visibility', 'private'],
    ['visibility', 'community'],
    ['protected', true],
    ['os_hidden', true],
    ['disk_format', 'qcow2'],
    ['container_format', 'ovf'],
  ] as const) {
    for (const op of ['add', 'replace'] as const)
      row(`6.4 ${op} /${key} ${JSON.stringify(value)}: 200`, async () => {
        const { id } = await createImage()
        expect(imageOf(await patchImage(id, [operation(op, `/${key}`, value)]))[key]).toEqual(value)
      })
  }

  for (const key of ['name', 'min_disk', 'min_ram', 'visibility', 'protected', 'os_hidden', 'tags', 'owner'])
    row(`6.4 remove /${key}: 403`, async () =>
      refused(
        await createImage(),
        { op: 'remove', path: `/${key}` },
        403,
        detailed(403, `Property ${key} may not be removed.`),
      ),
    )

  for (const key of ['disk_format', 'container_format'])
    row(`6.4 remove /${key}: 403`, async () => {
      const image = await createImage(rawBare)
      expect((await patchImage(image.id, [{ op: 'remove', path: `/${key}` }])).status).toBe(403)
      expect(await showImage(image.id)).toEqual(image)
    })

  for (const op of ['add', 'replace'] as const)
    row(`6.4 ${op} /tags sets them, without duplicates`, async () => {
      const { id } = await createImage({ tags: ['old'] })
      const image = imageOf(await patchImage(id, [operation(op, '/tags', ['b', 'a', 'b'])]))
      expect([...image.tags].sort()).toEqual(['a', 'b'])
    })

  row('6.4 more than 128 tags: 413', async () => {
    const image = await createImage()
    const tags = Array.from({ length: 129 }, (_, index) => `t${index}`)
    expectFaultWith(
      await patchImage(image.id, [{ op: 'replace', path: '/tags', value: tags }]),
      413,
      'The limit has been exceeded on the number of allowed image tags. Attempted: 129, Maximum: 128',
    )
    expect(await showImage(image.id)).toEqual(image)
  })

  for (const [key, value, text] of [
    ['min_disk', -1, "Invalid value '-1' for parameter 'min_disk': Cannot be a negative value"],
    ['min_ram', -1, "Invalid value '-1' for parameter 'min_ram': Cannot be a negative value"],
    ['min_disk', 2147483648, "'min_disk' value out of range, must not exceed 2147483647."],
  ] as const)
    row(`6.4 ${key} ${value}: 400`, async () =>
      refused(await createImage(), { op: 'replace', path: `/${key}`, value }, 400, text),
    )

  row('6.4 visibility public without the policy: 403', async () =>
    refused(
      await createImage(),
      { op: 'replace', path: '/visibility', value: 'public' },
      403,
      'You are not authorized to complete publicize_image action.',
    ),
  )

  row('6.4 visibility public by an administrator: 200', async () => {
    const { id } = await createImage()
    const response = await patchImage(id, [{ op: 'replace', path: '/visibility', value: 'public' }], admin)
    expect(imageOf(response).visibility).toBe('public')
  })

  row('6.4 visibility public without the policy, though it is that already: 403', async () => {
    const { id } = await createImage()
    const public_ = [{ op: 'replace', path: '/visibility', value: 'public' }]
    await patchImage(id, public_, admin)
    expectFault(await patchImage(id, public_), 403, 'You are not authorized to complete publicize_image action.')
  })

  row('6.4 the first operation names the rule that refuses', async () => {
    const { id } = await createImage()
    const visibility = { op: 'replace', path: '/visibility', value: 'public' }
    const name = { op: 'replace', path: '/name', value: 'n' }
    const refusal = async (...patch: readonly object[]) => await patchImage(id, patch, reader)
    expectFault(await refusal(visibility, name), 403, 'You are not authorized to complete publicize_image action.')
    expectFault(await refusal(name, visibility), 403, 'You are not authorized to complete modify_image action.')
    expect((await patchImage(id, [visibility, name], roleless)).status).toBe(403)
    expect((await patchImage(id, [name, visibility], roleless)).status).toBe(404)
  })

  const touched = sometimes(defect('400, but updated_at moves'))
  row('3.2 a four-byte character in a tag: 400, and nothing moves', touched, async () => {
    const image = await createImage()
    const response = await patchImage(image.id, [{ op: 'replace', path: '/tags', value: ['\u{1F600}'] }])
    expectFaultWith(response, 400, "can't contain 4 byte")
    expect(await showImage(image.id)).toEqual(image)
  })

  for (const [key, value] of [
    ['name', '\u{1F600}'],
    ['p', '\u{1F600}'],
    ['p\u{1F600}', 'v'],
  ] as const)
    row(`3.2 a four-byte character by ${key.replace(/[^a-z]/gu, '?')}: 400`, async () => {
      const image = await createImage()
      expectFaultWith(await patchImage(image.id, [{ op: 'add', path: `/${key}`, value }]), 400, "can't contain 4 byte")
      expect(await showImage(image.id)).toEqual(image)
    })
})

describe('4.3 formats', () => {
  for (const key of ['disk_format', 'container_format']) {
    const value = key === 'disk_format' ? 'qcow2' : 'ovf'
    const text = `Attribute ${key} can be only replaced for a queued image.`

    for (const op of ['add', 'replace'] as const) {
      row(`4.3 ${op} /${key} of an active image: 403`, async () =>
        refused(await activeImage('formats'), operation(op, `/${key}`, value), 403, text),
      )

      row(`4.3 ${op} /${key} while saving: 403`, async () => {
        const { id, upload } = await savingImage()
        expectFault(await patchImage(id, [operation(op, `/${key}`, value)]), 403, text)
        upload.abort()
      })
    }

    row(`4.3 replace /${key} of an active image by the same value: 403`, async () => {
      const image = await activeImage('formats')
      await refused(image, operation('replace', `/${key}`, image[key]), 403, text)
    })
  }
})

describe('6.4 owner', () => {
  row('6.4 replace by an administrator: 200', async () => {
    const { id } = await createImage()
    const response = await patchImage(id, [{ op: 'replace', path: '/owner', value: other.projectId }], admin)
    expect(imageOf(response).owner).toBe(other.projectId)
    expect((await member.get(`/v2/images/${id}`)).status).toBe(404)
  })

  row('6.4 replace by the owner: 403', async () =>
    refused(
      await createImage(),
      { op: 'replace', path: '/owner', value: other.projectId },
      403,
      detailed(403, "Owner can't be updated by non admin."),
    ),
  )

  row('6.4 add by the owner: 403, unchanged', defect('200: the image changes hands'), async () =>
    refused(
      await createImage(),
      { op: 'add', path: '/owner', value: other.projectId },
      403,
      detailed(403, "Owner can't be updated by non admin."),
    ),
  )
})

describe('6.4 properties nobody may set', () => {
  for (const [key, value] of Object.entries(readOnly))
    for (const op of operations)
      row(`6.4 ${op} /${key}: 403 read-only`, async () =>
        refused(await createImage(), operation(op, `/${key}`, value), 403, `Attribute '${key}' is read-only.`),
      )

  for (const key of ['location', 'deleted', 'deleted_at', 'os_glance_import_task', 'os_glance_x', 'os_glancer'])
    for (const op of operations)
      row(`6.4 ${op} /${key}: 403 reserved`, async () =>
        refused(await createImage(), operation(op, `/${key}`, 'x'), 403, `Attribute '${key}' is reserved.`),
      )

  row('6.4 add /stores: 403 read-only', defect('200, stored as a property that hides behind the real one'), async () =>
    refused(await createImage(), operation('add', '/stores', 'x'), 403, "Attribute 'stores' is read-only."),
  )

  for (const op of ['replace', 'remove'])
    row(`6.4 ${op} /stores: 409`, async () =>
      refused(
        await createImage(),
        operation(op, '/stores', 'x'),
        409,
        detailed(409, 'Property stores does not exist.'),
      ),
    )
})

describe('6.4 custom properties', () => {
  for (const op of ['add', 'replace'] as const)
    row(`6.4 ${op} of a present one: 200`, async () => {
      const { id } = await createImage({ p: '1' })
      expect(imageOf(await patchImage(id, [operation(op, '/p', '2')])).p).toBe('2')
    })

  row('6.4 remove of a present one: 200', async () => {
    const { id } = await createImage({ p: '1' })
    expect(imageOf(await patchImage(id, [{ op: 'remove', path: '/p' }]))).not.toHaveProperty('p')
  })

  row('6.4 add of an absent one: 200', async () => {
    const { id } = await createImage()
    expect(imageOf(await patchImage(id, [operation('add', '/p', '')])).p).toBe('')
  })

  for (const op of ['replace', 'remove'])
    row(`6.4 ${op} of an absent one: 409`, async () =>
      refused(await createImage(), operation(op, '/p', 'x'), 409, detailed(409, 'Property p does not exist.')),
    )

  row('6.4 removed and added again', async () => {
    const { id } = await createImage({ p: '1' })
    await patchImage(id, [{ op: 'remove', path: '/p' }])
    expect(imageOf(await patchImage(id, [operation('add', '/p', '2')])).p).toBe('2')
  })

  row('11.1 the 129th: 413', async () => {
    const properties = Object.fromEntries(Array.from({ length: 128 }, (_, index) => [`p${index}`, 'v']))
    const { id } = await createImage(properties)
    expectFaultWith(
      await patchImage(id, [operation('add', '/more', 'v')]),
      413,
      'The limit has been exceeded on the number of allowed image properties. Attempted: 129, Maximum: 128',
    )
    expect(imageOf(await patchImage(id, [operation('replace', '/p0', 'w')])).p0).toBe('w')
  })

  row('3.2 a key of 256 characters: 400', defect('500, or 200, as its database does'), async () => {
    const { id } = await createImage()
    expect((await patchImage(id, [operation('add', `/${'k'.repeat(256)}`, 'v')])).status).toBe(400)
  })

  const dropped = '200, but the value is lost in its own object'
  for (const [key, answer] of [
    ['image_id', '404'],
    ['member', dropped],
    ['context', dropped],
    ['extra_properties', '500'],
    ['base', '500'],
    ['repo', dropped],
  ] as const)
    row(`6.4 add /${key}: a custom property like any other, or 403`, defect(answer), async () => {
      const image = await createImage({ existing: 'x' })
      const response = await patchImage(image.id, [operation('add', `/${key}`, 'v')])
      expect([200, 403]).toContain(response.status)
      const { updated_at: _, ...shown } = await showImage(image.id)
      const { updated_at: __, ...before } = image
      expect(shown).toEqual(response.status === 200 ? { ...before, [key]: 'v' } : before)
    })
})
