import { describe, expect } from 'vitest'
import { admin, member, other, reader } from './support/api'
import { expectFault } from './support/fault'
import { activeImage, createImage, namesIn, patchImage, savingImage, unique } from './support/images'
import { row } from './support/row'

describe('2 DELETE /v2/images/{id}: 204', () => {
  row('2 a queued image', async () => {
    const name = unique('deleted')
    const { id } = await createImage({ name })
    const response = await member.delete(`/v2/images/${id}`)
    expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
    expect((await member.get(`/v2/images/${id}`)).status).toBe(404)
    expect(await namesIn(`?name=${name}`)).toEqual([])
  })

  row('2 an active image, with its data', async () => {
    const { id } = await activeImage('data')
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
    expectFault(await member.get(`/v2/images/${id}/file`), 404, `No image found with ID ${id}`)
  })

  row('2 by an administrator of another project', async () => {
    const { id } = await createImage()
    expect((await admin.delete(`/v2/images/${id}`)).status).toBe(204)
  })

  row('4.3 an image in saving', async () => {
    const { id, upload } = await savingImage()
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
    upload.abort()
  })
})

describe('2 DELETE /v2/images/{id}: 403', () => {
  row('4.3 a protected image', async () => {
    const { id } = await createImage({ protected: true })
    expectFault(await member.delete(`/v2/images/${id}`), 403, `Image ${id} is protected and cannot be deleted.`)
    expect((await member.get(`/v2/images/${id}`)).status).toBe(200)
  })

  row('4.3 a protected image, by an administrator', async () => {
    const { id } = await activeImage('kept', { protected: true })
    expectFault(await admin.delete(`/v2/images/${id}`), 403, `Image ${id} is protected and cannot be deleted.`)
  })

  row('4.3 not protected any more: 204', async () => {
    const { id } = await createImage({ protected: true })
    await patchImage(id, [{ op: 'replace', path: '/protected', value: false }])
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
  })

  const denied = 'You are not authorized to complete delete_image action.'
  row('2 a community image of another project', async () => {
    const { id } = await createImage({ visibility: 'community' })
    expectFault(await other.delete(`/v2/images/${id}`), 403, denied)
  })

  row('2 a public image of another project', async () => {
    const { id } = await createImage({ visibility: 'public', owner: member.projectId }, admin)
    expectFault(await other.delete(`/v2/images/${id}`), 403, denied)
  })

  row('2 by a reader of the project', async () => {
    const { id } = await createImage()
    expectFault(await reader.delete(`/v2/images/${id}`), 403, denied)
  })
})

describe('2 DELETE /v2/images/{id}: 404', () => {
  const absent = (id: string) => `Failed to find image ${id} to delete`

  row('2 an unknown image', async () => expectFault(await member.delete('/v2/images/none'), 404, absent('none')))

  row("2 another project's invisible image", async () => {
    const { id } = await createImage()
    expectFault(await other.delete(`/v2/images/${id}`), 404, absent(id))
    expect((await member.get(`/v2/images/${id}`)).status).toBe(200)
  })

  row('2 a second time', async () => {
    const { id } = await createImage()
    await member.delete(`/v2/images/${id}`)
    expectFault(await member.delete(`/v2/images/${id}`), 404, absent(id))
  })
})
