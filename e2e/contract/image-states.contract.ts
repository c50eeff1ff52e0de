import { describe, expect } from 'vitest'
import { member, other, settings } from './support/api'
import { expectFault } from './support/fault'
import { activeImage, createImage, patchImage, putFile, rawBare, savingImage, showImage } from './support/images'
import { row } from './support/row'

interface Held {
  readonly id: string
  release(): void
}

const nothing = () => undefined
const octets = { 'Content-Type': 'application/octet-stream' }

/** How an image comes into each state that a client can bring about. */
const states: Readonly<Record<string, () => Promise<Held>>> = {
  queued: async () => ({ id: (await createImage(rawBare)).id, release: nothing }),
  saving: async () => {
    const { id, upload } = await savingImage()
    return { id, release: upload.abort }
  },
  active: async () => ({ id: (await activeImage('states')).id, release: nothing }),
  ...(settings.routes.actions && {
    deactivated: async () => {
      const { id } = await activeImage('states')
      expect((await member.post(`/v2/images/${id}/actions/deactivate`)).status).toBe(204)
      return { id, release: nothing }
    },
  }),
  ...(settings.routes.stage && {
    uploading: async () => {
      const { id } = await createImage(rawBare)
      const response = await member.put(`/v2/images/${id}/stage`, { body: 'states', headers: octets })
      expect(response.status).toBe(204)
      return { id, release: nothing }
    },
  }),
}

/** Contract 4.3, for the operations of this suite: what each answers in each state. */
const table: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'GET image': { queued: 200, saving: 200, active: 200, deactivated: 200, uploading: 200 },
  'GET file': { queued: 204, saving: 204, active: 200, deactivated: 403, uploading: 204 },
  'PUT file': { queued: 204, saving: 409, active: 409, deactivated: 409, uploading: 409 },
  'PATCH name': { queued: 200, saving: 200, active: 200, deactivated: 200, uploading: 200 },
  'PATCH property': { queued: 200, saving: 200, active: 200, deactivated: 200, uploading: 200 },
  'PATCH visibility': { queued: 200, saving: 200, active: 200, deactivated: 200, uploading: 200 },
  'PATCH disk_format': { queued: 200, saving: 403, active: 403, deactivated: 403, uploading: 403 },
  'PATCH container_format': { queued: 200, saving: 403, active: 403, deactivated: 403, uploading: 403 },
  'PUT tag': { queued: 204, saving: 204, active: 204, deactivated: 204, uploading: 204 },
  'POST member': { queued: 200, saving: 200, active: 200, deactivated: 200, uploading: 200 },
  'DELETE image': { queued: 204, saving: 204, active: 204, deactivated: 204, uploading: 204 },
}

const replace = (id: string, key: string, value: unknown) => patchImage(id, [{ op: 'add', path: `/${key}`, value }])

const operations: Readonly<Record<string, (id: string) => Promise<{ status: number }>>> = {
  'GET image': (id) => member.get(`/v2/images/${id}`),
  'GET file': (id) => member.get(`/v2/images/${id}/file`),
  'PUT file': (id) => putFile(id, 'again'),
  'PATCH name': (id) => replace(id, 'name', 'n'),
  'PATCH property': (id) => replace(id, 'p', 'v'),
  'PATCH visibility': (id) => replace(id, 'visibility', 'private'),
  'PATCH disk_format': (id) => replace(id, 'disk_format', 'qcow2'),
  'PATCH container_format': (id) => replace(id, 'container_format', 'ovf'),
  'PUT tag': (id) => member.put(`/v2/images/${id}/tags/t`),
  'POST member': (id) => member.post(`/v2/images/${id}/members`, { json: { member: other.projectId } }),
  'DELETE image': (id) => member.delete(`/v2/images/${id}`),
}

describe('4.3 operation by state', () => {
  for (const [title, operate] of Object.entries(operations))
    for (const [state, reach] of Object.entries(states)) {
      const status = table[title]?.[state]
      row(`4.3 ${title} of an image in ${state}: ${status}`, async () => {
        const { id, release } = await reach()
        expect((await showImage(id)).status).toBe(state)
        expect((await operate(id)).status).toBe(status)
        release()
      })
    }
})

if (settings.routes.stage)
  row('4.1 from uploading to saving: 409 names both', async () => {
    const { id } = await createImage(rawBare)
    await member.put(`/v2/images/${id}/stage`, { body: 'states', headers: octets })
    expectFault(await putFile(id, 'x'), 409, 'Image status transition from uploading to saving is not allowed')
    expect((await showImage(id)).status).toBe('uploading')
  })
