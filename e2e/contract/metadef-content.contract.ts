import { describe, expect } from 'vitest'
import { admin, member } from './support/api'
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
  times,
  unknown,
} from './support/metadefs'
import { defect, row, sometimes } from './support/row'

const text = { type: 'string', title: 't' }

describe('metadefs 5 resource types and associations', () => {
  row('m5 POST: 201; GET lists it', async () => {
    const name = await createNamespace()
    const path = namespacePath(name, 'resource_types')
    expect(documentOf(await member.get(path))).toEqual({ resource_type_associations: [] })
    const sent = { name: 'OS::Nova::Flavor', prefix: 'lab:', properties_target: 'x' }
    expect(documentOf(await admin.post(path, { json: sent }), 201)).toEqual({ ...sent, ...times })
    expect(documentOf(await member.get(path))).toEqual({ resource_type_associations: [{ ...sent, ...times }] })
    const { resource_types: types } = documentOf(await member.get('/v2/metadefs/resource_types'))
    expect(types).toContainEqual(expect.objectContaining({ name: 'OS::Nova::Flavor', created_at: times.created_at }))
  })

  row('m5 a second time: 409', async () => {
    const name = await createNamespace({ resource_type_associations: [{ name: 'Contract::T' }] })
    const response = await admin.post(namespacePath(name, 'resource_types'), { json: { name: 'Contract::T' } })
    const text409 = `The metadata definition resource-type association of resource-type=Contract::T to namespace=${name} already exists.`
    expectFault(response, 409, text409)
  })

  row('m5 read-only: 403; faulty: 400; absent namespace: 404', async () => {
    const path = namespacePath(await createNamespace(), 'resource_types')
    const post = (json: object, to = path) => admin.post(to, { json })
    expectFault(await post({ name: 'A', created_at: 'x' }), 403, "Attribute 'created_at' is read-only.")
    expectFaultWith(await post({}), 400, mismatch('resource_type_association'))
    expectFaultWith(await post({ name: 'A', colour: 'red' }), 400, "('colour' was unexpected)")
    for (const key of ['name', 'prefix', 'properties_target'])
      expectFaultWith(await post({ name: 'A', [key]: 'x'.repeat(81) }), 400, 'is too long')
    expectFault(await post({ name: 'A' }, namespacePath('none', 'resource_types')), 404, absent('none'))
    expectFault(await admin.get(namespacePath('none', 'resource_types')), 404, absent('none'))
  })

  row('m5 DELETE: 204, then 404', async () => {
    const name = await createNamespace({ resource_type_associations: [{ name: 'Contract::T' }] })
    const path = namespacePath(name, 'resource_types', 'Contract::T')
    expect((await admin.delete(path, { body: '{}' })).status).toBe(400)
    expectEmpty(await admin.delete(path))
    expectFault(await admin.delete(path), 404, 'Failed to find resource type Contract::T to delete')
  })

  row('m3 DELETE in a protected namespace: 403', async () => {
    const name = await createNamespace({ protected: true, resource_type_associations: [{ name: 'Contract::T' }] })
    const response = await admin.delete(namespacePath(name, 'resource_types', 'Contract::T'))
    const text403 = 'Metadata definition resource-type-association Contract::T is protected and cannot be deleted.'
    expectFault(response, 403, text403)
  })
})

