import { describe, expect, vi } from 'vitest'
import { z } from 'zod'
import { admin, anonymous, type Caller, member, other, reader, roleless, settings } from './support/api'
import { expectFault, notAllowed, notFoundText } from './support/fault'
import { activeImage, createImage, type Image, putFile, rawBare, savingImage, showImage } from './support/images'
import { defect, release, row, sometimes } from './support/row'

const flag = z.literal('true').optional()
const summary = { id: z.string(), description: z.string().optional(), default: flag, 'read-only': flag }
const summariesSchema = z.strictObject({ stores: z.array(z.strictObject(summary)) })
const detailsSchema = z.strictObject({
  stores: z.array(
    z.strictObject({
      ...summary,
      type: z.string(),
      weight: z.number().int().optional(),
      properties: z.record(z.string(), z.unknown()),
      'health-reason': z.string().optional(),
    }),
  ),
})
const bodyRefused = 'A body is not expected with this request.'

async function jsonOf(path: string, caller: Caller = member): Promise<unknown> {
  const response = await caller.get(path)
  expect({ status: response.status, type: response.headers['content-type'] }).toEqual({
    status: 200,
    type: 'application/json',
  })
  return JSON.parse(response.text)
}

const summaries = async (caller?: Caller) => summariesSchema.parse(await jsonOf('/v2/info/stores', caller)).stores
const details = async () => detailsSchema.parse(await jsonOf('/v2/info/stores/detail', admin)).stores

describe('9.3 /v2/info', () => {
  for (const path of ['import', 'stores', 'stores/detail', 'usage'].map((name) => `/v2/info/${name}`)) {
    row(`9.3 GET ${path} without a token: 401`, async () => {
      expect((await anonymous.get(path)).status).toBe(401)
    })

    if (!path.endsWith('usage'))
      row(`2 GET ${path} with a body: 400`, async () =>
        expectFault(await admin.request('GET', path, { body: '{}' }), 400, bodyRefused),
      )

    const refusesNone = path.endsWith('usage') ? defect('404: this route alone refuses no other verb') : undefined
    row(`0.2 POST ${path}: 405`, refusesNone, async () => {
      const response = await admin.post(path)
      expectFault(response, 405, notAllowed('POST'))
      expect(response.headers.allow).toBe('GET')
    })
  }

  row('9.3 /info/import lists the methods that a created image is answered with', async () => {
    const offered = (await member.post('/v2/images', { json: {} })).headers['openstack-image-import-methods']
    expect(await jsonOf('/v2/info/import')).toEqual({
      'import-methods': {
        description: 'Import methods available.',
        type: 'array',
        value: offered === undefined ? [] : offered.split(','),
      },
    })
  })

  if (!settings.limits)
    row('9.3 /info/usage without limits is empty', async () => {
      expect(await jsonOf('/v2/info/usage')).toEqual({ usage: {} })
    })

  if (settings.multiStore) {
    row('9.3 /info/stores: ids, and flags that are "true" or absent', async () => {
      const stores = await summaries()
      expect(stores.map(({ id }) => id).filter((id) => id.startsWith('os_glance'))).toEqual([])
      const configured = settings.storeIds.filter((id) => !id.startsWith('os_glance'))
      expect(stores.map(({ id }) => id).sort()).toEqual([...configured].sort())
      expect(stores.filter((store) => store.default === 'true')).toHaveLength(1)
    })

    row('9.3 /info/stores for anybody with a token', async () => {
      const stores = await summaries()
      for (const caller of [admin, reader, roleless, other]) expect(await summaries(caller)).toEqual(stores)
    })

    row('9.3 /info/stores/detail: type, weight and properties too', release('no weight'), async () => {
      const stores = await details()
      for (const { weight } of stores) expect(weight).toBeDefined()
      expect(
        stores.map(
          ({ type: _type, weight: _weight, properties: _properties, 'health-reason': _reason, ...rest }) => rest,
        ),
      ).toEqual(await summaries())
    })

    row('9.3 /info/stores/detail: properties of a file store', async () => {
      const { stores } = z
        .object({ stores: z.array(z.looseObject({ type: z.string(), properties: z.unknown() })) })
        .parse(await jsonOf('/v2/info/stores/detail', admin))
      const fileStores = stores.filter(({ type }) => type === 'file')
      expect(fileStores.length).toBeGreaterThan(0)
      for (const { properties } of fileStores)
        expect(properties).toEqual({
          data_dir: expect.any(String),
          chunk_size: expect.any(Number),
          thin_provisioning: expect.any(Boolean),
        })
    })

    for (const [who, caller] of [
      ['a member', member],
      ['a reader', reader],
    ] as const)
      row(`9.3 /info/stores/detail by ${who}: 403`, async () =>
        expectFault(
          await caller.get('/v2/info/stores/detail'),
          403,
          'You are not authorized to complete stores_info_detail action.',
        ),
      )
  } else
    for (const path of ['/v2/info/stores', '/v2/info/stores/detail'])
      row(`9.3 ${path} without several stores: 404`, async () =>
        expectFault(await admin.get(path), 404, 'Multi backend is not supported at this site.'),
      )
})

