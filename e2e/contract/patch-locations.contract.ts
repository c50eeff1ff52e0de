import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { z } from 'zod'
import { send } from '../support/http-client'
import { admin, member, other, reader, settings } from './support/api'
import { detailed, expectFault, expectFaultWith } from './support/fault'
import {
  activeImage,
  createImage,
  type Image,
  imageOf,
  patchImage,
  rawBare,
  savingImage,
  showImage,
} from './support/images'
import { defect, row } from './support/row'

const locationsSchema = z.array(z.strictObject({ url: z.string(), metadata: z.record(z.string(), z.unknown()) }))

/** The file that the http store may read; the query makes different URLs of it. */
const webFile = settings.webFileUrl ?? 'http://127.0.0.1/none'
const urlOf = (name: string) => `${webFile}?${name}`

const located = (name: string, metadata: object = {}) => ({
  url: urlOf(name),
  metadata: { ...(settings.readOnlyStore !== null && { store: settings.readOnlyStore }), ...metadata },
})
const add = (id: string, value: unknown, position = '-', caller = admin) =>
  patchImage(id, [{ op: 'add', path: `/locations/${position}`, value }], caller)
const replace = (id: string, value: unknown, caller = admin) =>
  patchImage(id, [{ op: 'replace', path: '/locations', value }], caller)
const remove = (id: string, position: string, caller = admin) =>
  patchImage(id, [{ op: 'remove', path: `/locations/${position}` }], caller)

describe('6.5 locations, however the server is set up', () => {
  row('6.5 replace with []: 403', async () => {
    const { id } = await createImage(rawBare)
    expectFault(await replace(id, []), 403, detailed(403, 'Cannot set locations to empty list.'))
  })

  for (const [title, value] of [
    ['no url', { metadata: {} }],
    ['no metadata', { url: 'http://127.0.0.1/x' }],
    ['a url of 256 characters', { url: `http://127.0.0.1/${'x'.repeat(239)}`, metadata: {} }],
  ] as const)
    row(`6.5 an element with ${title}: 400`, async () => {
      const { id } = await createImage(rawBare)
      expectFaultWith(await replace(id, [value]), 400, "Provided object does not match schema 'image': ")
    })
})

if (!settings.locationsVisible)
  describe('6.5 locations are invisible', () => {
    const invisible = (verb: string) => `It's not allowed to ${verb} locations if locations are invisible.`

    row('6.5, OSSN-0065, OSSN-0090 add: 403', async () => {
      const image = await createImage(rawBare)
      expectFault(await add(image.id, located('x')), 403, invisible('add'))
      expect(await showImage(image.id)).toEqual(image)
    })

    row('6.5, OSSN-0065, OSSN-0090 replace: 403', async () => {
      const image = await createImage(rawBare)
      expectFault(await replace(image.id, [located('x')]), 403, invisible('update'))
      expect(await showImage(image.id)).toEqual(image)
    })

    row('6.5, OSSN-0065, OSSN-0090 remove: 403', async () => {
      const image = await activeImage('x')
      expectFault(await remove(image.id, '0'), 403, invisible('remove'))
      expect(await showImage(image.id)).toEqual(image)
    })
  })

