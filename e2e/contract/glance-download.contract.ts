import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { type Caller, member, other } from './support/api'
import { expectFault } from './support/fault'
import { activeImage, createImage, rawBare, showImage, statusReached } from './support/images'
import { type Difference, defect, row } from './support/row'

const ask = (id: string, fields: object, caller: Caller = member) =>
  caller.post(`/v2/images/${id}/import`, { json: { method: { name: 'glance-download', ...fields } } })
const from = (glance_image_id: string, glance_region = 'RegionOne') => ({ glance_region, glance_image_id })

/** The end of the image's only import. */
async function ended(id: string, caller: Caller = member) {
  for (let tries = 0; tries < 300; tries++) {
    const { tasks } = JSON.parse((await caller.get(`/v2/images/${id}/tasks`)).text)
    if (tasks[0]?.expires_at !== null) return tasks[0]
    await delay(100)
  }
  throw new Error(`the import of ${id} did not end`)
}

describe('8.3 what a glance-download is refused for', () => {
  const remote = randomUUID()
  const refusals: readonly (readonly [string, object, string, Difference?])[] = [
    ['no region', { glance_image_id: remote }, "'glance_region' needs to be set for glance-download import method"],
    ['no image id', { glance_region: 'x' }, "'glance_image_id' needs to be set for glance-download import method"],
    ['an id that is no UUID', from('1234'), 'Remote image id does not look like a UUID: 1234'],
    [
      'an unknown interface',
      { ...from(remote), glance_service_interface: 'secret' },
      "'glance_service_interface' must be one of public, internal, admin",
      defect('it takes any word, and the task fails'),
    ],
  ]
  for (const [what, fields, message, difference] of refusals)
    row(`8.3 ${what}`, difference, async () => {
      const { id } = await createImage(rawBare)
      expectFault(await ask(id, fields), 400, message)
      expect((await showImage(id)).status).toBe('queued')
    })

  row('8.3 C2, C3: the wrong status', async () => {
    const active = await activeImage('x')
    expectFault(await ask(active.id, from(remote)), 409, 'Image with status active cannot be target for import')
    const { id } = await createImage(rawBare)
    await member.put(`/v2/images/${id}/stage`, { body: 'x', headers: { 'Content-Type': 'application/octet-stream' } })
    const text = "Image needs to be in 'queued' state to use 'glance-download' method"
    expectFault(await ask(id, from(remote)), 409, text)
  })

  row('8.3 formats that are not set, before the region', async () => {
    const { id } = await createImage({ disk_format: 'raw' })
    expectFault(await ask(id, {}), 409, "'container_format' needs to be set before import")
  })
})

describe('8.6 glance-download', () => {
  row('8.6 active with the bytes, formats and some properties of the other image', async () => {
    const bytes = randomBytes(1_200_000)
    const fields = { hw_disk_bus: 'scsi', os_distro: 'debian', 'trait:X': 'required', private_note: 'no' }
    const source = await activeImage(bytes, fields)
    const { id } = await createImage({
      disk_format: 'qcow2',
      container_format: 'ovf',
      hw_disk_bus: 'ide',
      own: 'stays',
    })
    const response = await ask(id, from(source.id))
    expect({ status: response.status, body: response.text }).toEqual({ status: 202, body: '' })
    const image = await statusReached(id, 'active')
    expect(image).toMatchObject({
      size: bytes.length,
      os_hash_value: source.os_hash_value,
      disk_format: 'raw',
      container_format: 'bare',
      hw_disk_bus: 'scsi',
      os_distro: 'debian',
      'trait:X': 'required',
      own: 'stays',
    })
    expect(image).not.toHaveProperty('private_note')
    expect(await ended(id)).toMatchObject({
      status: 'success',
      input: {
        import_req: { method: { name: 'glance-download', ...from(source.id), glance_service_interface: 'public' } },
      },
    })
    expect((await member.get(`/v2/images/${id}/file`)).body.equals(bytes)).toBe(true)
  })

  const failures: readonly (readonly [string, () => Promise<object>])[] = [
    ['a region that the catalog lacks', async () => from((await activeImage('x')).id, 'Nowhere')],
    ['an image without data', async () => from((await createImage(rawBare)).id)],
    ['an image that nobody knows', async () => from(randomUUID())],
  ]
  for (const [what, fields] of failures)
    row(`8.6 ${what}: queued again, with the reason`, async () => {
      const { id } = await createImage(rawBare)
      expect((await ask(id, await fields())).status).toBe(202)
      expect(await ended(id)).toMatchObject({ status: 'failure', message: expect.stringMatching(/./) })
      expect(await showImage(id)).toMatchObject({ status: 'queued', size: null })
    })

  row('8.6 an image that the caller may not see there', defect('the task fails without the reason'), async () => {
    const hidden = await activeImage('x')
    const made = await other.post('/v2/images', { json: rawBare })
    const { id } = JSON.parse(made.text)
    expect((await ask(id, from(hidden.id), other)).status).toBe(202)
    expect(await ended(id, other)).toMatchObject({ status: 'failure', message: expect.stringContaining('404') })
  })
})
