import { beforeAll, describe, expect } from 'vitest'
import { admin, member, other, roleless, unscoped } from './support/api'
import { expectFault } from './support/fault'
import { createImage, type Image, listImages, pageOf, unique } from './support/images'
import { defect, row } from './support/row'

const tag = unique('paging')
const ids: string[] = []

const wrong = async (query: string, text: string) => expectFault(await member.get(`/v2/images${query}`), 400, text)

/** Follows next from page to page, verbatim, as clients do. */
async function follow(query: string): Promise<Image[][]> {
  const pages: Image[][] = []
  let next: string | undefined = `/v2/images${query}`
  while (next !== undefined) {
    const page = pageOf(await member.get(next))
    pages.push(page.images)
    next = page.next
  }
  return pages
}

beforeAll(async () => {
  const images = await Promise.all(
    Array.from({ length: 27 }, (_, index) => createImage({ name: `n${index}`, tags: [tag] })),
  )
  ids.push(...images.map((image) => image.id))
}, 60_000)

describe('5 GET /v2/images', () => {
  row('5 the page holds images, first and schema', async () => {
    const response = await member.get(`/v2/images?tag=${tag}&limit=0`)
    expect(JSON.parse(response.text)).toEqual({
      images: [],
      first: `/v2/images?tag=${tag}&limit=0`,
      schema: '/v2/schemas/images',
    })
  })

  row('5 an image in the list equals the image shown', async () => {
    const { images } = await listImages(`?tag=${tag}&limit=1`)
    const shown = JSON.parse((await member.get(`/v2/images/${images[0]?.id}`)).text)
    expect(images[0]).toEqual(shown)
  })

  row('2 by somebody without a known role: 403', async () =>
    expectFault(await roleless.get('/v2/images'), 403, 'You are not authorized to complete get_images action.'),
  )

  row('2 with an unscoped token: 403', async () =>
    expectFault(await unscoped.get('/v2/images'), 403, 'You are not authorized to complete get_images action.'),
  )
})

describe('5.1 paging', () => {
  row('5.1 limit absent: 25', async () => {
    const page = await listImages(`?tag=${tag}`)
    expect(page.images).toHaveLength(25)
  })

  row('5.1 limit above the maximum is capped without a word', async () => {
    const page = await listImages(`?tag=${tag}&limit=100000`)
    expect(page.images).toHaveLength(27)
    expect(page.next).toBeUndefined()
  })

  row('5.1 limit=0: no images, no next', async () => {
    const page = await listImages(`?tag=${tag}&limit=0`)
    expect(page.images).toEqual([])
    expect(page.next).toBeUndefined()
  })

  row('5.1 limit negative: 400', () => wrong('?limit=-1', 'limit param must be positive'))

  for (const limit of ['x', '', '1.5'])
    row(`5.1 limit "${limit}": 400`, () => wrong(`?limit=${limit}`, 'limit param must be an integer'))

  row('5.1 following next gives every image once, in the default order', async () => {
    const pages = await follow(`?tag=${tag}&limit=10`)
    expect(pages.map((page) => page.length)).toEqual([10, 10, 7])
    const seen = pages.flat()
    expect(seen.map((image) => image.id).sort()).toEqual([...ids].sort())
    const wanted = [...seen].sort((a, b) => (a.created_at + a.id < b.created_at + b.id ? 1 : -1))
    expect(seen.map((image) => image.id)).toEqual(wanted.map((image) => image.id))
  })

  row('5.1 a last page that is full has a next, which leads to an empty page', async () => {
    const pages = await follow(`?tag=${tag}&limit=9`)
    expect(pages.map((page) => page.length)).toEqual([9, 9, 9, 0])
  })

  row('5.1 next is the query with the marker of the last image', async () => {
    const page = await listImages(`?tag=${tag}&limit=2&sort_key=name&sort_dir=asc`)
    expect(page.next?.split('?')[0]).toBe('/v2/images')
    expect(Object.fromEntries(new URLSearchParams(page.next?.split('?')[1]))).toEqual({
      tag,
      limit: '2',
      sort_key: 'name',
      sort_dir: 'asc',
      marker: page.images[1]?.id,
    })
  })

  row('5.1 first is the query without the marker', async () => {
    const page = await listImages(`?tag=${tag}&limit=2&marker=${ids[3]}`)
    expect(Object.fromEntries(new URLSearchParams(page.first.split('?')[1]))).toEqual({ tag, limit: '2' })
  })

  row(
    '5.1 first and next keep repeated parameters',
    defect('only the last tag, sort_key and sort_dir stay'),
    async () => {
      const query = `?tag=${tag}&tag=${tag}&limit=1&sort_key=name&sort_dir=asc&sort_key=id&sort_dir=desc`
      const page = await listImages(query)
      for (const link of [page.first, page.next]) {
        const parameters = new URLSearchParams(link?.split('?')[1])
        expect(parameters.getAll('sort_key')).toEqual(['name', 'id'])
        expect(parameters.getAll('sort_dir')).toEqual(['asc', 'desc'])
        expect(parameters.getAll('tag')).toEqual([tag, tag])
      }
    },
  )

  row('5.1 links are encoded again', async () => {
    const page = await listImages(`?tag=${tag}&name=${encodeURIComponent('ä &=+')}&limit=1`)
    expect(new URLSearchParams(page.first.split('?')[1]).get('name')).toBe('ä &=+')
    expect(page.first).toMatch(/^[\x21-\x7e]+$/)
  })

  const unknown = '00000000-0000-4000-8000-000000000000'
  row('5.1 unknown marker: 400', () => wrong(`?marker=${unknown}`, `No image found with ID ${unknown}`))

  row('5.1 empty marker: 400', () => wrong('?marker=', 'No image found with ID '))

  row(
    '5.1 marker of an invisible image: 400 as for an unknown one',
    defect('403, which tells that it exists'),
    async () => {
      const { id } = await createImage({}, other)
      await wrong(`?marker=${id}`, `No image found with ID ${id}`)
    },
  )

  row('5.1 marker of a deleted image: 400', async () => {
    const { id } = await createImage()
    await member.delete(`/v2/images/${id}`)
    await wrong(`?marker=${id}`, `No image found with ID ${id}`)
  })

  row('5.1 marker of a deleted image, for an administrator: pages on from there', async () => {
    const { id } = await createImage({ name: 'gone', tags: [tag] })
    await member.delete(`/v2/images/${id}`)
    const page = await listImages(`?tag=${tag}&marker=${id}&limit=100&sort_key=name&sort_dir=asc`, admin)
    const names = page.images.map((image) => image.name)
    expect(names).toHaveLength(27)
  })
})