if (settings.locationsVisible && settings.webFileUrl !== null)
  describe('6.5 locations are visible', () => {
    const canary = join(tmpdir(), `glimpse-canary-${process.pid}`)
    let content: Buffer

    afterAll(() => rmSync(canary, { force: true }))
    beforeAll(async () => {
      writeFileSync(canary, 'a file of the host', { mode: 0o666 })
      content = (await send(new URL(new URL(webFile).origin), { path: new URL(webFile).pathname })).body
    })

    const activeElsewhere = async () => {
      const { id } = await createImage(rawBare)
      imageOf(await add(id, located('0')))
      return id
    }
    const firstOf = (image: Image) => locationsSchema.parse(image.locations)[0] ?? { url: '', metadata: {} }
    const urls = (image: Image) => JSON.stringify(image.locations)

    row('6.5 add to a queued image: active, size from the store, no digests', async () => {
      const { id } = await createImage(rawBare)
      const image = imageOf(await add(id, located('x')))
      expect(image).toMatchObject({ status: 'active', size: content.length, checksum: null, os_hash_value: null })
      expect((await member.get(`/v2/images/${id}/file`)).body.equals(content)).toBe(true)
    })

    row('6.5 add to a queued image without formats: 400', async () => {
      const { id } = await createImage()
      expect((await add(id, located('x'))).status).toBe(400)
      expect((await showImage(id)).status).toBe('queued')
    })

    row('6.5 add by a member: 200, remove: 403', async () => {
      const { id } = await createImage(rawBare)
      imageOf(await add(id, located('0'), '-', member))
      imageOf(await add(id, located('1'), '-', member))
      expectFault(
        await remove(id, '0', member),
        403,
        'You are not authorized to complete delete_image_location action.',
      )
    })

    row('6.5 add while saving: 409', async () => {
      const { id, upload } = await savingImage()
      expectFault(await add(id, located('x')), 409, "It's not allowed to add locations if image status is saving.")
      upload.abort()
    })

    row('6.5 replace while saving: 409', async () => {
      const { id, upload } = await savingImage()
      expectFault(
        await replace(id, [located('x')]),
        409,
        "It's not allowed to replace locations if image status is saving.",
      )
      upload.abort()
    })

    row('6.5 remove from a queued image: 409', async () => {
      const { id } = await createImage(rawBare)
      expectFault(await remove(id, '0'), 409, "It's not allowed to remove locations if image status is queued.")
    })

    for (const url of ['file:///etc/passwd', 'filesystem:///etc/passwd', 'swift+config://x/y/z', 'nosuch://x'])
      row(`6.5 ${url}: 400`, async () => {
        const { id } = await createImage(rawBare)
        expectFault(await add(id, { url, metadata: {} }), 400, 'Invalid location')
        expect((await showImage(id)).status).toBe('queued')
      })

    for (const [advisory, url] of [
      ['OSSA-2014-041 CVE-2014-9493', `file://${canary}`],
      ['OSSA-2015-002 CVE-2015-1195', `filesystem://${canary}`],
      ['OSSA-2015-002 CVE-2015-1195', `FileSystem://${canary}`],
      ['OSSA-2015-002 CVE-2015-1195', 'swift+config://reference/container/object'],
      ['OSSA-2014-012 CVE-2014-0162', `sheepdog://127.0.0.1:7000:;rm ${canary}`],
      ['OSSA-2014-012 CVE-2014-0162', `sheepdog://$(rm ${canary})`],
    ] as const)
      row(
        `${advisory} ${url.replace(canary, '<file of the host>')}: 400, and no host file is read or removed`,
        async () => {
          const { id } = await createImage(rawBare)
          for (const caller of [member, admin]) {
            expectFault(await add(id, { url, metadata: {} }, '-', caller), 400, 'Invalid location')
            expect((await replace(id, [{ url, metadata: {} }], caller)).status).toBe(400)
          }
          expect(await showImage(id)).toMatchObject({ status: 'queued', size: null, locations: [] })
          expect((await member.get(`/v2/images/${id}/file`)).text).not.toContain('a file of the host')
          expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
          expect(readFileSync(canary, 'utf8')).toBe('a file of the host')
        },
      )

    row('OSSA-2016-006 CVE-2016-0757 no active image loses its last location and takes other data', async () => {
      const id = await activeElsewhere()
      expectFaultWith(await remove(id, '0'), 403, 'Cannot remove last location in the image.')
      expectFault(await replace(id, []), 403, detailed(403, 'Cannot set locations to empty list.'))
      const upload = await admin.put(`/v2/images/${id}/file`, {
        body: 'other data',
        headers: { 'Content-Type': 'application/octet-stream' },
      })
      expect(upload.status).toBe(409)
      expect((await showImage(id)).status).toBe('active')
      expect((await member.get(`/v2/images/${id}/file`)).body.equals(content)).toBe(true)
    })

    row(
      'OSSN-0065, OSSN-0090 CVE-2022-4134 nobody puts other URLs in the place of those of an active image',
      async () => {
        const id = await activeElsewhere()
        for (const caller of [member, admin]) expect((await replace(id, [located('1')], caller)).status).toBe(400)
        expect((await remove(id, '0', member)).status).toBe(403)
        expect((await showImage(id)).locations).toEqual([located('0')])
      },
    )

    for (const url of ['rbd:pool/image', webFile.slice(5)])
      row(`13 ${url.replace(/:\d+/, '')}: 400`, async () => {
        const { id } = await createImage(rawBare)
        expectFault(await add(id, { url, metadata: {} }), 400, 'Invalid location')
        expect(await showImage(id)).toMatchObject({ status: 'queued', size: null, locations: [] })
      })

    row('OSSA-2014-041 CVE-2014-9493 the data of another image in a store: 400, and it stays', async () => {
      const theirs = await activeImage('theirs', {}, other)
      const seen = await showImage(theirs.id, admin)
      const { id } = await createImage(rawBare)
      expectFault(await add(id, { url: firstOf(seen).url, metadata: {} }), 400, 'Invalid location')
      expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
      expect((await other.get(`/v2/images/${theirs.id}/file`)).text).toBe('theirs')
    })

    for (const credentials of ['user:secret@', 'user@'])
      row(
        `13 a URL with ${credentials}: 400, and it is not told again`,
        defect('it keeps the password and shows it, or has no well-formed pair'),
        async () => {
          const { id } = await createImage(rawBare)
          const response = await add(id, { url: urlOf('x').replace('://', `://${credentials}`), metadata: {} })
          expectFault(response, 400, 'Invalid location')
          expect(await showImage(id)).toMatchObject({ status: 'queued', locations: [] })
          const long = urlOf('x'.repeat(300)).replace('://', `://${credentials}`)
          const refusal = await add(id, { url: long, metadata: {} })
          expect(refusal.status).toBe(400)
          expect(refusal.text).not.toContain(credentials)
        },
      )

    row('6.5 which store a location is in is not the client’s to say', async () => {
      const { id } = await createImage(rawBare)
      const image = imageOf(await add(id, located('x', { store: settings.defaultStore })))
      expect(firstOf(image).metadata).toEqual({ store: settings.readOnlyStore })
      expect(image.stores).toBe(settings.readOnlyStore)
    })

    row('6.5 by a reader, or of an image of another project: 403', async () => {
      const { id } = await createImage({ ...rawBare, visibility: 'community' })
      const denied = 'You are not authorized to complete set_image_location action.'
      expectFault(await add(id, located('x'), '-', reader), 403, denied)
      expectFault(await add(id, located('x'), '-', other), 403, denied)
      expectFault(await replace(id, [located('x')], other), 403, denied)
    })

    if (settings.directUrlVisible)
      row('3.1 direct_url is the URL of the first location', async () => {
        const id = await activeElsewhere()
        expect(await showImage(id)).toMatchObject({ direct_url: urlOf('0'), locations: [located('0')] })
      })

    row('3.1 locations of a deactivated image are hidden from all but administrators', async () => {
      const id = await activeElsewhere()
      expect((await admin.post(`/v2/images/${id}/actions/deactivate`)).status).toBe(204)
      const shown = await showImage(id)
      expect(shown.locations).toEqual([])
      expect(Object.keys(shown)).not.toContain('direct_url')
      expect((await showImage(id, admin)).locations).toEqual([located('0')])
    })

    row('6.5 - appends, a number inserts, one beyond the end appends', async () => {
      const id = await activeElsewhere()
      imageOf(await add(id, located('last')))
      imageOf(await add(id, located('first'), '0'))
      const image = imageOf(await add(id, located('far'), '9'))
      for (const name of ['0', 'last', 'first', 'far']) expect(urls(image)).toContain(`${urlOf(name)}"`)
    })

    for (const position of ['x', '-1', '1.5'])
      row(`6.5 add at position ${position}: 400`, async () => {
        const id = await activeElsewhere()
        expectFault(await add(id, located('y'), position), 400, 'Invalid position for adding a location.')
      })

    row('6.5 the same location again: 400', async () => {
      const id = await activeElsewhere()
      expect((await add(id, located('0'))).status).toBe(400)
    })

    row('6.5 replace by other URLs: 400', async () => {
      const id = await activeElsewhere()
      expectFaultWith(await replace(id, [located('other')]), 400, 'Original locations is not empty: ')
    })

    row('6.5 replace by the same URLs with other metadata: 200', async () => {
      const id = await activeElsewhere()
      const image = imageOf(await replace(id, [located('0', { note: 'new' })]))
      expect(urls(image)).toContain('"note":"new"')
    })

    row('6.5 the eleventh: 413', async () => {
      const id = await activeElsewhere()
      for (let index = 1; index < 10; index += 1) imageOf(await add(id, located(`${index}`)))
      expectFaultWith(await add(id, located('10')), 413, 'Attempted: 11, Maximum: 10')
    })

    row('6.5 remove one of two: 200', async () => {
      const id = await activeElsewhere()
      imageOf(await add(id, located('1')))
      const image = imageOf(await remove(id, '1'))
      expect(urls(image)).not.toContain(`${urlOf('1')}"`)
    })

    row('6.5 remove the last: 403', async () => {
      const id = await activeElsewhere()
      expectFaultWith(await remove(id, '0'), 403, 'Cannot remove last location in the image.')
      expect((await showImage(id)).status).toBe('active')
    })

    for (const position of ['9', 'x', '-1'])
      row(`6.5 remove at position ${position}: 400`, async () => {
        const id = await activeElsewhere()
        imageOf(await add(id, located('1')))
        expectFault(await remove(id, position), 400, 'Invalid position for removing a location.')
      })

    const digests = { os_hash_algo: 'sha512', os_hash_value: 'ab'.repeat(64), checksum: 'cd'.repeat(16) }
    const validated = (changes: object) => ({ ...located('v'), validation_data: { ...digests, ...changes } })

    row('6.5 validation_data fills the digests of a queued image', async () => {
      const { id } = await createImage(rawBare)
      expect(imageOf(await add(id, validated({})))).toMatchObject({ ...digests, status: 'active' })
    })

    row('6.5 validation_data is echoed in that answer alone', async () => {
      const { id } = await createImage(rawBare)
      expect(imageOf(await add(id, validated({}))).locations).toEqual([validated({})])
      expect((await showImage(id)).locations).toEqual([located('v')])
    })

    row('6.5 validation_data with another algorithm: 409', async () => {
      const { id } = await createImage(rawBare)
      const response = await add(id, validated({ os_hash_algo: 'sha256' }))
      expectFaultWith(response, 409, 'os_hash_algo must be sha512, not sha256')
    })

    for (const [title, value] of [
      ['not hexadecimal', 'x'.repeat(128)],
      ['too short', 'ab'],
    ] as const)
      row(`6.5 validation_data with a digest that is ${title}: 409`, async () => {
        const { id } = await createImage(rawBare)
        expect((await add(id, validated({ os_hash_value: value }))).status).toBe(409)
      })

    row('6.5 validation_data for an active image with other values: 409', async () => {
      const id = await activeElsewhere()
      expect((await add(id, validated({}))).status).toBe(409)
    })
  })
