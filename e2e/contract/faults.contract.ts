import { describe, expect } from 'vitest'
import { anonymous, member } from './support/api'
import {
  detailed,
  expectFault,
  expectLength,
  explained,
  htmlFault,
  jsonFault,
  noContentType,
  notAllowed,
  plainFault,
  unsupportedMedia,
} from './support/fault'
import { createImage, putFile } from './support/images'
import { release, row } from './support/row'

const absentId = 'no-such-image'
const absent = explained(`No image found with ID ${absentId}`)
const ask = (accept: string, path = `/v2/images/${absentId}`) => member.get(path, { headers: { Accept: accept } })

describe('0.1 error bodies by Accept', () => {
  for (const accept of ['', 'image/png', 'text/plain', 'application/xml'])
    row(`0.1 Accept ${accept === '' ? 'absent' : accept}: plain text`, async () => {
      const response = await ask(accept)
      expect(response.text).toBe(plainFault(404, absent))
      expect(response.headers['content-type']).toBe('text/plain; charset=UTF-8')
      expect({ status: response.status, reason: response.reason }).toEqual({ status: 404, reason: 'Not Found' })
    })

  for (const accept of ['*/*', 'text/*', 'text/html', 'application/json, text/plain, */*', 'text/html;q=0.5'])
    row(`0.1 Accept ${accept}: HTML`, async () => {
      const response = await ask(accept)
      expect(response.text).toBe(htmlFault(404, absent))
      expect(response.headers['content-type']).toBe('text/html; charset=UTF-8')
      expectLength(response, response.body.length)
    })

  for (const accept of ['application/json', 'application/*', 'application/json;q=0.1'])
    row(`0.1 Accept ${accept}: JSON`, async () => {
      const response = await ask(accept)
      expect(response.text).toBe(jsonFault(404, absent))
      expect(response.headers['content-type']).toBe('application/json')
    })

  row('0.1 the message is escaped in HTML', async () => {
    const id = `%3Cb%3E%26'%22`
    expectFault(await member.get(`/v2/images/${id}`), 404, `No image found with ID <b>&'"`)
  })

  row('0.1 the message is not escaped in JSON', async () => {
    const response = await ask('application/json', `/v2/images/%3Cb%3E%26'%22`)
    expect(response.text).toBe(jsonFault(404, explained(`No image found with ID <b>&'"`)))
  })

  row('0.1 JSON is ASCII: other characters are escaped', async () => {
    const response = await ask('application/json', '/v2/images?visibility=%C3%A4')
    expect(response.text).toBe(jsonFault(400, explained('Invalid visibility value: ä')).replace('ä', '\\u00e4'))
  })
})

describe('0.1 shapes of the message', () => {
  const forms = [
    { accept: '*/*', render: htmlFault },
    { accept: 'application/json', render: jsonFault },
    { accept: '', render: plainFault },
  ]
  const assumedType = release('no detail, and its eventlet server takes an absent media type for text/plain')
  for (const { accept, render } of forms) {
    const as = accept === '' ? 'plain text' : accept

    row(`0.1 detail only (403 at POST for a reserved key) as ${as}`, async () => {
      const response = await member.post('/v2/images', { json: { os_glance_x: 'x' }, headers: { Accept: accept } })
      expect(response.text).toBe(render(403, detailed(403, "Attribute 'os_glance_x' is reserved.")))
    })

    row(`0.1 405 as ${as}, with Allow`, async () => {
      const response = await member.put('/v2/images', { headers: { Accept: accept } })
      expect(response.text).toBe(render(405, notAllowed('PUT')))
      expect(response.headers.allow).toBe('GET, POST')
    })

    row(`0.1 415 as ${as} names the media type that came`, release('no detail'), async () => {
      const { id } = await createImage()
      const response = await putFile(id, 'x', { 'Content-Type': 'text/plain', Accept: accept })
      expect(response.text).toBe(render(415, unsupportedMedia('text/plain', 'Invalid content type text/plain')))
    })

    row(`0.1 415 as ${as} without a media type shows the placeholder`, assumedType, async () => {
      const { id } = await createImage()
      const response = await member.put(`/v2/images/${id}/file`, { body: 'x', headers: { Accept: accept } })
      expect(response.text).toBe(render(415, unsupportedMedia(noContentType, 'Invalid content type None')))
    })

    row(`0.2 401 as ${as} carries the generic text`, async () => {
      const response = await anonymous.get('/v2/images', { headers: { Accept: accept } })
      const text =
        'This server could not verify that you are authorized to access the document you requested. Either you ' +
        'supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the ' +
        'credentials required.'
      expect(response.text).toBe(render(401, explained(text)))
    })
  }
})
