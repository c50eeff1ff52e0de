import { describe, expect } from 'vitest'
import { admin, type Caller, member, other, reader } from './support/api'
import { detailed, expectFault, expectFaultWith, noContentType, unsupportedMedia } from './support/fault'
import {
  createImage,
  imageOf,
  oldPatchType,
  patchImage,
  patchType,
  patchTypes,
  rawBare,
  savingImage,
  showImage,
} from './support/images'
import { defect, release, row } from './support/row'

const send = (id: string, body: string, type: string, caller: Caller = member) =>
  caller.patch(`/v2/images/${id}`, { body, headers: { 'Content-Type': type } })
const patchOld = (id: string, operations: unknown) => send(id, JSON.stringify(operations), oldPatchType)

/** Expects that this patch is refused and changes nothing. */
async function refused(
  operations: unknown,
  status: number,
  message: Parameters<typeof expectFault>[2],
  type = patchType,
) {
  const image = await createImage({ existing: 'x', tags: ['t'] })
  expectFault(await send(image.id, JSON.stringify(operations), type), status, message)
  expect(await showImage(image.id)).toEqual(image)
}

describe('6.1 media types', () => {
  row('6.1 v2.1: op, path, value', async () => {
    const { id } = await createImage()
    expect(imageOf(await patchImage(id, [{ op: 'add', path: '/p', value: 'v' }])).p).toBe('v')
  })

  row('6.1 v2.0: add, replace, remove as keys', async () => {
    const { id } = await createImage({ gone: 'x', kept: 'x' })
    const image = imageOf(
      await patchOld(id, [{ add: '/p', value: 'v' }, { replace: '/kept', value: 'y' }, { remove: '/gone' }]),
    )
    expect(image).toMatchObject({ p: 'v', kept: 'y' })
    expect(image).not.toHaveProperty('gone')
  })

  row('6.1 v2.1: add of a present property replaces it', async () => {
    const { id } = await createImage({ p: '1' })
    expect(imageOf(await patchImage(id, [{ op: 'add', path: '/p', value: '2' }])).p).toBe('2')
  })

  row('6.1 v2.0: add of a present property: 409', () =>
    refused([{ add: '/existing', value: 'y' }], 409, detailed(409, 'Property existing already present.'), oldPatchType),
  )

  row('6.1 v2.0: add of a base property: 409', () =>
    refused([{ add: '/name', value: 'y' }], 409, detailed(409, 'Property name already present.'), oldPatchType),
  )

  for (const type of [patchType, oldPatchType])
    row(`6.1 parameters after ${type.replace('application/openstack-images-', '')}; are ignored`, async () => {
      const { id } = await createImage()
      expect((await send(id, '[]', `${type}; charset=utf-8`)).status).toBe(200)
    })

  for (const type of ['application/json', 'application/json-patch+json', 'application/octet-stream'])
    row(`6.1 ${type}: 415`, release('no detail'), async () => {
      const { id } = await createImage()
      const detail = `Image PATCH expects Content-Type one of: ${patchTypes}`
      expectFault(await send(id, '[]', type), 415, unsupportedMedia(type, detail))
    })

  row('6.1 any other type: 415 with Accept-Patch', async () => {
    const { id } = await createImage()
    const response = await send(id, '[]', 'application/json')
    expect({ status: response.status, accept: response.headers['accept-patch'] }).toEqual({
      status: 415,
      accept: patchTypes,
    })
  })

  row('6.1 no type: 415', release('no detail, and its eventlet server takes it for text/plain'), async () => {
    const { id } = await createImage()
    const response = await member.patch(`/v2/images/${id}`, { body: '[]' })
    const detail = `Image PATCH expects Content-Type one of: ${patchTypes}`
    expectFault(response, 415, unsupportedMedia(noContentType, detail))
    expect(response.headers['accept-patch']).toBe(patchTypes)
  })
})

