import { describe, expect } from 'vitest'
import type { WireResponse } from '../support/http-client'
import { admin, baseUrl, type Caller, member, other } from './support/api'
import { expectFault, expectFaultWith } from './support/fault'
import {
  absent,
  content,
  createNamespace,
  documentOf,
  expectEmpty,
  mismatch,
  namespacePath,
  namespacesPath,
  nextName,
} from './support/metadefs'
import { defect, row, sometimes } from './support/row'

const text = { type: 'string', title: 't' }
const type = 'OS::Glance::Image'

describe('metadefs 2 a body where none is expected', () => {
  const refusing: readonly [method: string, path: readonly string[]][] = [
    ['GET', []],
    ['DELETE', []],
    ['GET', ['resource_types']],
    ['DELETE', ['resource_types', type]],
    ['GET', ['objects', 'Replica']],
    ['DELETE', ['objects', 'Replica']],
    ['GET', ['properties']],
    ['GET', ['tags', 'ssd']],
    ['POST', ['tags', 'new']],
    ['DELETE', ['tags', 'ssd']],
  ]
  for (const [method, path] of refusing)
    row(`m2 ${method} {ns}/${path.join('/')}: 400, and nothing happens`, async () => {
      const name = await createNamespace(content)
      const response = await admin.request(method, namespacePath(name, ...path), { body: '{}' })
      expectFault(response, 400, 'A body is not expected with this request.')
      const shown = documentOf(await admin.get(namespacePath(name)))
      expect(shown).toMatchObject({
        tags: content.tags,
        objects: [{ name: 'Replica' }],
        properties: content.properties,
      })
    })

  row('m2 GET resource_types: 400', async () => {
    const response = await admin.get('/v2/metadefs/resource_types', { body: '{}' })
    expectFault(response, 400, 'A body is not expected with this request.')
  })

  const ignoring: readonly [method: string, path: readonly string[], status: number][] = [
    ['GET', ['objects'], 200],
    ['GET', ['properties', 'tier'], 200],
    ['GET', ['tags'], 200],
    ['DELETE', ['properties', 'tier'], 204],
    ['DELETE', ['objects'], 204],
    ['DELETE', ['properties'], 204],
    ['DELETE', ['tags'], 204],
  ]
  const fails = (method: string) => (method === 'DELETE' ? defect('500') : undefined)
  for (const [method, path, status] of ignoring)
    row(`m2 ${method} {ns}/${path.join('/')} does not look at it: ${status}`, fails(method), async () => {
      const name = await createNamespace(content)
      expect((await admin.request(method, namespacePath(name, ...path), { body: '{}' })).status).toBe(status)
    })
})

describe('metadefs 2 the order of checks', () => {
  const bodies: readonly [method: string, path: readonly string[], readOnly: string][] = [
    ['POST', ['resource_types'], 'created_at'],
    ['POST', ['objects'], 'self'],
    ['PUT', ['objects', 'Replica'], 'schema'],
    ['POST', ['properties'], 'created_at'],
    ['PUT', ['properties', 'tier'], 'updated_at'],
    ['PUT', ['tags', 'ssd'], 'created_at'],
    ['PUT', [], 'self'],
  ]
  const ask = (method: string, path: readonly string[], body: string | undefined, name: string, caller: Caller) =>
    caller.request(method, namespacePath(name, ...path), body === undefined ? {} : { body })

  for (const [method, path, key] of bodies) {
    const title = `m2 ${method} {ns}/${path.join('/')}`
    row(`${title}: no JSON before the right to it: 400`, async () => {
      for (const [body, reason] of [
        [undefined, 'Body expected in request.'],
        ['{', 'Malformed JSON in request body.'],
      ] as const)
        expectFault(await ask(method, path, body, 'none', member), 400, reason)
    })

    row(`${title}: what is read-only before the right to it and before the schema: 403`, async () => {
      const response = await ask(method, path, JSON.stringify({ [key]: 'x', colour: 'red' }), 'none', member)
      expectFault(response, 403, `Attribute '${key}' is read-only.`)
    })

    row(`${title}: the schema before the namespace: 400`, async () => {
      expectFaultWith(await ask(method, path, '{}', 'none', member), 400, 'Provided object does not match schema')
    })
  }

  row('m2 POST tag looks for the namespace before it looks at the name', async () => {
    const long = 'x'.repeat(81)
    const hidden = await createNamespace({ visibility: 'private', owner: other.projectId })
    expectFault(await member.post(namespacePath(hidden, 'tags', long)), 404, absent(hidden))
    expect((await admin.post(namespacePath(await createNamespace(), 'tags', long))).status).toBe(400)
  })

  row('m2 the right before the thing itself: 403', async () => {
    const name = await createNamespace(content)
    for (const path of [
      ['objects', 'none'],
      ['properties', 'none'],
      ['tags', 'none'],
      ['resource_types', 'none'],
    ])
      expect((await member.delete(namespacePath(name, ...path))).status).toBe(403)
  })
})

