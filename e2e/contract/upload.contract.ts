import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { exchangeBytes } from '../support/http-client'
import { admin, baseUrl, member, other, reader, roleless, settings } from './support/api'
import { expectFault, expectFaultWith, unsupportedMedia } from './support/fault'
import { activeImage, createImage, putFile, rawBare, savingImage, showImage, statusReached } from './support/images'
import { defect, release, row, sometimes } from './support/row'

const octets = { 'Content-Type': 'application/octet-stream' }
const file = (id: string) => `/v2/images/${id}/file`
const denied = 'You are not authorized to complete upload_image action.'
const digest = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex')

/** Expects the image as if no byte had ever come, and that the same client may send it now. */
async function expectUntouched(id: string): Promise<void> {
  const image = await statusReached(id, 'queued')
  const empty = { size: null, virtual_size: null, checksum: null, os_hash_algo: null, os_hash_value: null }
  expect(image).toMatchObject({ ...empty, status: 'queued' })
  expect((await member.get(file(id))).status).toBe(204)
  expect((await putFile(id, 'once more')).status).toBe(204)
  expect((await showImage(id)).status).toBe('active')
}

describe('7.1 PUT file: 204', () => {
  row('7.1 the bytes are counted, hashed and kept', async () => {
    const bytes = randomBytes(3_000_001)
    const { id } = await createImage(rawBare)
    const response = await putFile(id, bytes)
    expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
    expect(await showImage(id)).toMatchObject({
      status: 'active',
      size: bytes.length,
      virtual_size: bytes.length,
      checksum: digest('md5', bytes),
      os_hash_algo: 'sha512',
      os_hash_value: digest('sha512', bytes),
    })
    expect((await member.get(file(id))).body.equals(bytes)).toBe(true)
  })

  row('7.1 chunked, as glanceclient sends', async () => {
    const bytes = randomBytes(300_000)
    const { id } = await createImage(rawBare)
    const response = await member.put(file(id), { body: bytes, chunked: true, headers: octets })
    expect(response.status).toBe(204)
    expect(await showImage(id)).toMatchObject({ status: 'active', size: bytes.length, checksum: digest('md5', bytes) })
  })

  row('7.1 no bytes are legal', async () => {
    const { id } = await createImage(rawBare)
    expect((await putFile(id, '')).status).toBe(204)
    expect(await showImage(id)).toMatchObject({
      status: 'active',
      size: 0,
      virtual_size: null,
      checksum: 'd41d8cd98f00b204e9800998ecf8427e',
    })
  })

  row('7.1 neither a body nor a length counts as no bytes', async () => {
    const { id } = await createImage(rawBare)
    expect((await member.put(file(id), { withoutLength: true, headers: octets })).status).toBe(204)
    expect(await showImage(id)).toMatchObject({ status: 'active', size: 0 })
  })

  row('7.1 parameters of the Content-Type are allowed', async () => {
    const { id } = await createImage(rawBare)
    expect((await putFile(id, 'x', { 'Content-Type': 'application/octet-stream; charset=binary' })).status).toBe(204)
  })

  row('7.1 by an administrator', async () => {
    const { id } = await createImage(rawBare)
    expect((await putFile(id, 'x', {}, admin)).status).toBe(204)
  })

  row('7.1 while the bytes flow the image is in saving', async () => {
    const { id, upload } = await savingImage()
    expect(await showImage(id)).toMatchObject({ status: 'saving', checksum: null })
    expect((await upload.finish()).status).toBe(204)
    expect(await showImage(id)).toMatchObject({ status: 'active', size: 100_000 })
  })

  if (settings.multiStore && settings.defaultStore !== null)
    for (const store of settings.storeIds.filter((id) => !id.startsWith('os_glance') && id !== settings.readOnlyStore))
      row(
        `7.1 x-image-meta-store picks a store that is there (${store === settings.defaultStore ? 'default' : 'other'})`,
        async () => {
          const { id } = await createImage(rawBare)
          expect((await putFile(id, 'x', { 'X-Image-Meta-Store': store })).status).toBe(204)
          expect((await showImage(id)).stores).toBe(store)
        },
      )
})