describe('metadefs 6 objects', () => {
  const [sent] = content.objects
  const linksOf = (namespace: string, name = 'Replica') => ({
    self: `${namespacesPath}/${namespace}/objects/${name}`,
    schema: '/v2/schemas/metadefs/object',
  })

  row('m6 POST: 201; GET one and all', async () => {
    const name = await createNamespace()
    const whole = { ...sent, ...times, ...linksOf(name) }
    expect(documentOf(await admin.post(namespacePath(name, 'objects'), { json: sent }), 201)).toEqual(whole)
    expect(documentOf(await member.get(namespacePath(name, 'objects', 'Replica')))).toEqual(whole)
    expect(documentOf(await member.get(namespacePath(name, 'objects')))).toEqual({
      objects: [whole],
      schema: 'v2/schemas/metadefs/objects',
    })
  })

  row('m2 what was not sent is left out of the first answer and empty later', async () => {
    const name = await createNamespace()
    const bare = { name: 'o', ...times, ...linksOf(name, 'o') }
    expect(documentOf(await admin.post(namespacePath(name, 'objects'), { json: { name: 'o' } }), 201)).toEqual(bare)
    const later = documentOf(await member.get(namespacePath(name, 'objects', 'o')))
    expect(later).toEqual({ ...bare, required: [], properties: {} })
  })

  row('m6 a name in use: 409', async () => {
    const name = await createNamespace(content)
    const text409 = `A metadata definition object with name=Replica already exists in namespace=${name}.`
    expectFault(await admin.post(namespacePath(name, 'objects'), { json: { name: 'Replica' } }), 409, text409)
  })

  for (const key of ['self', 'schema', 'created_at', 'updated_at'])
    row(`m6 with ${key}: 403`, async () => {
      const response = await admin.post(namespacePath('none', 'objects'), { json: { name: 'o', [key]: 'x' } })
      expectFault(response, 403, `Attribute '${key}' is read-only.`)
    })

  const faulty: readonly [string, object][] = [
    ['no name', {}],
    ['81 letters', { name: 'x'.repeat(81) }],
    ['an unknown key', { name: 'o', colour: 'red' }],
    ['text for required', { name: 'o', required: 'a' }],
    ['required twice', { name: 'o', required: ['a', 'a'] }],
    ['a property without a type', { name: 'o', properties: { p: { title: 't' } } }],
  ]
  for (const [what, json] of faulty)
    row(`m6 ${what}: 400`, async () => {
      const name = await createNamespace(content)
      expectFaultWith(await admin.post(namespacePath(name, 'objects'), { json }), 400, mismatch('object'))
      expectFaultWith(await admin.put(namespacePath(name, 'objects', 'Replica'), { json }), 400, mismatch('object'))
    })

  row('m6 PUT with an unknown key of a property: 400', defect('500'), async () => {
    const name = await createNamespace(content)
    const json = { name: 'Replica', properties: { p: { ...text, colour: 'red' } } }
    expectFaultWith(await admin.put(namespacePath(name, 'objects', 'Replica'), { json }), 400, 'colour')
  })

  row('m6 PUT replaces everything, and renames', async () => {
    const name = await createNamespace(content)
    const answer = documentOf(await admin.put(namespacePath(name, 'objects', 'Replica'), { json: { name: 'r2' } }))
    expect(answer).toMatchObject({ name: 'r2', ...linksOf(name, 'r2') })
    const shown = documentOf(await member.get(namespacePath(name, 'objects', 'r2')))
    expect(shown).toEqual({ name: 'r2', required: [], properties: {}, ...times, ...linksOf(name, 'r2') })
    expect((await member.get(namespacePath(name, 'objects', 'Replica'))).status).toBe(404)
  })

  row('m10 PUT to a name in use: 409', async () => {
    const name = await createNamespace({ objects: [{ name: 'a' }, { name: 'b' }] })
    expect((await admin.put(namespacePath(name, 'objects', 'a'), { json: { name: 'b' } })).status).toBe(409)
  })

  for (const [query, reason] of [
    ['limit=0', 'limit param must be positive'],
    ['limit=-1', 'limit param must be positive'],
    ['limit=x', 'limit param must be an integer'],
    ['sort_dir=up', 'Invalid sort direction: up'],
    ['visibility=x', 'Invalid visibility value: x'],
  ] as const)
    row(`m6 list with ${query}: 400`, async () => {
      const name = await createNamespace()
      expectFault(await admin.get(`${namespacePath(name, 'objects')}?${query}`), 400, reason)
    })

  row('m6 other words of the query change nothing', async () => {
    const name = await createNamespace({ objects: [{ name: 'a' }, { name: 'b' }] })
    const query = 'limit=1&sort_dir=asc&visibility=shared'
    const { objects } = documentOf(await admin.get(`${namespacePath(name, 'objects')}?${query}`))
    expect(objects).toHaveLength(2)
  })

  row('m6 DELETE one and all: 204', async () => {
    const name = await createNamespace({ objects: [{ name: 'a' }, { name: 'b' }] })
    expectEmpty(await admin.delete(namespacePath(name, 'objects', 'a')))
    const text404 = 'Could not find metadata object a'
    expectFault(await admin.delete(namespacePath(name, 'objects', 'a')), 404, text404)
    expectFault(await admin.get(namespacePath(name, 'objects', 'a')), 404, text404)
    expectEmpty(await admin.delete(namespacePath(name, 'objects')))
    expect(documentOf(await admin.get(namespacePath(name, 'objects'))).objects).toEqual([])
  })

  row('m3 DELETE in a protected namespace: 403', async () => {
    const name = await createNamespace({ protected: true, objects: [{ name: 'a' }] })
    const text403 = 'Metadata definition object a is protected and cannot be deleted.'
    expectFault(await admin.delete(namespacePath(name, 'objects', 'a')), 403, text403)
  })

  row('m2 in an absent namespace: 404', async () => {
    expectFault(await admin.get(namespacePath('none', 'objects')), 404, unknown('none'))
    expectFault(await admin.get(namespacePath('none', 'objects', 'o')), 404, unknown('none'))
    expectFault(await admin.post(namespacePath('none', 'objects'), { json: { name: 'o' } }), 404, unknown('none'))
    expectFault(await admin.put(namespacePath('none', 'objects', 'o'), { json: { name: 'o' } }), 404, unknown('none'))
    expectFault(await admin.delete(namespacePath('none', 'objects', 'o')), 404, unknown('none'))
    expectFault(await admin.delete(namespacePath('none', 'objects')), 404, absent('none'))
  })
})

