import { describe, expect } from 'vitest'
import { admin, baseUrl, member } from './support/api'
import { expectFault, expectFaultWith, notAllowed, notFoundText } from './support/fault'
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
  times,
  unknown,
} from './support/metadefs'
import { defect, listenerRow, row } from './support/row'

const own = { display_name: 'Lab', description: 'For the lab.', visibility: 'public', protected: false }
const links = (name: string) => ({ self: `${namespacesPath}/${name}`, schema: '/v2/schemas/metadefs/namespace' })

describe('metadefs 4 POST /v2/metadefs/namespaces', () => {
  row('m4 everything nested: 201, what was sent, Location', async () => {
    const namespace = nextName()
    const response = await admin.post(namespacesPath, { json: { namespace, ...own, ...content } })
    const expected = { namespace, ...own, owner: admin.projectId, ...times, ...content, ...links(namespace) }
    expect(documentOf(response, 201)).toEqual(expected)
    expect(response.headers.location).toMatch(/^http:\/\/.*\/v2\/metadefs\/namespaces\//)
    expect(response.headers.location?.endsWith(`/v2/metadefs/namespaces/${namespace}`)).toBe(true)
    expect(response.headers['x-openstack-request-id']).toMatch(/^req-/)
  })

  row('m4 only a name: private, not protected, of the caller', async () => {
    const namespace = nextName()
    expect(documentOf(await admin.post(namespacesPath, { json: { namespace } }), 201)).toEqual({
      namespace,
      visibility: 'private',
      protected: false,
      owner: admin.projectId,
      ...times,
      ...links(namespace),
    })
  })

  row('m4 any owner', async () => {
    const name = await createNamespace({ owner: 'nobody at all' })
    expect(documentOf(await admin.get(namespacePath(name))).owner).toBe('nobody at all')
  })

  row('m4 a name in use: 409', async () => {
    const namespace = await createNamespace()
    const response = await admin.post(namespacesPath, { json: { namespace } })
    expectFault(response, 409, `The metadata definition namespace=${namespace} already exists.`)
  })

  for (const key of ['self', 'schema', 'created_at', 'updated_at'])
    row(`m4 with ${key}: 403`, async () => {
      const response = await admin.post(namespacesPath, { json: { namespace: nextName(), [key]: 'x' } })
      expectFault(response, 403, `Attribute '${key}' is read-only.`)
    })

  const faulty: readonly [string, object, string][] = [
    ['no name', { namespace: undefined }, "'namespace' is a required property"],
    ['a number for a name', { namespace: 5 }, "5 is not of type 'string'"],
    ['81 letters', { namespace: 'x'.repeat(81) }, 'is too long'],
    ['a display name of 81', { display_name: 'x'.repeat(81) }, 'is too long'],
    ['a description of 501', { description: 'x'.repeat(501) }, 'is too long'],
    ['an owner of 256', { owner: 'x'.repeat(256) }, 'is too long'],
    ['shared visibility', { visibility: 'shared' }, "'shared' is not one of"],
    ['text for protected', { protected: 'true' }, "'true' is not of type 'boolean'"],
    ['an unknown key', { colour: 'red' }, "('colour' was unexpected)"],
    ['a property without a title', { properties: { p: { type: 'string' } } }, "'title' is a required property"],
    ['a property of type null', { properties: { p: { type: null, title: 't' } } }, "None is not of type 'string'"],
    ['a list of properties', { properties: [] }, "is not of type 'object'"],
    ['a map of tags', { tags: {} }, "is not of type 'array'"],
  ]
  for (const [what, fields, reason] of faulty)
    row(`m4 ${what}: 400`, async () => {
      const response = await admin.post(namespacesPath, { json: { namespace: nextName(), ...fields } })
      expectFaultWith(response, 400, reason)
      expect(response.text).toContain(mismatch('namespace').replaceAll("'", '&#x27;'))
    })

  const strict: readonly [string, object][] = [
    ['an object without a name', { objects: [{}] }],
    ['a tag without a name', { tags: [{}] }],
    ['a tag with another key', { tags: [{ name: 'a', colour: 'red' }] }],
    ['a resource type without a name', { resource_type_associations: [{}] }],
    ['an object with a long name', { objects: [{ name: 'x'.repeat(81) }] }],
    ['an unknown key of an object', { objects: [{ name: 'o', colour: 'red' }] }],
    ['an empty name', { namespace: '' }],
    ['a slash in the name', { namespace: 'a/b' }],
  ]
  for (const [what, fields] of strict)
    row(`m4 ${what}: 400`, defect('500, or taken'), async () => {
      const response = await admin.post(namespacesPath, { json: { namespace: nextName(), ...fields } })
      expectFaultWith(response, 400, mismatch('namespace'))
    })

  row('m4 a list for a body: 400', defect('500'), async () => {
    expectFaultWith(await admin.post(namespacesPath, { json: [] }), 400, mismatch('namespace'))
  })

  row('0.2 no body and a broken one: 400', async () => {
    expectFault(await admin.post(namespacesPath), 400, 'Body expected in request.')
    expectFault(await admin.post(namespacesPath, { body: '{' }), 400, 'Malformed JSON in request body.')
  })

  const repeated: readonly [string, object][] = [
    ['tag', { tags: [{ name: 'a' }, { name: 'a' }] }],
    ['object', { objects: [{ name: 'a' }, { name: 'a' }] }],
    ['resource type', { resource_type_associations: [{ name: 'A' }, { name: 'A' }] }],
  ]
  for (const [what, fields] of repeated) {
    row(`m10 a ${what} twice: 409, and nothing stays`, async () => {
      const namespace = nextName()
      expect((await admin.post(namespacesPath, { json: { namespace, ...fields } })).status).toBe(409)
      expect((await admin.get(namespacePath(namespace))).status).toBe(404)
    })

    row(`m10 a ${what} twice in a protected one: 409, and nothing stays`, defect('half of it stays'), async () => {
      const namespace = nextName()
      const response = await admin.post(namespacesPath, { json: { namespace, protected: true, ...fields } })
      expect(response.status).toBe(409)
      expect((await admin.get(namespacePath(namespace))).status).toBe(404)
    })
  }

  for (const suffix of ['é', 'ß 100%', '磁盘', 'диск'])
    row(`m4 the name ${suffix} is read back`, defect('decodes the path as Latin-1'), async () => {
      const namespace = `${nextName()}${suffix}`
      // The original may end the connection instead of answering.
      const made = await admin.post(namespacesPath, { json: { namespace } }).catch(() => undefined)
      expect(made?.status).toBe(201)
      expect(documentOf(await admin.get(namespacePath(namespace))).namespace).toBe(namespace)
      expectEmpty(await admin.delete(namespacePath(namespace)))
    })

  row('m4 a name beyond the basic plane', defect('400'), async () => {
    const namespace = `${nextName()}💾`
    expect((await admin.post(namespacesPath, { json: { namespace } })).status).toBe(201)
    expect(documentOf(await admin.get(namespacePath(namespace))).namespace).toBe(namespace)
    expectEmpty(await admin.delete(namespacePath(namespace)))
  })
})

describe('metadefs 4 GET /v2/metadefs/namespaces/{ns}', () => {
  row('m4 shows everything, with times and links inside', async () => {
    const name = await createNamespace(content)
    const document = documentOf(await member.get(namespacePath(name)))
    const objectLinks = { self: `${namespacesPath}/${name}/objects/Replica`, schema: '/v2/schemas/metadefs/object' }
    const associations = content.resource_type_associations.map((item) => ({ ...item, ...times }))
    expect(document).toEqual({
      namespace: name,
      visibility: 'public',
      protected: false,
      owner: admin.projectId,
      ...times,
      ...content,
      resource_type_associations: expect.arrayContaining(associations),
      objects: content.objects.map((object) => ({ ...object, ...times, ...objectLinks })),
      ...links(name),
    })
  })

  row('m4 ?resource_type puts the prefix in front', async () => {
    const name = await createNamespace(content)
    const path = `${namespacePath(name)}?resource_type=OS::Cinder::Volume`
    const { properties, objects } = documentOf(await member.get(path))
    expect(properties).toEqual({ lab_tier: content.properties.tier })
    expect(objects).toMatchObject([
      { name: 'Replica', required: ['lab_count'], properties: { lab_count: content.objects[0]?.properties.count } },
    ])
  })

  row('m4 ?resource_type of another type changes nothing', async () => {
    const name = await createNamespace(content)
    const path = `${namespacePath(name)}?resource_type=OS::Nova::Server`
    expect(documentOf(await member.get(path)).properties).toEqual(content.properties)
  })

  row('m4 an unknown query key is ignored', defect('500'), async () => {
    const name = await createNamespace()
    expect(documentOf(await member.get(`${namespacePath(name)}?x=1`)).namespace).toBe(name)
  })

  row('m4 ?visibility=shared: 400', async () => {
    const name = await createNamespace()
    const response = await member.get(`${namespacePath(name)}?visibility=shared`)
    expectFault(response, 400, 'Invalid visibility value: shared')
  })

  row('m2 with a body: 400', async () => {
    const name = await createNamespace()
    const response = await member.get(namespacePath(name), { body: '{}' })
    expectFault(response, 400, 'A body is not expected with this request.')
  })

  row('m2 absent: 404', async () => expectFault(await member.get(namespacePath('none')), 404, unknown('none')))
})

describe('metadefs 4 PUT /v2/metadefs/namespaces/{ns}', () => {
  row('m4 replaces all six fields, and nothing in it', async () => {
    const name = await createNamespace({ ...own, protected: true, owner: 'x', ...content })
    const document = documentOf(await admin.put(namespacePath(name), { json: { namespace: name, tags: [] } }))
    expect(document).toEqual({
      namespace: name,
      visibility: 'private',
      protected: false,
      owner: admin.projectId,
      ...times,
      ...links(name),
    })
    expect(documentOf(await admin.get(namespacePath(name)))).toMatchObject({ tags: content.tags })
  })

  row('m4 renames: the former name is gone', async () => {
    const [name, next] = [await createNamespace(), nextName()]
    expect(documentOf(await admin.put(namespacePath(name), { json: { namespace: next } })).namespace).toBe(next)
    expect((await admin.get(namespacePath(name))).status).toBe(404)
    expect((await admin.get(namespacePath(next))).status).toBe(200)
  })

  row('m4 to a name in use: 409', async () => {
    const [name, other] = [await createNamespace(), await createNamespace()]
    expect((await admin.put(namespacePath(name), { json: { namespace: other } })).status).toBe(409)
  })

  row('m3 read-only: 403; no name: 400; a faulty body before an absent namespace', async () => {
    const name = await createNamespace()
    const put = (json: object, of = name) => admin.put(namespacePath(of), { json })
    expectFault(await put({ namespace: name, self: 'x' }), 403, "Attribute 'self' is read-only.")
    expectFaultWith(await put({}), 400, "'namespace' is a required property")
    expectFaultWith(await put({}, 'none'), 400, "'namespace' is a required property")
    expectFault(await put({ namespace: 'none' }, 'none'), 404, absent('none'))
  })
})

describe('metadefs 4 DELETE /v2/metadefs/namespaces/{ns}', () => {
  row('m4 with everything in it: 204; resource types stay', async () => {
    const name = await createNamespace({ ...content, resource_type_associations: [{ name: 'Contract::Type' }] })
    expectEmpty(await admin.delete(namespacePath(name)))
    expectFault(await admin.get(namespacePath(name)), 404, unknown(name))
    expectFault(await admin.delete(namespacePath(name)), 404, absent(name))
    const { resource_types: types } = documentOf(await admin.get('/v2/metadefs/resource_types'))
    expect(types).toContainEqual(expect.objectContaining({ name: 'Contract::Type' }))
  })

  row('m3 protected: 403', async () => {
    const name = await createNamespace({ protected: true })
    const text = `Metadata definition namespace ${name} is protected and cannot be deleted.`
    expectFault(await admin.delete(namespacePath(name)), 403, text)
    for (const kind of ['objects', 'properties', 'tags'])
      expectFault(await admin.delete(namespacePath(name, kind)), 403, text)
  })

  row('m2 with a body: 400', async () => {
    const name = await createNamespace()
    expect((await admin.delete(namespacePath(name), { body: '{}' })).status).toBe(400)
  })
})

describe('metadefs 4 GET /v2/metadefs/namespaces', () => {
  const listed = async (query: string, caller = admin) => {
    const document = documentOf(await caller.get(`${namespacesPath}?${query}`))
    const namespaces = document.namespaces as { namespace: string }[]
    return { next: document.next, names: namespaces.map(({ namespace }) => namespace) }
  }

  row('m4 rows have their resource types and nothing else of what is in them', async () => {
    const name = await createNamespace(content)
    const document = documentOf(await member.get(`${namespacesPath}?limit=1000`))
    const found = (document.namespaces as { namespace: string }[]).find(({ namespace }) => namespace === name)
    expect(Object.keys(found ?? {}).sort()).toEqual(
      [
        'namespace',
        'visibility',
        'protected',
        'owner',
        'created_at',
        'updated_at',
        'resource_type_associations',
        'self',
        'schema',
      ].sort(),
    )
    expect(document).toMatchObject({ first: `${namespacesPath}?limit=1000`, schema: '/v2/schemas/metadefs/namespaces' })
  })

  row('m4 pages by limit and marker; next names the last one', async () => {
    const type = nextName()
    const names: string[] = []
    for (let index = 0; index < 3; index += 1)
      names.push(await createNamespace({ resource_type_associations: [{ name: type }] }))
    const query = `resource_types=${encodeURIComponent(type)}&sort_key=namespace&sort_dir=asc`
    const sorted = [...names].sort()
    const first = await listed(`${query}&limit=2`)
    expect(first.names).toEqual(sorted.slice(0, 2))
    expect(new URL(String(first.next), baseUrl).searchParams.get('marker')).toBe(sorted[1])
    const response = documentOf(await admin.get(String(first.next)))
    expect((response.namespaces as { namespace: string }[]).map(({ namespace }) => namespace)).toEqual(sorted.slice(2))
    expect(response.next).toBeUndefined()
    expect((await listed(query.replace('asc', 'desc'))).names).toEqual([...sorted].reverse())
  })

  row('m4 limit 0 is an empty list', async () => {
    expect((await listed('limit=0')).names).toEqual([])
  })

  row('m4 an unknown resource type is an empty list', async () => {
    expect((await listed('resource_types=None::Such')).names).toEqual([])
  })

  const faulty: readonly [string, string][] = [
    ['limit=-1', 'limit param must be positive'],
    ['sort_dir=up', 'Invalid sort direction: up'],
    ['visibility=shared', 'Invalid visibility value: shared'],
  ]
  for (const [query, text] of faulty)
    row(`m4 ${query}: 400`, async () => expectFault(await admin.get(`${namespacesPath}?${query}`), 400, text))

  for (const query of ['limit=x', 'sort_key=x'])
    row(`m11 ${query}: 400`, defect('500'), async () => {
      expect((await admin.get(`${namespacesPath}?${query}`)).status).toBe(400)
    })

  row('m11 id_list is ignored', defect('500'), async () => {
    expect((await admin.get(`${namespacesPath}?id_list=1`)).status).toBe(200)
  })

  row('m4 an unknown marker: 404', async () => {
    expectFault(await admin.get(`${namespacesPath}?marker=none`), 404, unknown('none'))
  })

  row('m4 a hidden marker: 404, as an unknown one', defect('403 that names it'), async () => {
    const name = await createNamespace({ visibility: 'private' })
    expectFault(await member.get(`${namespacesPath}?marker=${encodeURIComponent(name)}`), 404, unknown(name))
  })

  row('m4 goes on after a namespace that was deleted meanwhile', defect('404'), async () => {
    const name = await createNamespace()
    expectEmpty(await admin.delete(namespacePath(name)))
    expect((await admin.get(`${namespacesPath}?marker=${encodeURIComponent(name)}`)).status).toBe(200)
  })
})

describe('metadefs 2 methods and paths', () => {
  const allowed: readonly [string, string][] = [
    [namespacesPath, 'GET, POST'],
    [namespacePath('n'), 'GET, PUT, DELETE'],
    ['/v2/metadefs/resource_types', 'GET'],
    [namespacePath('n', 'resource_types'), 'GET, POST'],
    [namespacePath('n', 'resource_types', 'r'), 'DELETE'],
    [namespacePath('n', 'objects'), 'GET, POST, DELETE'],
    [namespacePath('n', 'objects', 'o'), 'GET, PUT, DELETE'],
    [namespacePath('n', 'properties'), 'GET, POST, DELETE'],
    [namespacePath('n', 'properties', 'p'), 'GET, PUT, DELETE'],
    [namespacePath('n', 'tags'), 'GET, POST, DELETE'],
    [namespacePath('n', 'tags', 't'), 'GET, POST, PUT, DELETE'],
  ]
  for (const [path, allow] of allowed)
    row(`m2 PATCH ${path}: 405`, async () => {
      const response = await admin.patch(path)
      expectFault(response, 405, notAllowed('PATCH'))
      expect(response.headers.allow?.split(', ').sort()).toEqual(allow.split(', ').sort())
    })

  row('m2 HEAD: 405', async () => {
    expect((await admin.request('HEAD', namespacesPath)).status).toBe(405)
  })

  for (const path of ['/v2/metadefs', '/v2/metadefs/x', `${namespacePath('n')}/x`])
    row(`m2 ${path}: 404`, async () => expectFault(await admin.get(path), 404, notFoundText))

  listenerRow('m2 a slash at the end: 404', async () => {
    expectFault(await admin.get(`${namespacesPath}/`), 404, notFoundText)
  })

  row('m4 PUT of what GET answered, nested parts and their times too: 200', async () => {
    const name = await createNamespace({
      resource_type_associations: [{ name: 'OS::Glance::Image', prefix: 'hw_' }],
      objects: [{ name: 'o', properties: { p: { type: 'string', title: 'P' } } }],
      tags: [{ name: 't' }],
    })
    const {
      self: _self,
      schema: _schema,
      created_at: _created,
      updated_at: _updated,
      ...shown
    } = documentOf(await admin.get(namespacePath(name)))
    const changed = { ...shown, display_name: 'Changed' }
    expect(documentOf(await admin.put(namespacePath(name), { json: changed })).display_name).toBe('Changed')
    expect(documentOf(await admin.get(namespacePath(name)))).toMatchObject(changed)
  })

  row('m4 the answer to PUT has the new time', defect('the time before the change'), async () => {
    const name = await createNamespace()
    const before = documentOf(await admin.get(namespacePath(name)))
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const after = documentOf(await admin.put(namespacePath(name), { json: { namespace: name } }))
    expect(after.updated_at).not.toBe(before.updated_at)
    expect(documentOf(await admin.get(namespacePath(name))).updated_at).toBe(after.updated_at)
  })
})