describe('7.1 PUT file: 415', () => {
  for (const type of ['text/plain', 'application/json', 'application/octet-streams'])
    row(`7.1 Content-Type ${type}: 415`, release('no detail'), async () => {
      const { id } = await createImage(rawBare)
      const response = await putFile(id, 'x', { 'Content-Type': type })
      expectFault(response, 415, unsupportedMedia(type, `Invalid content type ${type}`))
      await expectUntouched(id)
    })

  row('7.1 no Content-Type: 415', async () => {
    const { id } = await createImage(rawBare)
    expect((await member.put(file(id), { body: 'x' })).status).toBe(415)
    await expectUntouched(id)
  })

  row('7.1 the type before the image: 415 for an unknown one', async () => {
    expect((await putFile('none', 'x', { 'Content-Type': 'text/plain' })).status).toBe(415)
  })
})

describe('7.1 PUT file: declared size', () => {
  const unread = release('does not know the header')
  row('7.1 x-openstack-image-size that is no number: 400', unread, async () => {
    const { id } = await createImage(rawBare)
    const response = await member.put(file(id), {
      body: 'x',
      chunked: true,
      headers: { ...octets, 'X-OpenStack-Image-Size': 'many' },
    })
    expectFault(response, 400, 'Invalid or missing image size in request headers.')
    await expectUntouched(id)
  })

  for (const [title, size, text] of [
    ['fewer bytes than declared', '20', 'Size mismatch: expected 20 bytes, got 10 bytes'],
    ['more bytes than declared', '5', 'Size exceeds: expected 5 bytes, got 10 bytes'],
    ['a negative size', '-1', 'Size exceeds: expected -1 bytes, got 10 bytes'],
  ] as const)
    row(`7.1 ${title}: 400, queued, data removed`, unread, async () => {
      const { id } = await createImage(rawBare)
      const response = await member.put(file(id), {
        body: '0123456789',
        chunked: true,
        headers: { ...octets, 'x-openstack-image-size': size },
      })
      expectFault(response, 400, text)
      await expectUntouched(id)
    })

  for (const size of ['10', '0'])
    row(`7.1 x-openstack-image-size ${size === '0' ? '0 means unknown' : 'that is right'}: 204`, async () => {
      const { id } = await createImage(rawBare)
      const response = await member.put(file(id), {
        body: '0123456789',
        chunked: true,
        headers: { ...octets, 'X-OpenStack-Image-Size': size },
      })
      expect(response.status).toBe(204)
      expect((await showImage(id)).size).toBe(10)
    })

  row('7.1 x-openstack-image-size overrides Content-Length', unread, async () => {
    const { id } = await createImage(rawBare)
    const response = await putFile(id, '0123456789', { 'X-OpenStack-Image-Size': '20' })
    expectFault(response, 400, 'Size mismatch: expected 20 bytes, got 10 bytes')
    await expectUntouched(id)
  })
})

describe('7.1 PUT file: clients that go away', () => {
  const cut = async (head: string[], body: string) => {
    const { id } = await createImage(rawBare)
    const lines = [
      `PUT ${file(id)} HTTP/1.1`,
      `Host: ${baseUrl.host}`,
      `X-Auth-Token: ${member.headers['X-Auth-Token']}`,
      'Content-Type: application/octet-stream',
      'Connection: close',
      ...head,
    ]
    const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
    await exchangeBytes(baseUrl, bytes, { hangUpAfter: () => statusReached(id, 'saving') })
    return id
  }

  row('7.1 fewer bytes than Content-Length: queued, data removed', async () => {
    await expectUntouched(await cut(['Content-Length: 20'], '0123456789'))
  })

  row('7.1 chunked without the terminator: queued, data removed', async () => {
    await expectUntouched(await cut(['Transfer-Encoding: chunked'], 'a\r\n0123456789\r\n'))
  })

  row('7.1 the connection is cut in the middle: queued, data removed', async () => {
    const { id, upload } = await savingImage()
    upload.abort()
    await expectUntouched(id)
  })
})

describe('7.1 PUT file: store', () => {
  if (settings.multiStore)
    row('7.1 a store that is not there: 400', async () => {
      const { id } = await createImage(rawBare)
      const response = await putFile(id, 'x', { 'X-Image-Meta-Store': 'nosuch' })
      expectFault(response, 400, 'Store for identifier nosuch not found')
      await expectUntouched(id)
    })

  if (settings.multiStore)
    row('7.1 the store before the image: 400 for an unknown image', async () => {
      expect((await putFile('none', 'x', { 'X-Image-Meta-Store': 'nosuch' })).status).toBe(400)
    })

  if (!settings.multiStore)
    row('7.1 without several stores x-image-meta-store is ignored', async () => {
      const { id } = await createImage(rawBare)
      expect((await putFile(id, 'x', { 'X-Image-Meta-Store': 'nosuch' })).status).toBe(204)
    })

  if (settings.readOnlyStore !== null)
    row('7.1 a read-only store: 410, queued', async () => {
      const { id } = await createImage(rawBare)
      const response = await putFile(id, 'x', { 'X-Image-Meta-Store': settings.readOnlyStore ?? '' })
      expectFault(response, 410, 'Error in store configuration. Adding images to store is disabled.')
      await expectUntouched(id)
    })
})