describe('metadefs 2 headers', () => {
  const creates: readonly [what: string, run: (name: string) => Promise<WireResponse>][] = [
    ['resource type', (name) => admin.post(namespacePath(name, 'resource_types'), { json: { name: type } })],
    ['object', (name) => admin.post(namespacePath(name, 'objects'), { json: { name: 'o' } })],
    ['property', (name) => admin.post(namespacePath(name, 'properties'), { json: { name: 'p', ...text } })],
    ['tag', (name) => admin.post(namespacePath(name, 'tags', 't'))],
    ['tags', (name) => admin.post(namespacePath(name, 'tags'), { json: { tags: [{ name: 'u' }] } })],
  ]
  for (const [what, run] of creates)
    row(`m2 POST ${what}: 201 without a Location`, async () => {
      const response = await run(await createNamespace())
      expect([response.status, response.headers.location]).toEqual([201, undefined])
      expect(response.headers['x-openstack-request-id']).toMatch(/^req-/)
    })

  row('m2 every refusal has a request id', async () => {
    for (const response of [
      await admin.get(namespacePath('none')),
      await member.delete(namespacePath(await createNamespace())),
      await admin.post(namespacesPath, { body: '{' }),
      await admin.patch(namespacesPath),
    ])
      expect(response.headers['x-openstack-request-id']).toMatch(/^req-/)
  })
})

describe('metadefs 3 protection', () => {
  row('m3 leaves everything but removal free', async () => {
    const name = await createNamespace({ ...content, protected: true })
    const path = (...rest: readonly string[]) => namespacePath(name, ...rest)
    const done = [
      await admin.post(path('resource_types'), { json: { name: 'OS::Nova::Flavor' } }),
      await admin.post(path('objects'), { json: { name: 'o' } }),
      await admin.put(path('objects', 'Replica'), { json: { name: 'Replica' } }),
      await admin.post(path('properties'), { json: { name: 'p', ...text } }),
      await admin.put(path('properties', 'tier'), { json: { name: 'tier', ...text } }),
      await admin.post(path('tags', 't')),
      await admin.put(path('tags', 't'), { json: { name: 'u' } }),
      await admin.post(path('tags'), { json: { tags: [{ name: 'only' }] } }),
      await admin.put(path(), { json: { namespace: name } }),
      await admin.delete(path()),
    ]
    expect(done.map(({ status }) => status)).toEqual([201, 201, 200, 201, 200, 201, 200, 201, 200, 204])
  })
})

