import { describe, expect } from 'vitest'
import { admin, member, other, reader } from './support/api'
import { expectFault, notFoundText } from './support/fault'
import { createImage, savingImage, showImage } from './support/images'
import { defect, row } from './support/row'

const path = (id: string, tag: string) => `/v2/images/${id}/tags/${tag}`
const modifyDenied = 'You are not authorized to complete modify_image action.'

describe('9.5 PUT /v2/images/{id}/tags/{tag}', () => {
  row('2 adds the tag: 204', async () => {
    const { id } = await createImage({ tags: ['old'] })
    const response = await member.put(path(id, 'new'))
    expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
    expect([...(await showImage(id)).tags].sort()).toEqual(['new', 'old'])
  })

  row('9.5 a tag already there: 204', async () => {
    const { id } = await createImage({ tags: ['t'] })
    expect((await member.put(path(id, 't'))).status).toBe(204)
    expect((await showImage(id)).tags).toEqual(['t'])
  })

  row('9.5 is taken decoded', async () => {
    const { id } = await createImage()
    expect((await member.put(path(id, 'a%20b%3F%26'))).status).toBe(204)
    expect((await showImage(id)).tags).toEqual(['a b?&'])
  })

  row('2 a slash in the tag: 404', async () => {
    const { id } = await createImage()
    expectFault(await member.put(path(id, 'a%2Fb')), 404, notFoundText)
  })

  row('2 of 255 characters: 204, of 256: 400', async () => {
    const { id } = await createImage()
    expect((await member.put(path(id, 't'.repeat(255)))).status).toBe(204)
    expect((await member.put(path(id, 't'.repeat(256)))).status).toBe(400)
  })

  row('11.1 the 129th: 413', async () => {
    const { id } = await createImage({ tags: Array.from({ length: 128 }, (_, index) => `t${index}`) })
    expectFault(
      await member.put(path(id, 'more')),
      413,
      `Image tag limit exceeded for image ${id}: The limit has been exceeded on the number of allowed image tags. Attempted: 129, Maximum: 128:`,
    )
    expect((await showImage(id)).tags).toHaveLength(128)
  })

  row('3.1 moves updated_at', async () => {
    const image = await createImage()
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await member.put(path(image.id, 't'))
    expect((await showImage(image.id)).updated_at > image.updated_at).toBe(true)
  })

  row('2 an unknown image: 404', async () =>
    expectFault(await member.put(path('none', 't')), 404, 'Image none not found.'),
  )

  row("2 another project's invisible image: 404", async () => {
    const { id } = await createImage()
    expectFault(await other.put(path(id, 't')), 404, `Image ${id} not found.`)
  })

  row("9.5 another project's visible image: 403", async () => {
    const { id } = await createImage({ visibility: 'community' })
    expectFault(await other.put(path(id, 't')), 403, modifyDenied)
  })

  row('2 by a reader of the project: 403', async () => {
    const { id } = await createImage()
    expectFault(await reader.put(path(id, 't')), 403, modifyDenied)
    expect((await showImage(id)).tags).toEqual([])
  })

  row('2 by an administrator: 204', async () => {
    const { id } = await createImage()
    expect((await admin.put(path(id, 't'))).status).toBe(204)
  })

  row('4.3 while saving: 204', async () => {
    const { id, upload } = await savingImage()
    expect((await member.put(path(id, 't'))).status).toBe(204)
    expect((await member.delete(path(id, 't'))).status).toBe(204)
    upload.abort()
  })

  row('3.2 a four-byte character: 400', defect('500, or accepted, as its database does'), async () => {
    const { id } = await createImage()
    expect((await member.put(path(id, '%F0%9F%98%80'))).status).toBe(400)
  })
})

describe('9.5 DELETE /v2/images/{id}/tags/{tag}', () => {
  row('2 removes the tag: 204', async () => {
    const { id } = await createImage({ tags: ['a', 'b'] })
    const response = await member.delete(path(id, 'a'))
    expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
    expect((await showImage(id)).tags).toEqual(['b'])
  })

  row('2 a tag that is absent: 404', async () => {
    const { id } = await createImage()
    expectFault(await member.delete(path(id, 'none')), 404, notFoundText)
  })

  row('2 an unknown image: 404', async () =>
    expectFault(await member.delete(path('none', 't')), 404, 'Image none not found.'),
  )

  row("9.5 another project's visible image: 403", async () => {
    const { id } = await createImage({ visibility: 'community', tags: ['t'] })
    expectFault(await other.delete(path(id, 't')), 403, modifyDenied)
    expect((await showImage(id)).tags).toEqual(['t'])
  })
})