/** An image whose data was sent to one store and copied to another. */
async function imageInBoth(from: string, to: string): Promise<Image> {
  const { id } = await createImage(rawBare)
  expect((await putFile(id, 'in both', { 'X-Image-Meta-Store': from })).status).toBe(204)
  const json = { method: { name: 'copy-image' }, stores: [to] }
  expect((await admin.post(`/v2/images/${id}/import`, { json })).status).toBe(202)
  return await vi.waitUntil(
    async () => {
      const image = await showImage(id)
      const isCopied = typeof image.stores === 'string' && image.stores.split(',').length === 2
      return isCopied && !image.os_glance_importing_to_stores ? image : undefined
    },
    { timeout: 10_000, interval: 50 },
  )
}

const deleteFrom = (store: string, id: string, caller: Caller = admin) => caller.delete(`/v2/stores/${store}/${id}`)
const wrongState = "It's not allowed to remove image data from store if image status is not 'active'"
const onlyStore = 'Cannot delete image data from the only store containing it. Consider deleting the image instead.'

if (settings.multiStore && settings.routes.stores && settings.defaultStore !== null) {
  const store = settings.defaultStore
  const writable = settings.storeIds.filter((id) => !id.startsWith('os_glance') && id !== settings.readOnlyStore)

  describe('9.6 DELETE /v2/stores/{store}/{id}: refusals in order', () => {
    row('9.6 an unknown store, before the image: 409', async () =>
      expectFault(
        await deleteFrom('nosuch', 'none', member),
        409,
        'The selected store nosuch is not available on this node.',
      ),
    )

    row('9.6 an unknown image: 404', async () =>
      expectFault(await deleteFrom(store, 'none'), 404, 'Failed to find image none'),
    )

    row('9.6 an invisible image: 404', async () => {
      const { id } = await createImage()
      expectFault(await deleteFrom(store, id, other), 404, `Failed to find image ${id}`)
    })

    row('9.6 a visible image of another project: 403 by get_image_location', async () => {
      const { id } = await createImage({ visibility: 'community' })
      expectFault(
        await deleteFrom(store, id, other),
        403,
        'You are not authorized to complete get_image_location action.',
      )
    })

    for (const [who, caller] of [
      ['its owner', member],
      ['a reader', reader],
    ] as const)
      row(`9.6 by ${who}: 403 by delete_image_location, before the state`, async () => {
        const { id } = await createImage()
        expectFault(
          await deleteFrom(store, id, caller),
          403,
          'You are not authorized to complete delete_image_location action.',
        )
      })

    row('9.6 a queued image: 409', async () => {
      const { id } = await createImage()
      expectFault(await deleteFrom(store, id), 409, wrongState)
    })

    row('9.6 a saving image: 409', async () => {
      const { id, upload } = await savingImage()
      expectFault(await deleteFrom(store, id), 409, wrongState)
      expect((await upload.finish()).status).toBe(204)
    })

    row('9.6 a deactivated image: 409', async () => {
      const { id } = await activeImage('kept')
      expect((await admin.post(`/v2/images/${id}/actions/deactivate`)).status).toBe(204)
      expectFault(await deleteFrom(store, id), 409, wrongState)
    })

    row('9.6 the only store: 403, the data stays', async () => {
      const { id } = await activeImage('kept')
      expectFault(await deleteFrom(store, id), 403, onlyStore)
      expect((await member.get(`/v2/images/${id}/file`)).text).toBe('kept')
    })

    const elsewhere = writable.find((id) => id !== store)
    if (elsewhere !== undefined)
      row('9.6 a store without it, while it lies in one store: 403', async () => {
        const { id } = await activeImage('kept')
        expectFault(await deleteFrom(elsewhere, id), 403, onlyStore)
      })

    row('2 with a body: 400', async () =>
      expectFault(await admin.delete(`/v2/stores/${store}/x`, { body: '{}' }), 400, bodyRefused),
    )

    row('0.2 GET: 405', async () => {
      const response = await admin.get(`/v2/stores/${store}/x`)
      expectFault(response, 405, notAllowed('GET'))
      expect(response.headers.allow).toBe('DELETE')
    })

    row('0.2 paths that are not there: 404', async () => {
      for (const path of ['/v2/stores', `/v2/stores/${store}`, `/v2/stores/${store}/x/y`])
        expectFault(await admin.get(path), 404, notFoundText)
    })
  })

  describe('7.1, 7.3 an image in a store that is not the default', () => {
    const elsewhere = writable.find((id) => id !== store)
    if (elsewhere !== undefined)
      row('7.3 is read from there whatever is preferred', async () => {
        const { id } = await createImage(rawBare)
        expect((await putFile(id, 'elsewhere', { 'X-Image-Meta-Store': elsewhere })).status).toBe(204)
        expect((await showImage(id)).stores).toBe(elsewhere)
        for (const query of ['', `?prefer=${store}`, `?prefer=${store},${elsewhere}`])
          expect(await member.get(`/v2/images/${id}/file${query}`)).toMatchObject({ status: 200, text: 'elsewhere' })
        expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
      })
  })

  const [first, second] = writable
  if (first !== undefined && second !== undefined)
    describe('an image in two stores', () => {
      row('3.1 stores by weight, whichever came first', release('no weight'), async () => {
        const weights = new Map((await details()).map(({ id, weight }) => [id, weight]))
        const byWeight = [first, second].sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0))
        expect(weights.get(first)).not.toBe(weights.get(second))
        for (const [from, to] of [
          [first, second],
          [second, first],
        ] as const)
          expect((await imageInBoth(from, to)).stores).toBe(byWeight.join(','))
      })

      row('7.3 ?prefer reads from either store', async () => {
        const { id } = await imageInBoth(first, second)
        for (const preferred of [first, second, `${first},${second}`])
          expect(await member.get(`/v2/images/${id}/file?prefer=${preferred}`)).toMatchObject({
            status: 200,
            text: 'in both',
          })
      })

      row('9.6 is deleted from one of them, not from the last', async () => {
        const { id } = await imageInBoth(first, second)
        const response = await deleteFrom(first, id)
        expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
        const image = await showImage(id)
        expect(image).toMatchObject({ status: 'active', stores: second })
        expect((await member.get(`/v2/images/${id}/file`)).text).toBe('in both')
        expectFault(await deleteFrom(second, id), 403, onlyStore)
      })

      const bothMayGo = sometimes(defect('both go, and the data with them'))
      row('9.6 at once from both: one refusal, one copy left', bothMayGo, async () => {
        const { id } = await imageInBoth(first, second)
        const answers = await Promise.all([deleteFrom(first, id), deleteFrom(second, id)])
        expect(answers.map(({ status }) => status).sort()).toEqual([204, 403])
        expect((await member.get(`/v2/images/${id}/file`)).text).toBe('in both')
      })
    })
}
