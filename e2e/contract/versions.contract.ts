import { describe, expect } from 'vitest'
import { z } from 'zod'
import { anonymous, baseUrl, member, settings } from './support/api'
import { expectFault, notFoundText } from './support/fault'
import { release, row } from './support/row'

const documentSchema = z.strictObject({
  versions: z.array(
    z.strictObject({
      id: z.string(),
      status: z.enum(['CURRENT', 'SUPPORTED']),
      links: z.tuple([z.strictObject({ rel: z.literal('self'), href: z.string() })]),
    }),
  ),
})

const numbers = (...minors: number[]): string[] => minors.map((minor) => `v2.${minor}`)
const old = numbers(7, 6, 5, 4, 3, 2, 1, 0)
/** Contract 1.1, by what the server is set up for. */
const expectedIds = settings.cache
  ? settings.multiStore
    ? [...numbers(18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8), ...old]
    : [...numbers(18, 17, 16, 15, 14, 9), ...old]
  : settings.multiStore
    ? [...numbers(15, 13, 12, 11, 10, 9, 8, 17), ...old]
    : [...numbers(15, 9, 17), ...old]
const expectedCurrent = settings.cache ? 'v2.18' : 'v2.17'

const idsOf = (text: string) => documentSchema.parse(JSON.parse(text)).versions.map((version) => version.id)

describe('1.1 version document', () => {
  const zed = release('lists 2.16 as its newest version (2.15 without a cache)')

  row('1.1 GET /versions: 200, every version in order', zed, async () => {
    const response = await anonymous.get('/versions')
    expect(response.status).toBe(200)
    expect(idsOf(response.text)).toEqual(expectedIds)
  })

  row('1.1 GET /versions: exactly one CURRENT, the others SUPPORTED', zed, async () => {
    const { versions } = documentSchema.parse(JSON.parse((await anonymous.get('/versions')).text))
    const current = versions.filter((version) => version.status === 'CURRENT').map((version) => version.id)
    expect(current).toEqual([expectedCurrent])
  })

  row('1.1 exactly one entry is CURRENT, whichever', async () => {
    const { versions } = documentSchema.parse(JSON.parse((await anonymous.get('/versions')).text))
    expect(versions.filter((version) => version.status === 'CURRENT')).toHaveLength(1)
  })

  row('1.1 every entry links to BASE/v2/', async () => {
    const { versions } = documentSchema.parse(JSON.parse((await anonymous.get('/versions')).text))
    const base = settings.linkBase === baseUrl.origin ? baseUrl.origin : settings.linkBase
    expect(new Set(versions.map((version) => version.links[0].href))).toEqual(new Set([`${base}/v2/`]))
    expect(base).toMatch(/^https?:\/\/[^/]+/)
  })

  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
    row(`1.1 ${method} /versions: 200 with the document`, async () => {
      const response = await anonymous.request(method, '/versions')
      expect(response.status).toBe(200)
      expect(response.headers['content-type']).toBe('application/json')
      expect(idsOf(response.text)).toContain('v2.7')
    })

  row('1.1 GET /versions/anything: 200', async () => {
    const response = await anonymous.get('/versions/anything')
    expect(response.status).toBe(200)
    expect(idsOf(response.text)).toContain('v2.7')
  })

  for (const method of ['GET', 'POST'])
    row(`1.1 ${method} /: 300 with the document, without a token`, async () => {
      const response = await anonymous.request(method, '/')
      expect({ status: response.status, reason: response.reason }).toEqual({ status: 300, reason: 'Multiple Choices' })
      expect(response.headers['content-type']).toBe('application/json')
      expect(idsOf(response.text)).toContain('v2.7')
    })

  row('1.1 HEAD /: 300 without a body', async () => {
    const response = await anonymous.request('HEAD', '/')
    expect({ status: response.status, body: response.text }).toEqual({ status: 300, body: '' })
  })

  for (const path of ['/v1/images', '/v3/x', '/bogus/x'])
    row(`1.1 GET ${path}: 300, as for every first segment that is no version`, async () => {
      const response = await anonymous.get(path)
      expect(response.status).toBe(300)
      expect(idsOf(response.text)).toContain('v2.7')
    })

  row('0.3 version documents carry no request id', async () => {
    for (const path of ['/', '/versions'])
      expect((await anonymous.get(path)).headers).not.toHaveProperty('x-openstack-request-id')
  })
})

describe('1.2 URL prefixes', () => {
  const answers = async (prefix: string) => (await member.get(`${prefix}/images?limit=0`)).status

  for (const prefix of [
    '/v2',
    '/v2.0',
    '/v2.1',
    '/v2.2',
    '/v2.3',
    '/v2.4',
    '/v2.5',
    '/v2.6',
    '/v2.7',
    '/v2.9',
    '/v2.15',
  ])
    row(`1.2 ${prefix}: always accepted`, async () => expect(await answers(prefix)).toBe(200))

  row('1.2 /v2.17: always accepted', release('unknown there: 300'), async () =>
    expect(await answers('/v2.17')).toBe(200),
  )

  for (const prefix of ['/v2.14', '/v2.16'])
    row(`1.2 ${prefix}: only with a cache, otherwise 300`, async () =>
      expect(await answers(prefix)).toBe(settings.cache ? 200 : 300),
    )

  row(
    '1.2 /v2.18: only with a cache, otherwise 300',
    settings.cache ? release('unknown there: 300') : undefined,
    async () => expect(await answers('/v2.18')).toBe(settings.cache ? 200 : 300),
  )

  for (const prefix of ['/v2.8', '/v2.10', '/v2.11', '/v2.12', '/v2.13'])
    row(`1.2 ${prefix}: only multi-store, otherwise 300`, async () =>
      expect(await answers(prefix)).toBe(settings.multiStore ? 200 : 300),
    )

  row('1.2 /v2.19: 300', async () => expect(await answers('/v2.19')).toBe(300))

  for (const accept of ['application/vnd.openstack.images-v2', 'application/vnd.openstack.images-v2.5'])
    row(`1.2 no version in the path and Accept: ${accept}`, async () => {
      const response = await member.get('/images?limit=0', { headers: { Accept: accept } })
      expect(response.status).toBe(200)
      expect(response.text).toContain('"images"')
    })

  row('1.2 /v2: 302 to /v2/', async () => {
    const response = await member.get('/v2')
    expect(response.status).toBe(302)
    expect(response.headers.location).toBe(`${settings.linkBase}/v2/`)
  })

  row('1.2 /v2/: 404', async () => expectFault(await member.get('/v2/'), 404, notFoundText))

  row('1.2 /v2/ without a token: 401', async () => {
    expect((await anonymous.get('/v2/')).status).toBe(401)
  })

  row('0.2 links in bodies begin with /v2/ under any prefix', async () => {
    const page = JSON.parse((await member.get('/v2.5/images?limit=0')).text)
    expect(page).toEqual({ images: [], first: '/v2/images?limit=0', schema: '/v2/schemas/images' })
  })
})