describe('metadefs 7 properties', () => {
  const zones = {
    name: 'zones',
    type: 'array',
    title: 'Zones',
    operators: ['<all-in>'],
    items: { type: 'string', enum: ['a', 'b'] },
    uniqueItems: true,
    minItems: 1,
    maxItems: 2,
  }

  row('m7 POST: 201; GET one; the list repeats the name of such', async () => {
    const name = await createNamespace(content)
    expect(documentOf(await admin.post(namespacePath(name, 'properties'), { json: zones }), 201)).toEqual(zones)
    expect(documentOf(await member.get(namespacePath(name, 'properties', 'zones')))).toEqual(zones)
    expect(documentOf(await member.get(namespacePath(name, 'properties')))).toEqual({
      properties: { ...content.properties, zones },
    })
    expect(documentOf(await member.get(namespacePath(name, 'properties', 'tier')))).toEqual({
      name: 'tier',
      ...content.properties.tier,
    })
  })

  row('m7 GET by the prefixed name of a resource type', async () => {
    const name = await createNamespace({
      ...content,
      resource_type_associations: [{ name: 'A', prefix: 'lab_' }, { name: 'B' }],
    })
    const get = (property: string, type: string) =>
      member.get(`${namespacePath(name, 'properties', property)}?resource_type=${type}`)
    expect(documentOf(await get('lab_tier', 'A'))).toEqual({ name: 'tier', ...content.properties.tier })
    for (const [property, type] of [
      ['tier', 'A'],
      ['tier', 'B'],
      ['tier', 'None'],
      ['lab_none', 'A'],
    ] as const)
      expect((await get(property, type)).status).toBe(404)
    expect(documentOf(await get('tier', '')).name).toBe('tier')
  })

  row('m7 GET with an unknown query key', defect('500'), async () => {
    const name = await createNamespace(content)
    expect((await member.get(`${namespacePath(name, 'properties', 'tier')}?x=1`)).status).toBe(200)
  })

  for (const [sent, shown] of [
    [3, '3'],
    [true, 'True'],
    ['a', 'a'],
  ] as const)
    row(`m7 default ${JSON.stringify(sent)} comes back as text`, async () => {
      const name = await createNamespace({ properties: { p: { ...text, default: sent } } })
      const { default: value } = documentOf(await member.get(namespacePath(name, 'properties', 'p')))
      expect(value).toBe(shown)
    })

  row('m7 default é', defect('400'), async () => {
    const name = await createNamespace({ properties: { p: { ...text, default: 'é' } } })
    expect(documentOf(await member.get(namespacePath(name, 'properties', 'p'))).default).toBe('é')
  })

  row('m7 minimum 0.5 is kept', defect('cut to 0'), async () => {
    const name = await createNamespace({ properties: { p: { ...text, minimum: 0.5 } } })
    expect(documentOf(await member.get(namespacePath(name, 'properties', 'p'))).minimum).toBe(0.5)
  })

  row('m7 numbers to choose from come back as text', defect('500'), async () => {
    const name = await createNamespace()
    const response = await admin.post(namespacePath(name, 'properties'), { json: { name: 'p', ...text, enum: [1, 2] } })
    expect(documentOf(response, 201).enum).toEqual(['1', '2'])
  })

  row('m7 required is kept', defect('500'), async () => {
    const name = await createNamespace()
    const json = { name: 'p', ...text, required: ['a'] }
    const response = await admin.post(namespacePath(name, 'properties'), { json })
    expect(documentOf(response, 201).required).toEqual(['a'])
  })

  row('m7 items without a type: 400', defect('500'), async () => {
    const name = await createNamespace()
    const response = await admin.post(namespacePath(name, 'properties'), { json: { name: 'p', ...text, items: {} } })
    expectFaultWith(response, 400, mismatch('property'))
  })

  const faulty: readonly [string, object][] = [
    ['no name', text],
    ['no type', { name: 'p', title: 't' }],
    ['no title', { name: 'p', type: 'string' }],
    ['another type', { name: 'p', title: 't', type: 'text' }],
    ['81 letters', { name: 'x'.repeat(81), ...text }],
    ['confidential', { name: 'p', ...text, confidential: true }],
    ['self', { name: 'p', ...text, self: 'x' }],
    ['a negative minLength', { name: 'p', ...text, minLength: -1 }],
    ['text for readonly', { name: 'p', ...text, readonly: 'x' }],
  ]
  for (const [what, json] of faulty)
    row(`m7 ${what}: 400`, async () => {
      const name = await createNamespace(content)
      expectFaultWith(await admin.post(namespacePath(name, 'properties'), { json }), 400, mismatch('property'))
      expectFaultWith(await admin.put(namespacePath(name, 'properties', 'tier'), { json }), 400, mismatch('property'))
    })

  row('m7 with created_at: 403', async () => {
    const response = await admin.post(namespacePath('none', 'properties'), { json: { created_at: 'x' } })
    expectFault(response, 403, "Attribute 'created_at' is read-only.")
  })

  row('m10 a name in use: 409, also of PUT', async () => {
    const name = await createNamespace({ properties: { p: text, q: text } })
    const text409 = `A metadata definition property with name=p already exists in namespace=${name}.`
    expectFault(await admin.post(namespacePath(name, 'properties'), { json: { name: 'p', ...text } }), 409, text409)
    const response = await admin.put(namespacePath(name, 'properties', 'q'), { json: { name: 'p', ...text } })
    expect(response.status).toBe(409)
  })

  row('m7 PUT replaces all keys, and renames', async () => {
    const name = await createNamespace(content)
    const json = { name: 'level', type: 'integer', title: 'Level' }
    expect(documentOf(await admin.put(namespacePath(name, 'properties', 'tier'), { json }))).toEqual(json)
    expect(documentOf(await member.get(namespacePath(name, 'properties')))).toEqual({ properties: { level: json } })
  })

  row('m7 DELETE one and all: 204', async () => {
    const name = await createNamespace({ properties: { p: text, q: text } })
    expectEmpty(await admin.delete(namespacePath(name, 'properties', 'p')))
    const text404 = 'Could not find property p'
    expectFault(await admin.delete(namespacePath(name, 'properties', 'p')), 404, text404)
    expectEmpty(await admin.delete(namespacePath(name, 'properties')))
    expect(documentOf(await admin.get(namespacePath(name, 'properties')))).toEqual({ properties: {} })
  })

  row('m3 DELETE in a protected namespace: 403', async () => {
    const name = await createNamespace({ protected: true, properties: { p: text } })
    const text403 = 'Metadata definition property p is protected and cannot be deleted.'
    expectFault(await admin.delete(namespacePath(name, 'properties', 'p')), 403, text403)
  })

  row('m2 in an absent namespace: 404', async () => {
    const json = { name: 'p', ...text }
    const path = namespacePath('none', 'properties')
    for (const response of [
      await admin.get(path),
      await admin.get(`${path}/p`),
      await admin.post(path, { json }),
      await admin.put(`${path}/p`, { json }),
      await admin.delete(`${path}/p`),
      await admin.delete(path),
    ])
      expectFault(response, 404, absent('none'))
  })
})