describe('metadefs 4 lists of namespaces', () => {
  const listed = async (query: string, caller = admin) => {
    const document = documentOf(await caller.get(`${namespacesPath}?${query}`))
    const namespaces = document.namespaces as { namespace: string }[]
    return { next: document.next, names: namespaces.map(({ namespace }) => namespace) }
  }
  /** Namespaces that alone have a resource type. */
  const several = async (fields: readonly object[]) => {
    const only = nextName()
    const names: string[] = []
    for (const each of fields)
      names.push(await createNamespace({ resource_type_associations: [{ name: only }], ...each }))
    return { names, query: `resource_types=${encodeURIComponent(only)}` }
  }

  for (const [key, fields] of [
    ['namespace', [{}, {}]],
    ['display_name', [{ display_name: 'a' }, { display_name: 'b' }]],
    ['visibility', [{ visibility: 'private' }, { visibility: 'public' }]],
    ['protected', [{ protected: false }, { protected: true }]],
    ['owner', [{ owner: 'a' }, { owner: 'b' }]],
    ['created_at', [{}, {}]],
    ['updated_at', [{}, {}]],
  ] as const)
    row(`m4 sort_key=${key}, both ways and with pages`, async () => {
      const { names, query } = await several(fields)
      const wanted = key === 'namespace' ? [...names].sort() : names
      const order = `${query}&sort_key=${key}&sort_dir`
      expect((await listed(`${order}=asc`)).names).toEqual(wanted)
      expect((await listed(`${order}=desc`)).names).toEqual([...wanted].reverse())
      const { next } = await listed(`${order}=asc&limit=1`)
      const rest = await listed(new URL(String(next), baseUrl).search.slice(1))
      expect(rest.names).toEqual(wanted.slice(1))
    })

  row('m4 newest first unless asked otherwise', async () => {
    const { names, query } = await several([{}, {}, {}])
    expect((await listed(query)).names).toEqual([...names].reverse())
  })

  row('m4 25 are a page', async () => {
    const { names, query } = await several(Array.from({ length: 26 }, () => ({})))
    const { names: page, next } = await listed(`${query}&sort_dir=asc`)
    expect(page).toEqual(names.slice(0, 25))
    expect((await listed(new URL(String(next), baseUrl).search.slice(1))).names).toEqual(names.slice(25))
  })

  row('m4 a limit above the largest page is taken', async () => {
    const { names, query } = await several([{}])
    expect((await listed(`${query}&limit=100000`)).names).toEqual(names)
  })

  row('m4 after a last page that is full comes an empty one', async () => {
    const { query } = await several([{}, {}])
    const { next } = await listed(`${query}&limit=2`)
    expect(await listed(new URL(String(next), baseUrl).search.slice(1))).toEqual({ names: [], next: undefined })
  })

  row('m4 by visibility', async () => {
    const { names, query } = await several([{ visibility: 'public' }, { visibility: 'private' }])
    expect((await listed(`${query}&visibility=public`)).names).toEqual(names.slice(0, 1))
    expect((await listed(`${query}&visibility=private`)).names).toEqual(names.slice(1))
    expect((await listed(`${query}&visibility=private`, member)).names).toEqual([])
  })

  row('m4 by any of several resource types, and by none', async () => {
    const [one, two] = [await several([{}]), await several([{}])]
    const both = `${one.query},${two.query.replace('resource_types=', '')}&sort_dir=asc`
    expect((await listed(both)).names).toEqual([...one.names, ...two.names])
    expect((await listed('resource_types=')).names).toEqual([])
  })

  row('m4 other words of the query are ignored', async () => {
    const { names, query } = await several([{}])
    expect((await listed(`${query}&colour=red`)).names).toEqual(names)
  })
})

describe('metadefs 4 and 8 the order of what is inside', () => {
  row('m4 the newest tag first', async () => {
    const name = await createNamespace()
    for (const tag of ['b', 'a', 'c']) await admin.post(namespacePath(name, 'tags', tag))
    const wanted = ['c', 'a', 'b'].map((tag) => ({ name: tag }))
    expect(documentOf(await member.get(namespacePath(name))).tags).toEqual(wanted)
    expect(documentOf(await member.get(namespacePath(name, 'tags'))).tags).toEqual(wanted)
  })

  row('m4 objects and properties by name', sometimes(defect('in no order')), async () => {
    const name = await createNamespace({
      objects: ['b', 'a', 'c'].map((each) => ({ name: each })),
      properties: { b: text, a: text, c: text },
    })
    const { objects, properties } = documentOf(await member.get(namespacePath(name)))
    expect((objects as { name: string }[]).map((each) => each.name)).toEqual(['a', 'b', 'c'])
    expect(Object.keys(properties as object)).toEqual(['a', 'b', 'c'])
  })
})

