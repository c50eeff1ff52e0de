import { beforeAll, describe, expect } from 'vitest'
import { exchangeBytes } from '../support/http-client'
import { admin, baseUrl, member, other, reader, roleless, settings } from './support/api'
import { detailed, expectFault, expectFaultWith, expectLength } from './support/fault'
import { activeImage, createImage, type Image, rawBare, savingImage } from './support/images'
import { defect, release, row } from './support/row'

const text = '0123456789'
const md5 = '781e5e245d69b566979b86e28d23f2c7'
let image: Image
let emptyImage: Image

beforeAll(async () => {
  ;[image, emptyImage] = await Promise.all([activeImage(text), activeImage('')])
})

const get = (headers: Record<string, string> = {}, caller = member, id = image.id) =>
  caller.get(`/v2/images/${id}/file`, { headers })

describe('7.3 GET file: 200', () => {
  row('7.3 the bytes, with type, length and MD5 in hex', async () => {
    // Not the first download: the original leaves the length out of the one that fills its cache.
    await get()
    const response = await get()
    expect({ status: response.status, body: response.text }).toEqual({ status: 200, body: text })
    expect(response.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-md5': md5,
    })
    expectLength(response, 10)
  })

  const teed = settings.cache ? defect('missing while its cache is filled') : undefined
  row('7.3 Content-Length on the first download too', teed, async () => {
    const { id } = await activeImage('first download')
    const response = await get({}, member, id)
    expect(response.status).toBe(200)
    expectLength(response, 14)
  })

  row('7.3 of an image without a byte: 200 and length 0', async () => {
    const response = await get({}, member, emptyImage.id)
    expect({ status: response.status, body: response.text }).toEqual({ status: 200, body: '' })
    expect(response.headers['content-md5']).toBe('d41d8cd98f00b204e9800998ecf8427e')
  })

  row('7.3 carries no validators: ETag, Last-Modified, Content-Disposition', async () => {
    const { headers } = await get()
    for (const name of ['etag', 'last-modified', 'content-disposition']) expect(headers).not.toHaveProperty(name)
  })

  row('7.3 If-None-Match and If-Modified-Since are not looked at', async () => {
    const response = await get({ 'If-None-Match': '*', 'If-Modified-Since': 'Sun, 01 Jan 2040 00:00:00 GMT' })
    expect(response.status).toBe(200)
  })

  row('7.3 whatever Accept says', async () => {
    for (const accept of ['', 'application/json', 'text/html'])
      expect(await get({ Accept: accept })).toMatchObject({ status: 200, text })
  })

  row('3.6 by an administrator', async () => {
    expect(await get({}, admin)).toMatchObject({ status: 200, text })
  })

  for (const visibility of ['community', 'public'])
    row(`3.6 a ${visibility} image by another project`, async () => {
      const owner = visibility === 'public' ? admin : member
      const { id } = await activeImage(text, { visibility, owner: member.projectId }, owner)
      expect(await get({}, other, id)).toMatchObject({ status: 200, text })
    })
})

describe('7.3 GET file: 204, 403, 404', () => {
  row('7.3 a queued image: 204 without body and Content-Type', async () => {
    const { id } = await createImage(rawBare)
    const response = await get({}, member, id)
    expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
    expect(response.headers).not.toHaveProperty('content-type')
  })

  row('4.3 while saving: 204', async () => {
    const { id, upload } = await savingImage()
    expect((await get({}, member, id)).status).toBe(204)
    upload.abort()
  })

  row('7.3 an unknown image: 404', async () =>
    expectFault(await get({}, member, 'none'), 404, 'No image found with ID none'),
  )

  row('7.3 an invisible image: 404', async () =>
    expectFault(await get({}, other), 404, `No image found with ID ${image.id}`),
  )

  row('7.3 by a reader of the project: 403', async () =>
    expectFault(await get({}, reader), 403, 'You are not authorized to complete download_image action.'),
  )

  row('7.3 by somebody without a known role: refused', async () => {
    expect([403, 404]).toContain((await get({}, roleless)).status)
  })

  if (settings.routes.actions) {
    row('7.3 a deactivated image: 403, 200 for an administrator', async () => {
      const { id } = await activeImage(text)
      expect((await admin.post(`/v2/images/${id}/actions/deactivate`)).status).toBe(204)
      expectFault(
        await get({}, member, id),
        403,
        'The requested image has been deactivated. Image data download is forbidden.',
      )
      expect(await get({}, admin, id)).toMatchObject({ status: 200, text })
      expect((await admin.post(`/v2/images/${id}/actions/reactivate`)).status).toBe(204)
      expect(await get({}, member, id)).toMatchObject({ status: 200, text })
    })
  }
})