describe('metadefs 8 tags', () => {
  const tagged = async (names: readonly string[], fields: object = {}) => {
    const namespace = await createNamespace(fields)
    const json = { tags: names.map((name) => ({ name })) }
    documentOf(await admin.post(namespacePath(namespace, 'tags'), { json }), 201)
    return namespace
  }
  const namesOf = async (namespace: string, query = 'sort_key=name&sort_dir=asc') => {
    const { tags } = documentOf(await member.get(`${namespacePath(namespace, 'tags')}?${query}`))
    return (tags as { name: string }[]).map(({ name }) => name)
  }

  row('m8 POST one: 201; GET; PUT renames; DELETE', async () => {
    const name = await createNamespace()
    expect(documentOf(await admin.post(namespacePath(name, 'tags', 'nvme')), 201)).toEqual({ name: 'nvme', ...times })
    expect(documentOf(await member.get(namespacePath(name, 'tags', 'nvme')))).toEqual({ name: 'nvme', ...times })
    const renamed = documentOf(await admin.put(namespacePath(name, 'tags', 'nvme'), { json: { name: 'disk' } }))
    expect(renamed).toEqual({ name: 'disk', ...times })
    const text404 = 'Could not find metadata tag nvme'
    expectFault(await member.get(namespacePath(name, 'tags', 'nvme')), 404, text404)
    expectEmpty(await admin.delete(namespacePath(name, 'tags', 'disk')))
    expect(await namesOf(name)).toEqual([])
  })

  row('m8 a name in use: 409', async () => {
    const name = await tagged(['a', 'b'])
    const text409 = `A metadata tag with name=a already exists in namespace=${name}. (Please note that metadata tag names are case insensitive).`
    expectFault(await admin.post(namespacePath(name, 'tags', 'a')), 409, text409)
    expect((await admin.put(namespacePath(name, 'tags', 'b'), { json: { name: 'a' } })).status).toBe(409)
  })

  row('m8 POST with a body, and of 81 letters: 400; absent namespace first: 404', async () => {
    const name = await createNamespace()
    expect((await admin.post(namespacePath(name, 'tags', 'a'), { body: '{}' })).status).toBe(400)
    expect((await admin.post(namespacePath(name, 'tags', 'x'.repeat(81)))).status).toBe(400)
    expectFault(await admin.post(namespacePath('none', 'tags', 'x'.repeat(81))), 404, absent('none'))
  })

  row('m8 PUT with created_at: 403, with another key: 400', async () => {
    const name = await tagged(['a'])
    const put = (json: object) => admin.put(namespacePath(name, 'tags', 'a'), { json })
    expectFault(await put({ name: 'b', created_at: 'x' }), 403, "Attribute 'created_at' is read-only.")
    expectFaultWith(await put({ name: 'b', colour: 'red' }), 400, mismatch('tag'))
    expectFaultWith(await put({}), 400, mismatch('tag'))
  })

  row('m8 POST many replaces, or appends when the header says so', async () => {
    const name = await tagged(['a', 'b'])
    const post = (names: readonly string[], append?: string) =>
      admin.post(namespacePath(name, 'tags'), {
        json: { tags: names.map((tag) => ({ name: tag })) },
        ...(append !== undefined && { headers: { 'X-Openstack-Append': append } }),
      })
    expect(documentOf(await post(['c'], 'True'), 201)).toEqual({ tags: [{ name: 'c' }] })
    expect(await namesOf(name)).toEqual(['a', 'b', 'c'])
    expect((await post(['d', 'a'], '1')).status).toBe(409)
    expect(await namesOf(name)).toEqual(['a', 'b', 'c'])
    expect((await post(['x', 'x'])).status).toBe(409)
    expect(await namesOf(name)).toEqual(['a', 'b', 'c'])
    documentOf(await post([]), 201)
    expect(await namesOf(name)).toEqual(['a', 'b', 'c'])
    documentOf(await post(['d'], 'maybe'), 201)
    expect(await namesOf(name)).toEqual(['d'])
  })

  row('m8 POST many without tags: 400', defect('500'), async () => {
    const name = await createNamespace()
    expectFaultWith(await admin.post(namespacePath(name, 'tags'), { json: {} }), 400, mismatch('tags'))
  })

  row('m8 POST many, one of 81 letters: 400', defect('taken, or 500'), async () => {
    const name = await createNamespace()
    const json = { tags: [{ name: 'x'.repeat(81) }] }
    expectFaultWith(await admin.post(namespacePath(name, 'tags'), { json }), 400, mismatch('tags'))
  })

  row('m8 POST many, without a name and with another key: 400', async () => {
    const name = await createNamespace()
    for (const tag of [{}, { name: 'a', colour: 'red' }])
      expectFaultWith(await admin.post(namespacePath(name, 'tags'), { json: { tags: [tag] } }), 400, mismatch('tags'))
  })

  row('m8 the list has pages', async () => {
    const name = await tagged(['a', 'b', 'c'])
    const query = 'sort_key=name&sort_dir=asc'
    expect(await namesOf(name, `${query}&limit=2`)).toEqual(['a', 'b'])
    expect(await namesOf(name, `${query}&limit=2&marker=b`)).toEqual(['c'])
    expect(await namesOf(name, 'sort_key=name')).toEqual(['c', 'b', 'a'])
    expect(await namesOf(name, 'limit=0')).toEqual([])
    const path = namespacePath(name, 'tags')
    expect((await member.get(`${path}?marker=none`)).status).toBe(404)
    for (const faulty of ['limit=-1', 'limit=x', 'sort_dir=up', 'visibility=x'])
      expect((await member.get(`${path}?${faulty}`)).status).toBe(400)
  })

  row('m11 sort_key=x: 400', defect('500'), async () => {
    const name = await createNamespace()
    expect((await member.get(`${namespacePath(name, 'tags')}?sort_key=x`)).status).toBe(400)
  })

  const foldsCase = sometimes(defect('409 where its database compares without case'))
  row('m8 upper case is another tag', foldsCase, async () => {
    const name = await createNamespace()
    documentOf(await admin.post(namespacePath(name, 'tags', 'a')), 201)
    documentOf(await admin.post(namespacePath(name, 'tags', 'A')), 201)
  })

  row('m8 a name of another script', defect('stores wrong letters'), async () => {
    const name = await createNamespace()
    expect(documentOf(await admin.post(namespacePath(name, 'tags', 'é磁')), 201).name).toBe('é磁')
  })

  row('m8 DELETE all: 204; in a protected namespace one: 403', async () => {
    const name = await tagged(['a', 'b'])
    expectEmpty(await admin.delete(namespacePath(name, 'tags')))
    expect(await namesOf(name)).toEqual([])
    const kept = await tagged(['a'], { protected: true })
    const text403 = 'Metadata definition tag a is protected and cannot be deleted.'
    expectFault(await admin.delete(namespacePath(kept, 'tags', 'a')), 403, text403)
  })

  row('m2 in an absent namespace: 404', async () => {
    const path = namespacePath('none', 'tags')
    for (const response of [
      await admin.get(path),
      await admin.get(`${path}/t`),
      await admin.post(path, { json: { tags: [] } }),
      await admin.post(`${path}/t`),
      await admin.put(`${path}/t`, { json: { name: 't' } }),
      await admin.delete(`${path}/t`),
      await admin.delete(path),
    ])
      expectFault(response, 404, absent('none'))
  })
})