describe('metadefs 4 to 8 names in any script', () => {
  const script = 'é磁 disk/50%'
  const beyond = '磁💾'

  row('m4 of everything nested', defect('400'), async () => {
    const name = await createNamespace({
      objects: [{ name: beyond, properties: { [beyond]: text } }],
      properties: { [beyond]: text },
      tags: [{ name: beyond }],
      resource_type_associations: [{ name: beyond, prefix: beyond }],
    })
    expect(documentOf(await member.get(namespacePath(name)))).toMatchObject({
      objects: [{ name: beyond, properties: { [beyond]: text } }],
      properties: { [beyond]: text },
      tags: [{ name: beyond }],
      resource_type_associations: [{ name: beyond, prefix: beyond }],
    })
  })

  for (const named of ['é磁', beyond])
    row(`m4 ${named} as a name in paths`, defect('400, or decodes the path as Latin-1'), async () => {
      const name = await createNamespace()
      const made = [
        await admin.post(namespacePath(name, 'objects'), { json: { name: named } }).catch(() => undefined),
        await admin.post(namespacePath(name, 'properties'), { json: { name: named, ...text } }).catch(() => undefined),
        await admin.post(namespacePath(name, 'tags', named)).catch(() => undefined),
        await admin.post(namespacePath(name, 'resource_types'), { json: { name: named } }).catch(() => undefined),
      ]
      expect(made.map((response) => response?.status)).toEqual([201, 201, 201, 201])
      for (const kind of ['objects', 'properties', 'tags']) {
        expect(documentOf(await member.get(namespacePath(name, kind, named))).name).toBe(named)
        expectEmpty(await admin.delete(namespacePath(name, kind, named)))
      }
      expectEmpty(await admin.delete(namespacePath(name, 'resource_types', named)))
    })

  row('m4 with a slash is 400: no URL could reach it', defect('takes it'), async () => {
    const name = await createNamespace()
    const json = { name: script }
    const refused = [
      await admin.post(namespacePath(name, 'objects'), { json }),
      await admin.post(namespacePath(name, 'properties'), { json: { ...json, ...text } }),
      await admin.post(namespacePath(name, 'tags'), { json: { tags: [json] } }),
    ]
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400])
  })
})