describe('7.3 ranges: 206', () => {
  for (const [range, body, span] of [
    ['bytes=0-3', '0123', '0-3'],
    ['bytes=4-4', '4', '4-4'],
    ['bytes=4-', '456789', '4-9'],
    ['bytes=-3', '789', '7-9'],
    ['bytes=0-', text, '0-9'],
    ['bytes=8-100', '89', '8-9'],
    ['bytes=-100', text, '0-9'],
  ] as const)
    row(`7.3 Range: ${range}`, async () => {
      const response = await get({ Range: range })
      expect({ status: response.status, reason: response.reason, body: response.text }).toEqual({
        status: 206,
        reason: 'Partial Content',
        body,
      })
      expect(response.headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-range': `bytes ${span}/10`,
        'content-md5': md5,
      })
      expectLength(response, body.length)
    })

  for (const [range, body, span] of [
    ['bytes 2-5/*', '2345', '2-5'],
    ['bytes 2-5/10', '2345', '2-5'],
  ] as const)
    row(`7.3 Content-Range: ${range} in the request`, async () => {
      const response = await get({ 'Content-Range': range })
      expect({ status: response.status, body: response.text }).toEqual({ status: 206, body })
      expect(response.headers['content-range']).toBe(`bytes ${span}/10`)
    })

  row('7.3 both headers: Range wins', async () => {
    const response = await get({ Range: 'bytes=0-1', 'Content-Range': 'bytes 5-6/*' })
    expect({ status: response.status, body: response.text }).toEqual({ status: 206, body: '01' })
  })
})

describe('7.3 ranges: 416 and 400', () => {
  const start = (name: string, last: number) =>
    `Invalid start position in ${name} header. Start position MUST be in the inclusive range [0, ${last}].`

  for (const range of ['bytes=10-', 'bytes=10-20', 'bytes=100-'])
    row(`7.3 Range: ${range} starts behind the end`, async () =>
      expectFault(await get({ Range: range }), 416, detailed(416, start('Range', 9))),
    )

  for (const range of ['bytes=x', 'bytes=', 'bytes', 'items=0-3', 'bytes=3-1'])
    row(`7.3 Range: ${range} is malformed`, async () =>
      expectFault(await get({ Range: range }), 416, detailed(416, 'Invalid Range header.')),
    )

  row('7.3 Range: bytes=- is malformed', defect('500'), async () =>
    expectFault(await get({ Range: 'bytes=-' }), 416, detailed(416, 'Invalid Range header.')),
  )

  row('7.3 416 names the size in Content-Range', defect('no header'), async () => {
    const response = await get({ Range: 'bytes=10-' })
    expect(response.headers['content-range']).toBe('bytes */10')
  })

  row('7.3 several ranges: 400', async () =>
    expectFault(
      await get({ Range: 'bytes=0-1,3-4' }),
      400,
      'Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests instead.',
    ),
  )

  row('7.3 Content-Range that starts behind the end', async () =>
    expectFault(await get({ 'Content-Range': 'bytes 10-12/20' }), 416, detailed(416, start('Content-Range', 9))),
  )

  for (const range of ['bytes 5-12/*', 'bytes 10-12/*'])
    row(`7.3 Content-Range: ${range} stops behind the end`, async () => {
      const stop =
        'Invalid stop position in Content-Range header. The stop position MUST be in the inclusive range [0, 9].'
      expectFault(await get({ 'Content-Range': range }), 416, detailed(416, stop))
    })

  row('7.3 Content-Range that stops behind the end, with a size', defect('206, cut short'), async () => {
    const lines = [
      `GET /v2/images/${image.id}/file HTTP/1.1`,
      `Host: ${baseUrl.host}`,
      `X-Auth-Token: ${member.headers['X-Auth-Token']}`,
      'Content-Range: bytes 5-12/20',
      'Connection: close',
    ]
    // The original promises more bytes than it has, so nothing here waits for them.
    const answer = await exchangeBytes(baseUrl, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`))
    expect(answer.split('\r\n')[0]).toMatch(/^HTTP\/1\.1 416 /)
  })

  for (const range of ['bytes 1', 'x', 'items 0-1/*'])
    row(`7.3 Content-Range: ${range} is malformed`, async () =>
      expectFault(await get({ 'Content-Range': range }), 416, detailed(416, 'Invalid Content-Range header.')),
    )

  row('7.3 Content-Range: bytes */10', defect('500'), async () => {
    expect((await get({ 'Content-Range': 'bytes */10' })).status).toBe(416)
  })

  row('7.3 Range on an image without data: 204', defect('500'), async () => {
    const { id } = await createImage(rawBare)
    const response = await get({ Range: 'bytes=0-3' }, member, id)
    expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
  })

  row('7.3 Range on an image of no bytes: 416', async () =>
    expectFaultWith(await get({ Range: 'bytes=0-' }, member, emptyImage.id), 416, start('Range', -1)),
  )

  row('7.3 a suffix range on an image of no bytes: 416', defect('206 with "bytes 0--1/0"'), async () => {
    expect((await get({ Range: 'bytes=-3' }, member, emptyImage.id)).status).toBe(416)
  })
})

describe('7.3 prefer', () => {
  const unknown = release('does not know the parameter')
  if (settings.multiStore) {
    row('7.3 ?prefer with the store that holds it: 200', async () => {
      const { stores } = image
      expect(await member.get(`/v2/images/${image.id}/file?prefer=${stores}`)).toMatchObject({ status: 200, text })
    })

    row('7.3 ?prefer with an unknown store: 400', unknown, async () => {
      const { id } = await activeImage(text)
      expectFault(await member.get(`/v2/images/${id}/file?prefer=nosuch`), 400, "Store 'nosuch' is not configured.")
    })
  } else
    row('7.3 ?prefer without several stores: 400', unknown, async () => {
      const { id } = await activeImage(text)
      expect((await member.get(`/v2/images/${id}/file?prefer=nosuch`)).status).toBe(400)
    })
})