describe('6.2 body rules', () => {
  for (const body of [{}, { op: 'add', path: '/p', value: 'v' }])
    row(`6.2 no array but ${JSON.stringify(body)}: 400`, () =>
      refused(body, 400, 'Request body must be a JSON array of operation objects.'),
    )

  row('6.2 an element that is no object: 400', () => refused(['x'], 400, 'Operations must be JSON objects.'))

  row('6.2 no body: 400', async () => {
    const { id } = await createImage()
    const response = await member.patch(`/v2/images/${id}`, { headers: { 'Content-Type': patchType } })
    expectFault(response, 400, 'Body expected in request.')
  })

  row('6.2 malformed JSON: 400', async () => {
    const { id } = await createImage()
    expectFault(await send(id, '[{', patchType), 400, 'Malformed JSON in request body.')
  })

  row('6.2 an empty array: 200, unchanged', async () => {
    const image = await createImage()
    const { updated_at: _, ...rest } = image
    expect(imageOf(await patchImage(image.id, []))).toMatchObject(rest)
  })

  const choice = 'It must be one of the following: add, remove, replace.'
  row('6.2 v2.1 without op: 400', () =>
    refused([{ path: '/p', value: 'v' }], 400, `Unable to find \`op\` in JSON Schema change. ${choice}`),
  )

  for (const op of ['move', 'copy', 'test', 'x', 'ADD'])
    row(`6.2 v2.1 op ${op}: 400`, () =>
      refused([{ op, path: '/p', value: 'v', from: '/q' }], 400, `Invalid operation: \`${op}\`. ${choice}`),
    )

  row('6.2 v2.1 without path: 400', () =>
    refused([{ op: 'add', value: 'v' }], 400, "Unable to find 'path' in JSON Schema change"),
  )

  row('6.2 v2.0 with two operations in one element: 400', () =>
    refused(
      [{ add: '/p', remove: '/q', value: 'v' }],
      400,
      'Operation objects must contain only one member named "add", "remove", or "replace".',
      oldPatchType,
    ),
  )

  row('6.2 v2.0 with none: 400', () =>
    refused(
      [{ value: 'v' }],
      400,
      'Operation objects must contain exactly one member named "add", "remove", or "replace".',
      oldPatchType,
    ),
  )

  for (const op of ['add', 'replace'])
    row(`6.2 ${op} without a value: 400`, () =>
      refused([{ op, path: '/existing' }], 400, `Operation "${op}" requires a member named "value".`),
    )

  for (const [title, path, value] of [
    ['name a number', '/name', 1],
    ['name of 256 characters', '/name', 'n'.repeat(256)],
    ['protected a string', '/protected', 'true'],
    ['min_disk a string', '/min_disk', '1'],
    ['visibility unknown', '/visibility', 'x'],
    ['disk_format unknown', '/disk_format', 'x'],
    ['tags not a list', '/tags', 'x'],
    ['tag of 256 characters', '/tags', ['t'.repeat(256)]],
    ['custom value a number', '/p', 1],
    ['custom value null', '/p', null],
    ['kernel_id no UUID', '/kernel_id', 'x'],
  ] as const)
    row(`6.2 ${title}: 400`, async () => {
      const image = await createImage()
      const response = await patchImage(image.id, [{ op: 'add', path, value }])
      expectFaultWith(response, 400, "Provided object does not match schema 'image': ")
      expect(await showImage(image.id)).toEqual(image)
    })

  row('6.2 the patch is atomic: a later operation that fails takes the earlier ones back', () =>
    refused(
      [
        { op: 'replace', path: '/name', value: 'changed' },
        { op: 'remove', path: '/nosuch' },
      ],
      409,
      detailed(409, 'Property nosuch does not exist.'),
    ),
  )

  row('6.2 all operations are validated before any is applied', () =>
    refused(
      [
        { op: 'remove', path: '/nosuch' },
        { op: 'add', path: '/p' },
      ],
      400,
      'Operation "add" requires a member named "value".',
    ),
  )

  row('6.2 operations apply in their order', async () => {
    const { id } = await createImage()
    const image = imageOf(
      await patchImage(id, [
        { op: 'add', path: '/p', value: '1' },
        { op: 'replace', path: '/p', value: '2' },
        { op: 'add', path: '/q', value: '3' },
        { op: 'remove', path: '/q' },
      ]),
    )
    expect(image.p).toBe('2')
    expect(image).not.toHaveProperty('q')
  })

  row('6.2 200 answers the whole image, and updated_at moves', async () => {
    const before = await createImage({ ...rawBare, p: 'v' })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const after = imageOf(await patchImage(before.id, [{ op: 'replace', path: '/name', value: 'new' }]))
    expect(after).toEqual({ ...before, name: 'new', updated_at: after.updated_at })
    expect(after.updated_at > before.updated_at).toBe(true)
    expect(await showImage(before.id)).toEqual(after)
  })
})

