import { describe, expect } from 'vitest'
import { anonymous, member, withToken } from './support/api'
import { expectFault, htmlFault, notAllowed, notFoundText } from './support/fault'
import { createImage, imageOf, unique } from './support/images'
import { defect, listenerRow, release, row, setting } from './support/row'

const noBody = 'A body is not expected with this request.'
const requestId = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

describe('0.2 unknown paths', () => {
  for (const path of ['/v2/images/', '/v2/nothing', '/v2/images/x/nothing', '/v2/images/x/file/', '/v2/schemas'])
    row(`0.2 GET ${path}: 404`, async () => expectFault(await member.get(path), 404, notFoundText))

  row('0.2 POST to an unknown path: 404', async () =>
    expectFault(await member.post('/v2/nothing', { json: {} }), 404, notFoundText),
  )

  listenerRow('0.2 unknown path and a method outside GET HEAD POST PUT DELETE PATCH: 501', async () => {
    const response = await member.request('PROPFIND', '/v2/nothing')
    expect(response.status).toBe(501)
    expect(response.text).toContain('The request method PROPFIND is not implemented for this server.')
  })
})

describe('0.2 known path, other method: 405 with Allow', () => {
  const routes: readonly [string, string][] = [
    ['/v2/images', 'GET, POST'],
    ['/v2/images/x', 'GET, PATCH, DELETE'],
    ['/v2/images/x/file', 'GET, PUT'],
    ['/v2/images/x/tags/t', 'PUT, DELETE'],
    ['/v2/images/x/members', 'GET, POST'],
    ['/v2/images/x/members/p', 'GET, PUT, DELETE'],
    ['/v2/schemas/image', 'GET'],
    ['/v2/schemas/images', 'GET'],
    ['/v2/schemas/member', 'GET'],
    ['/v2/schemas/members', 'GET'],
    ['/v2/schemas/task', 'GET'],
    ['/v2/schemas/tasks', 'GET'],
  ]
  for (const [path, allow] of routes) {
    listenerRow(`0.2 PROPFIND ${path}: 405, Allow: ${allow}`, async () => {
      const response = await member.request('PROPFIND', path)
      expectFault(response, 405, notAllowed('PROPFIND'))
      expect(response.headers.allow).toBe(allow)
    })

    row(`0.2 HEAD ${path}: 405, Allow: ${allow}`, async () => {
      const response = await member.request('HEAD', path)
      expect({ status: response.status, body: response.text }).toEqual({ status: 405, body: '' })
      expect(response.headers.allow).toBe(allow)
    })
  }

  const preflight = setting('its CORS filter answers every OPTIONS with an empty 200')
  row('0.2 OPTIONS without CORS: 405', preflight, async () => {
    const response = await member.request('OPTIONS', '/v2/images')
    expectFault(response, 405, notAllowed('OPTIONS'))
    expect(response.headers.allow).toBe('GET, POST')
  })

  for (const [method, path] of [
    ['POST', '/v2/images/x'],
    ['PUT', '/v2/images/x'],
    ['DELETE', '/v2/images'],
    ['PATCH', '/v2/images'],
    ['POST', '/v2/images/x/file'],
    ['DELETE', '/v2/images/x/file'],
    ['GET', '/v2/images/x/tags/t'],
    ['POST', '/v2/images/x/tags/t'],
    ['DELETE', '/v2/images/x/members'],
    ['POST', '/v2/images/x/members/p'],
    ['PATCH', '/v2/images/x/members/p'],
    ['PUT', '/v2/schemas/image'],
  ] as const)
    row(`2 ${method} ${path}: 405`, async () =>
      expectFault(await member.request(method, path), 405, notAllowed(method)),
    )
})

describe('0.2 bodies where none belongs', () => {
  const nb: readonly [string, string][] = [
    ['GET', '/v2/images/x'],
    ['DELETE', '/v2/images/x'],
    ['GET', '/v2/images/x/file'],
    ['PUT', '/v2/images/x/tags/t'],
    ['DELETE', '/v2/images/x/tags/t'],
    ['GET', '/v2/images/x/members'],
    ['GET', '/v2/images/x/members/p'],
    ['DELETE', '/v2/images/x/members/p'],
    ['GET', '/v2/schemas/image'],
    ['GET', '/v2/schemas/images'],
    ['GET', '/v2/schemas/member'],
    ['GET', '/v2/schemas/members'],
  ]
  for (const [method, path] of nb)
    row(`2 ${method} ${path} with a body: 400`, async () => {
      const response = await member.request(method, path, { body: '{}' })
      expectFault(response, 400, noBody)
    })

  for (const path of ['/v2/schemas/task', '/v2/schemas/tasks'])
    row(`2 GET ${path} with a body: 400`, defect('500'), async () => {
      expectFault(await member.get(path, { body: '{}' }), 400, noBody)
    })

  row('0.2 a chunked body on GET is ignored', async () => {
    const { id } = await createImage()
    const response = await member.get(`/v2/images/${id}`, { body: '{}', chunked: true })
    expect(imageOf(response).id).toBe(id)
  })
})

