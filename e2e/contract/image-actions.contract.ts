import { describe, expect } from 'vitest'
import { admin, member, other, reader, settings } from './support/api'
import { expectFault } from './support/fault'
import { activeImage, createImage, namesIn, patchImage, savingImage, showImage, unique } from './support/images'
import { release, row } from './support/row'

const act = (id: string, action: string, caller = member) => caller.post(`/v2/images/${id}/actions/${action}`)

if (settings.routes.actions)
  describe('4.3 deactivate and reactivate', () => {
    row('4.3 active to deactivated and back: 204', async () => {
      const { id } = await activeImage('actions')
      const response = await act(id, 'deactivate')
      expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
      expect((await showImage(id)).status).toBe('deactivated')
      expect((await act(id, 'reactivate')).status).toBe(204)
      expect((await showImage(id)).status).toBe('active')
    })

    row('4.3 the same again changes nothing: 204', async () => {
      const { id } = await activeImage('actions')
      expect((await act(id, 'reactivate')).status).toBe(204)
      await act(id, 'deactivate')
      expect((await act(id, 'deactivate')).status).toBe(204)
      expect((await showImage(id)).status).toBe('deactivated')
    })

    for (const action of ['deactivate', 'reactivate'])
      row(`4.3 ${action} a queued image: 403`, async () => {
        const { id } = await createImage()
        expectFault(await act(id, action), 403, `Not allowed to ${action} image in status 'queued'`)
      })

    row('4.3 deactivate while saving: 403', async () => {
      const { id, upload } = await savingImage()
      expectFault(await act(id, 'deactivate'), 403, "Not allowed to deactivate image in status 'saving'")
      upload.abort()
    })

    for (const action of ['deactivate', 'reactivate']) {
      const denied = `You are not authorized to complete ${action} action.`
      row(`2 ${action} by a reader: 403`, async () => {
        const { id } = await activeImage('actions')
        expectFault(await act(id, action, reader), 403, denied)
      })

      row(`2 ${action} another project's community image: 403`, async () => {
        const { id } = await activeImage('actions', { visibility: 'community' })
        expectFault(await act(id, action, other), 403, denied)
      })

      row(`2 ${action} an invisible image: 404`, async () => {
        const { id } = await activeImage('actions')
        expectFault(await act(id, action, other), 404, `No image found with ID ${id}`)
      })

      row(`2 ${action} with a body: 400`, async () =>
        expectFault(
          await member.post(`/v2/images/x/actions/${action}`, { body: '{}' }),
          400,
          'A body is not expected with this request.',
        ),
      )
    }

    row('4.3 a deactivated image: PATCH 200, PUT file 409, DELETE 204', async () => {
      const { id } = await activeImage('actions')
      await act(id, 'deactivate')
      expect((await patchImage(id, [{ op: 'replace', path: '/name', value: 'n' }])).status).toBe(200)
      const headers = { 'Content-Type': 'application/octet-stream' }
      expect((await member.put(`/v2/images/${id}/file`, { body: 'x', headers })).status).toBe(409)
      expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
    })

    row('3.1 a deactivated image shows its owner no location', async () => {
      const { id } = await activeImage('actions')
      await act(id, 'deactivate')
      const image = await showImage(id)
      expect(image).not.toHaveProperty('direct_url')
      expect(image).not.toHaveProperty('stores')
      expect(image.locations).toEqual(settings.locationsVisible ? [] : undefined)
      expect('stores' in (await showImage(id, admin))).toBe(settings.multiStore)
    })

    row('5.3 status=deactivated', async () => {
      const name = unique('deactivated')
      const { id } = await activeImage('actions', { name })
      await act(id, 'deactivate')
      expect(await namesIn(`?name=${name}&status=deactivated`)).toEqual([name])
      expect(await namesIn(`?name=${name}&status=active`)).toEqual([])
    })
  })
else
  describe('4.3 deactivate and reactivate', () => {
    row('2 where the actions are not routed they are unknown: 404', async () => {
      const { id } = await activeImage('actions')
      for (const action of ['deactivate', 'reactivate']) expect((await act(id, action)).status).toBe(404)
    })
  })

if (settings.routes.actions)
  describe('restore, which the original has only on its command line', () => {
    const absent = release('there is no such route: an operator restores with glance-scrubber --restore')

    row('restore an image that is not deleted: 409', absent, async () => {
      const { id } = await activeImage('actions')
      expectFault(await act(id, 'restore'), 409, `Image ${id} is not deleted.`)
      expectFault(await act(id, 'restore', reader), 403, 'You are not authorized to complete delete_image action.')
    })

    row('restore what was deleted at once, is invisible, or never was: 404', absent, async () => {
      const [{ id }, hidden] = [await activeImage('actions'), await createImage()]
      await member.delete(`/v2/images/${id}`)
      expectFault(await act(id, 'restore'), 404, `No image found with ID ${id}`)
      expectFault(await act(hidden.id, 'restore', other), 404, `No image found with ID ${hidden.id}`)
      expectFault(await act('none', 'restore', admin), 404, 'No image found with ID none')
    })
  })