describe('6.3 JSON pointers', () => {
  const pointer = (path: string, tail: string) =>
    refused([{ op: 'add', path, value: 'v' }], 400, `Pointer \`${path}\` ${tail}`)

  row('6.3 must start with a slash', () => pointer('p', 'does not start with "/".'))
  row('6.3 no adjacent slashes', () => pointer('/p//q', 'contains adjacent "/".'))
  row('6.3 no adjacent slashes with blanks between', () => pointer('/p/ /q', 'contains adjacent "/".'))
  row('6.3 no trailing slash', () => pointer('/p/', 'end with "/".'))
  row('6.3 "/" alone: 400', defect('200, sets a property without a name'), async () => {
    const { id } = await createImage()
    expect((await patchImage(id, [{ op: 'add', path: '/', value: 'v' }])).status).toBe(400)
  })
  for (const path of ['/p~', '/p~2'])
    row(`6.3 ${path}: the tilde begins no escape`, () =>
      pointer(path, 'contains "~" not part of a recognized escape sequence.'),
    )

  for (const [path, key] of [
    ['/p~1q', 'p/q'],
    ['/p~0q', 'p~q'],
    ['/p~01q', 'p~1q'],
    ['/ p ', 'p'],
    ['//p', 'p'],
  ] as const)
    row(`6.3 "${path}" names "${key}"`, async () => {
      const { id } = await createImage()
      expect(imageOf(await patchImage(id, [{ op: 'add', path, value: 'v' }]))[key]).toBe('v')
    })

  for (const [op, path] of [
    ['add', '/tags/-'],
    ['replace', '/tags/0'],
    ['remove', '/tags/0'],
    ['add', '/p/q'],
    ['replace', '/locations/0'],
  ] as const)
    row(`6.3 ${op} ${path} is too deep: 400`, () =>
      refused([{ op, path, value: 'v' }], 400, `Invalid JSON pointer for this resource: '${path}'`),
    )

  for (const op of ['add', 'remove'])
    row(`6.3 ${op} /locations is too flat: 400`, () =>
      refused(
        [{ op, path: '/locations', value: { url: 'http://127.0.0.1/x', metadata: {} } }],
        400,
        "Invalid JSON pointer for this resource: '/locations'",
      ),
    )
})

describe('2 PATCH: who may', () => {
  const operations = [{ op: 'replace', path: '/name', value: 'new' }]
  const denied = 'You are not authorized to complete modify_image action.'

  row('6.4 an invisible image: 404', async () => {
    const { id } = await createImage()
    expectFault(await patchImage(id, operations, other), 404, `No image found with ID ${id}`)
  })

  row('2 an unknown image: 404', async () =>
    expectFault(await patchImage('none', operations), 404, 'No image found with ID none'),
  )

  row('6.4 visible but not owned: 403', async () => {
    const { id } = await createImage({ visibility: 'community' })
    expectFault(await patchImage(id, operations, other), 403, denied)
  })

  row('2 by a reader of the project: 403', async () => {
    const image = await createImage()
    expectFault(await patchImage(image.id, operations, reader), 403, denied)
    expect(await showImage(image.id)).toEqual(image)
  })

  row('2 by an administrator: 200', async () => {
    const { id } = await createImage()
    expect(imageOf(await patchImage(id, operations, admin)).name).toBe('new')
  })

  row('4.3 while saving: 200', async () => {
    const { id, upload } = await savingImage()
    const image = imageOf(await patchImage(id, [...operations, { op: 'add', path: '/p', value: 'v' }]))
    expect(image).toMatchObject({ name: 'new', p: 'v', status: 'saving' })
    upload.abort()
  })
})