describe('0.2 JSON routes', () => {
  row('0.2 no body: 400', async () =>
    expectFault(await member.post('/v2/images', { withoutLength: true }), 400, 'Body expected in request.'),
  )

  row('0.2 Content-Length 0: 400', async () =>
    expectFault(await member.post('/v2/images'), 400, 'Body expected in request.'),
  )

  row('0.2 invalid JSON: 400', async () =>
    expectFault(await member.post('/v2/images', { body: '{"name":' }), 400, 'Malformed JSON in request body.'),
  )

  for (const scalar of ['1', '"x"', 'true', 'null'])
    row(`0.2 the bare scalar ${scalar}: 400`, async () =>
      expectFault(await member.post('/v2/images', { body: scalar }), 400, 'Unexpected body type. Expected list/dict.'),
    )

  row('0.2 a list where an object is needed: 400', defect('500'), async () =>
    expectFault(await member.post('/v2/images', { body: '[]' }), 400, 'Unexpected body type. Expected list/dict.'),
  )

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])
    row(`0.2 Content-Type ${type} is ignored`, async () => {
      const response = await member.post('/v2/images', {
        json: { name: unique('type') },
        headers: { 'Content-Type': type },
      })
      expect(response.status).toBe(201)
    })

  row('0.2 a chunked JSON body is read', async () => {
    const response = await member.post('/v2/images', { json: { name: unique('chunked') }, chunked: true })
    expect(response.status).toBe(201)
  })
})

describe('0.2 encoding and tokens', () => {
  const undecodable =
    'Error decoding your request. Either the URL or the request body contained characters that could not be decoded by Glance'

  listenerRow('0.2 invalid UTF-8 in the query: 400', async () =>
    expectFault(await member.get('/v2/images?name=%ff'), 400, undecodable),
  )

  listenerRow('0.2 invalid UTF-8 in the path: 400', release('an empty 500 from its eventlet server'), async () =>
    expectFault(await member.get('/v2/images/%ff'), 400, undecodable),
  )

  row('0.2 no token: 401 without a request id', async () => {
    const response = await anonymous.get('/v2/images')
    expect(response.status).toBe(401)
    expect(response.headers).not.toHaveProperty('x-openstack-request-id')
  })

  row('0.2 no token: 401 names Keystone', async () => {
    const response = await anonymous.get('/v2/images')
    expect(response.headers['www-authenticate']).toMatch(/^Keystone uri="http.+"$/)
  })

  row('0.2 a bad token: 401 without a request id', async () => {
    const response = await withToken('gAAAAABnot-a-token').get('/v2/images')
    expect(response.status).toBe(401)
    expect(response.headers['www-authenticate']).toMatch(/^Keystone uri="http.+"$/)
    expect(response.headers).not.toHaveProperty('x-openstack-request-id')
  })

  row('0.2 an unknown path without a token: 401', async () => {
    expect((await anonymous.get('/v2/nothing')).status).toBe(401)
  })
})

describe('0.4 header names', () => {
  row('0.4 are matched in any letter case', async () => {
    const response = await anonymous.get('/v2/images?limit=0', {
      headers: { 'x-AUTH-token': member.headers['X-Auth-Token'] ?? '' },
    })
    expect(response.status).toBe(200)
  })

  row('0.4 Content-Type and Content-Length: 0 on requests without a body do no harm', async () => {
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': '0' }
    const { id } = await createImage()
    expect((await member.get(`/v2/images/${id}`, { headers })).status).toBe(200)
    expect((await member.put(`/v2/images/${id}/tags/t`, { headers })).status).toBe(204)
    expect((await member.delete(`/v2/images/${id}`, { headers })).status).toBe(204)
  })
})

describe('0.2 successful answers', () => {
  row('0.2 JSON goes out as application/json without charset', async () => {
    const response = await member.get('/v2/images?limit=0')
    expect(response.headers['content-type']).toBe('application/json')
  })

  row('0.2 JSON whatever Accept says', async () => {
    const response = await member.get('/v2/images?limit=0', { headers: { Accept: 'text/html' } })
    expect(response.headers['content-type']).toBe('application/json')
  })

  row('0.2 204 has no body', async () => {
    const { id } = await createImage()
    const response = await member.delete(`/v2/images/${id}`)
    expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
  })
})

describe('0.3 request ids', () => {
  row('0.3 every success carries one', async () => {
    expect((await member.get('/v2/images?limit=0')).headers['x-openstack-request-id']).toMatch(requestId)
  })

  for (const path of ['/v2/images/none', '/v2/nothing', '/v2/images?limit=-1'])
    row(`0.3 an error at ${path} carries one`, async () => {
      expect((await member.get(path)).headers['x-openstack-request-id']).toMatch(requestId)
    })

  row('0.3 an inbound id is reused', async () => {
    const id = 'req-11111111-2222-3333-4444-555555555555'
    const response = await member.get('/v2/images?limit=0', { headers: { 'X-Openstack-Request-Id': id } })
    expect(response.headers['x-openstack-request-id']).toBe(id)
  })

  row('0.3 an inbound id without req- gets it', async () => {
    const response = await member.get('/v2/images?limit=0', { headers: { 'x-openstack-request-id': 'abc' } })
    expect(response.headers['x-openstack-request-id']).toBe('req-abc')
  })

  row('0.3 an inbound id of 64 characters passes', async () => {
    const id = `req-${'a'.repeat(60)}`
    const response = await member.get('/v2/images?limit=0', { headers: { 'X-Openstack-Request-Id': id } })
    expect({ status: response.status, id: response.headers['x-openstack-request-id'] }).toEqual({ status: 200, id })
  })

  row('0.3 an inbound id longer than 64: 431', defect('500'), async () => {
    const response = await member.get('/v2/images?limit=0', { headers: { 'X-Openstack-Request-Id': 'a'.repeat(80) } })
    expect(response.status).toBe(431)
    expect(response.text).toContain(htmlFault(431, () => '').split('\n')[2])
  })
})
