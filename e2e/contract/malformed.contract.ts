import { describe, expect, inject, vi } from 'vitest'
import { damagedImages } from '../fuzz/support/image-bytes'
import { Pool, type Send } from '../fuzz/support/pool'
import { fuzzRequests } from '../fuzz/support/requests'
import { runFuzz } from '../fuzz/support/run-fuzz'
import { admin, anonymous, type Caller, member } from './support/api'
import { makeFormatFiles } from './support/format-files'
import { createImage, listImages, namesIn, patchImage, unique } from './support/images'
import { defect, listenerRow, row, setting } from './support/row'

vi.setConfig({ testTimeout: 120_000 })

const { reference } = inject('world')

const as =
  (caller: Caller): Send =>
  ({ method = 'GET', path, ...rest }) =>
    caller.request(method, path, rest)

/** What such requests have found so far, here or in the original. */
describe('0.1 malformed requests that once were a 5xx', () => {
  const notText: readonly unknown[] = [{ toString: 1 }, [{ toString: 1 }], { valueOf: null, toString: null }]

  for (const value of notText)
    row(`6.2 ${JSON.stringify(value)} in place of a word: 400`, defect('500'), async () => {
      const { id } = await createImage()
      for (const operation of [
        { op: value, path: '/name', value: 1 },
        { op: 'add', path: value, value: 1 },
      ])
        expect((await patchImage(id, [operation])).status).toBe(400)
      expect((await member.post(`/v2/images/${id}/import`, { json: { method: { name: value } } })).status).toBe(400)
    })

  for (const query of ['min_ram=2147483648', 'min_disk=999999999999999', 'min_ram_min=2147483648', 'size=-1'])
    row(`5.3 ${query}, more than the column holds: no image`, async () =>
      expect(await namesIn(`?${query}`)).toEqual([]),
    )

  for (const query of ['created_at=lt:0000-01-01', 'updated_at=gt:9999-12-31T23:59:59-12:00', 'created_at=0000-12-31'])
    row(`5.3 ${query}, outside the years of a calendar: no image`, defect('500 or 400'), async () =>
      expect(await namesIn(`?${query}`)).toEqual([]),
    )

  row('5.2 one sort key a thousand times is one: 200', setting('414: its server takes 8 KiB'), async () => {
    const query = `limit=2&sort=${Array.from({ length: 1000 }, () => 'name:asc').join(',')}`
    expect((await listImages(`?${query}`)).images.length).toBeLessThanOrEqual(2)
  })

  const tags = (count: number) => Array.from({ length: count }, (_, index) => `tag=malformed${index}`).join('&')
  const tooManyJoins = defect('500: a join for each, and its database takes 61')
  row('5.3 filters by 128 tags, of which those that come again count once: 200', tooManyJoins, async () =>
    expect(await namesIn(`?${tags(128)}&${tags(128)}`)).toEqual([]),
  )

  row('5.3 filters by 129 tags: 400', defect('200, or 500 where its database gives up'), async () =>
    expect((await member.get(`/v2/images?${tags(129)}`)).status).toBe(400),
  )

  listenerRow('0.2 an expectation that nobody knows is ignored: 200', async () =>
    expect((await member.get('/v2/images?limit=0', { headers: { Expect: 'the unexpected' } })).status).toBe(200),
  )

  row('0.2 a client that waits to be asked for its JSON is asked', async () => {
    const headers = { Expect: '100-continue' }
    expect((await member.post('/v2/images', { json: { name: unique('asked') }, headers })).status).toBe(201)
  })
})

/** A sample of what the long suite sends by the hundred thousand; the original needs seconds for some of them. */
listenerRow(
  '0.1 a sample of malformed requests: no 5xx, and every fault well-formed',
  defect('500s of many kinds'),
  async () => {
    const callers = { admin: as(admin), member: as(member), anonymous: as(anonymous) }
    const pool = new Pool(callers.member, callers.admin)
    const files = [...(await makeFormatFiles()).values()]
    try {
      expect(
        await runFuzz({
          seed: 7,
          requests: reference ? 150 : 1500,
          arbitrary: fuzzRequests(damagedImages(files)),
          callers,
          pool,
        }),
      ).toEqual([])
    } finally {
      await pool.clear()
    }
  },
)