describe('metadefs 6 and 7 values', () => {
  for (const value of [['a'], null])
    row(`m7 default ${JSON.stringify(value)} comes back as null`, async () => {
      const name = await createNamespace({ properties: { p: { ...text, default: value } } })
      expect(documentOf(await member.get(namespacePath(name, 'properties', 'p')))).toHaveProperty('default', null)
    })

  row('m6 a required name with a comma stays one name', defect('two names'), async () => {
    const name = await createNamespace()
    const json = { name: 'o', required: ['a,b', 'c'] }
    documentOf(await admin.post(namespacePath(name, 'objects'), { json }), 201)
    expect(documentOf(await member.get(namespacePath(name, 'objects', 'o'))).required).toEqual(['a,b', 'c'])
  })

  row('m7 a pattern need be no expression', async () => {
    const name = await createNamespace({ properties: { p: { ...text, pattern: '(' } } })
    expect(documentOf(await member.get(namespacePath(name, 'properties', 'p'))).pattern).toBe('(')
  })

  row('m7 every key comes back as it was sent', async () => {
    const whole = {
      name: 'p',
      title: 'T',
      description: 'D',
      type: 'array',
      operators: ['<or>', '<in>'],
      readonly: true,
      minimum: 1,
      maximum: 9,
      minLength: 0,
      maxLength: 5,
      pattern: '^a$',
      enum: ['a', 'b'],
      items: { type: 'string', enum: ['c'] },
      uniqueItems: false,
      additionalItems: true,
      minItems: 0,
      maxItems: 3,
    }
    const name = await createNamespace()
    expect(documentOf(await admin.post(namespacePath(name, 'properties'), { json: whole }), 201)).toEqual(whole)
    expect(documentOf(await member.get(namespacePath(name, 'properties', 'p')))).toEqual(whole)
  })

  const odd: readonly [what: string, fields: object, status: number][] = [
    ['numbers to choose from', { enum: [1] }, 201],
    ['required', { required: ['a'] }, 201],
    ['items without a type', { items: {} }, 400],
    ['items with another key', { items: { type: 'string', colour: 'red' } }, 400],
  ]
  for (const [what, fields, status] of odd)
    row(`m11 an object whose property has ${what}: ${status}`, defect('500'), async () => {
      const name = await createNamespace()
      const json = { name: 'o', properties: { p: { ...text, ...fields } } }
      expect((await admin.post(namespacePath(name, 'objects'), { json })).status).toBe(status)
    })

  for (const type of ['array', 'boolean', 'integer', 'number', 'object', 'string'])
    row(`m7 type ${type}: 201`, async () => {
      const name = await createNamespace()
      const json = { name: 'p', title: 't', type }
      expect(documentOf(await admin.post(namespacePath(name, 'properties'), { json }), 201)).toEqual(json)
    })

  row('m7 the list does not look at the query', async () => {
    const name = await createNamespace(content)
    const path = `${namespacePath(name, 'properties')}?limit=0&visibility=x&sort_dir=up`
    expect(documentOf(await member.get(path))).toEqual({ properties: content.properties })
  })

  row('m6 the answer to PUT has the new time', defect('the time before the change'), async () => {
    const name = await createNamespace(content)
    const path = namespacePath(name, 'objects', 'Replica')
    const before = documentOf(await member.get(path))
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const after = documentOf(await admin.put(path, { json: { name: 'Replica' } }))
    expect(after.updated_at).not.toBe(before.updated_at)
    expect(after.created_at).toBe(before.created_at)
    expect(documentOf(await member.get(path)).updated_at).toBe(after.updated_at)
  })
})

describe('metadefs 5 resource types', () => {
  row('m5 an association of another namespace cannot be removed here: 404', async () => {
    const [name] = [await createNamespace(), await createNamespace({ resource_type_associations: [{ name: type }] })]
    const response = await admin.delete(namespacePath(name, 'resource_types', type))
    expectFault(response, 404, `Failed to find resource type ${type} to delete`)
  })
})

describe('metadefs 8 X-Openstack-Append', () => {
  for (const [word, isKept] of [
    ['1', true],
    ['t', true],
    ['TRUE', true],
    ['On', true],
    ['y', true],
    ['yes', true],
    ['0', false],
    ['false', false],
    ['maybe', false],
    ['', false],
  ] as const)
    row(`m8 "${word}" ${isKept ? 'keeps' : 'deletes'} what is there`, async () => {
      const name = await createNamespace({ tags: [{ name: 'a' }] })
      const headers = { 'X-Openstack-Append': word }
      const json = { tags: [{ name: 'b' }] }
      documentOf(await admin.post(namespacePath(name, 'tags'), { json, headers }), 201)
      const { tags } = documentOf(await member.get(`${namespacePath(name, 'tags')}?sort_key=name&sort_dir=asc`))
      expect(tags).toEqual([...(isKept ? [{ name: 'a' }] : []), { name: 'b' }])
    })

  row('m8 a tag twice in the body: 409, and nothing changes', async () => {
    const name = await createNamespace({ tags: [{ name: 'a' }] })
    const json = { tags: [{ name: 'b' }, { name: 'b' }] }
    expect((await admin.post(namespacePath(name, 'tags'), { json })).status).toBe(409)
    expect(documentOf(await member.get(namespacePath(name, 'tags'))).tags).toEqual([{ name: 'a' }])
  })

  row('m8 tags that are no list: 400', async () => {
    const name = await createNamespace()
    expectFaultWith(await admin.post(namespacePath(name, 'tags'), { json: { tags: 'a' } }), 400, mismatch('tags'))
  })
})