describe('7.1 PUT file: 403 and 404', () => {
  row('7.1 an unknown image: 404', async () =>
    expectFault(await putFile('none', 'x'), 404, 'No image found with ID none'),
  )

  row('7.1 an invisible image: 404', async () => {
    const { id } = await createImage(rawBare)
    expectFault(await putFile(id, 'x', {}, other), 404, `No image found with ID ${id}`)
  })

  row('7.1 a visible image of another project: 403', async () => {
    const { id } = await createImage({ ...rawBare, visibility: 'community' })
    expectFault(await putFile(id, 'x', {}, other), 403, denied)
  })

  row('7.1 by a reader of the project: 403', async () => {
    const { id } = await createImage(rawBare)
    expectFault(await putFile(id, 'x', {}, reader), 403, denied)
    await expectUntouched(id)
  })

  row('7.1 by somebody without a known role: 404, the image stays', async () => {
    const { id } = await createImage(rawBare)
    expect([403, 404]).toContain((await putFile(id, 'x', {}, roleless)).status)
    await expectUntouched(id)
  })

  row(
    '7.1 a reader who is denied has no effect on an upload in progress',
    defect('puts the image back to queued, and the upload fails'),
    async () => {
      const { id, upload } = await savingImage()
      expectFault(await putFile(id, 'x', {}, reader), 403, denied)
      expect((await showImage(id)).status).toBe('saving')
      expect((await upload.finish()).status).toBe(204)
      expect((await showImage(id)).status).toBe('active')
    },
  )
})

describe('7.1 PUT file: 409 and 400 by state', () => {
  row('4.3 an active image: 409', async () => {
    const { id } = await activeImage('first')
    expectFault(await putFile(id, 'second'), 409, 'Image status transition from active to saving is not allowed')
    expect((await member.get(file(id))).text).toBe('first')
  })

  row('4.3 while saving: 409, and the first upload goes on', async () => {
    const { id, upload } = await savingImage()
    const response = await putFile(id, 'second')
    expectFaultWith(response, 409, 'Image status transition from saving to saving is not allowed')
    expect((await upload.finish()).status).toBe(204)
    expect((await showImage(id)).size).toBe(100_000)
  })

  for (const [fields, text] of [
    [{}, 'Properties disk_format, container_format must be set prior to saving data.'],
    [{ disk_format: 'raw' }, 'Property container_format must be set prior to saving data.'],
    [{ container_format: 'bare' }, 'Property disk_format must be set prior to saving data.'],
  ] as const)
    row(`4.1 with ${Object.keys(fields)[0] ?? 'no format'} alone: 400`, async () => {
      const image = await createImage(fields)
      expectFault(await putFile(image.id, 'x'), 400, text)
      expect(await showImage(image.id)).toEqual(image)
    })

  row('4.3 deleted meanwhile: 410', async () => {
    const { id, upload } = await savingImage()
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
    const response = await upload.finish()
    expectFault(
      response,
      410,
      `Image ${id} could not be found after upload. The image may have been deleted during the upload, cleaning up the chunks uploaded.`,
    )
    expect((await member.get(`/v2/images/${id}`)).status).toBe(404)
  })

  const race = sometimes(defect('the loser gets 410 when both begin together'))
  row('4.3 two uploads at once: one wins, the other gets 409', race, async () => {
    const { id } = await createImage(rawBare)
    const bodies = [Buffer.alloc(200_000, 1), Buffer.alloc(200_000, 2)]
    const answers = await Promise.all(bodies.map((body) => putFile(id, body)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409])
    const winner = bodies[answers[0]?.status === 204 ? 0 : 1]
    expect((await member.get(file(id))).body.equals(winner ?? Buffer.alloc(0))).toBe(true)
  })

  const stale = defect('lost: the upload ends by writing the image as it was at the start')
  row('4.2 tags and properties changed during the upload stay', stale, async () => {
    const { id, upload } = await savingImage()
    await member.put(`/v2/images/${id}/tags/during`)
    await delay(10)
    expect((await upload.finish()).status).toBe(204)
    expect((await showImage(id)).tags).toEqual(['during'])
  })
})
