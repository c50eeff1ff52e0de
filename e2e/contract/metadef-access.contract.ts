import { describe, expect } from 'vitest'
import { admin, anonymous, type Caller, member, other, reader, roleless } from './support/api'
import { expectFault, expectFaultWith, notFoundText } from './support/fault'
import { absent, content, createNamespace, denied, namespacePath, namespacesPath, nextName } from './support/metadefs'
import { defect, row } from './support/row'

const text = { type: 'string', title: 't' }

interface Call {
  readonly what: string
  readonly ask: (caller: Caller, namespace: string) => ReturnType<Caller['get']>
  readonly rule: string
  readonly status: number
}

const reads: readonly Call[] = [
  { what: 'GET namespace', ask: (c, n) => c.get(namespacePath(n)), rule: '', status: 200 },
  { what: 'GET resource_types', ask: (c, n) => c.get(namespacePath(n, 'resource_types')), rule: '', status: 200 },
  { what: 'GET objects', ask: (c, n) => c.get(namespacePath(n, 'objects')), rule: '', status: 200 },
  { what: 'GET object', ask: (c, n) => c.get(namespacePath(n, 'objects', 'Replica')), rule: '', status: 200 },
  { what: 'GET properties', ask: (c, n) => c.get(namespacePath(n, 'properties')), rule: '', status: 200 },
  { what: 'GET property', ask: (c, n) => c.get(namespacePath(n, 'properties', 'tier')), rule: '', status: 200 },
  { what: 'GET tags', ask: (c, n) => c.get(namespacePath(n, 'tags')), rule: '', status: 200 },
  { what: 'GET tag', ask: (c, n) => c.get(namespacePath(n, 'tags', 'ssd')), rule: '', status: 200 },
]

// In an order in which an administrator may do all of them.
const writes: readonly Call[] = [
  {
    what: 'POST resource_types',
    ask: (c, n) => c.post(namespacePath(n, 'resource_types'), { json: { name: 'A' } }),
    rule: 'add_metadef_resource_type_association',
    status: 201,
  },
  {
    what: 'DELETE resource type',
    ask: (c, n) => c.delete(namespacePath(n, 'resource_types', 'OS::Glance::Image')),
    rule: 'remove_metadef_resource_type_association',
    status: 204,
  },
  {
    what: 'POST objects',
    ask: (c, n) => c.post(namespacePath(n, 'objects'), { json: { name: 'o' } }),
    rule: 'add_metadef_object',
    status: 201,
  },
  {
    what: 'PUT object',
    ask: (c, n) => c.put(namespacePath(n, 'objects', 'Replica'), { json: { name: 'Replica' } }),
    rule: 'modify_metadef_object',
    status: 200,
  },
  {
    what: 'DELETE object',
    ask: (c, n) => c.delete(namespacePath(n, 'objects', 'Replica')),
    rule: 'delete_metadef_object',
    status: 204,
  },
  {
    what: 'DELETE objects',
    ask: (c, n) => c.delete(namespacePath(n, 'objects')),
    rule: 'delete_metadef_namespace',
    status: 204,
  },
  {
    what: 'POST properties',
    ask: (c, n) => c.post(namespacePath(n, 'properties'), { json: { name: 'p', ...text } }),
    rule: 'add_metadef_property',
    status: 201,
  },
  {
    what: 'PUT property',
    ask: (c, n) => c.put(namespacePath(n, 'properties', 'tier'), { json: { name: 'tier', ...text } }),
    rule: 'modify_metadef_property',
    status: 200,
  },
  {
    what: 'DELETE property',
    ask: (c, n) => c.delete(namespacePath(n, 'properties', 'tier')),
    rule: 'remove_metadef_property',
    status: 204,
  },
  {
    what: 'DELETE properties',
    ask: (c, n) => c.delete(namespacePath(n, 'properties')),
    rule: 'delete_metadef_namespace',
    status: 204,
  },
  {
    what: 'POST tag',
    ask: (c, n) => c.post(namespacePath(n, 'tags', 't')),
    rule: 'add_metadef_tag',
    status: 201,
  },
  {
    what: 'POST tags',
    ask: (c, n) => c.post(namespacePath(n, 'tags'), { json: { tags: [{ name: 'ssd' }] } }),
    rule: 'add_metadef_tags',
    status: 201,
  },
  {
    what: 'PUT tag',
    ask: (c, n) => c.put(namespacePath(n, 'tags', 'ssd'), { json: { name: 'ssd' } }),
    rule: 'modify_metadef_tag',
    status: 200,
  },
  {
    what: 'DELETE tag',
    ask: (c, n) => c.delete(namespacePath(n, 'tags', 'ssd')),
    rule: 'delete_metadef_tag',
    status: 204,
  },
  {
    what: 'DELETE tags',
    ask: (c, n) => c.delete(namespacePath(n, 'tags')),
    rule: 'delete_metadef_namespace',
    status: 204,
  },
  {
    what: 'PUT namespace',
    ask: (c, n) => c.put(namespacePath(n), { json: { namespace: n } }),
    rule: 'modify_metadef_namespace',
    status: 200,
  },
  {
    what: 'DELETE namespace',
    ask: (c, n) => c.delete(namespacePath(n)),
    rule: 'delete_metadef_namespace',
    status: 204,
  },
]

const isPublic = { visibility: 'public', ...content }
const isOwn = { visibility: 'private', owner: member.projectId, ...content }

describe('metadefs 2 and policy 7: who may do what', () => {
  const whole = { visibility: 'private', owner: other.projectId, ...content }

  for (const { what, ask, status } of [...reads, ...writes]) {
    row(`p7 ${what} by an administrator, whosever it is: ${status}`, async () => {
      expect((await ask(admin, await createNamespace(whole))).status).toBe(status)
    })

    row(`p7 ${what} in a hidden namespace: 404`, async () => {
      const response = await ask(member, await createNamespace(whole))
      expect({ status: response.status, text: response.text }).toMatchObject({ status: 404 })
    })
  }

  for (const { what, ask } of reads) {
    row(`p7 ${what} of a public and of its own namespace by a member and by a reader: 200`, async () => {
      for (const [caller, fields] of [
        [member, isPublic],
        [other, isPublic],
        [member, isOwn],
        [reader, isOwn],
      ] as const)
        expect((await ask(caller, await createNamespace(fields))).status).toBe(200)
    })

    row(`p7 ${what} of a public namespace without a role: 404`, async () => {
      expectFault(await ask(roleless, await createNamespace(isPublic)), 404, notFoundText)
    })
  }

  for (const { what, ask, rule } of writes) {
    row(`p7 ${what} in a public and in its own namespace by a member: 403`, async () => {
      expectFault(await ask(member, await createNamespace(isPublic)), 403, denied(rule))
      expectFault(await ask(member, await createNamespace(isOwn)), 403, denied(rule))
      expectFault(await ask(other, await createNamespace(isPublic)), 403, denied(rule))
    })

    row(`p7 ${what} in a public namespace without a role: 404`, async () => {
      expectFault(await ask(roleless, await createNamespace(isPublic)), 404, notFoundText)
    })
  }

  row('p7 POST namespace by a member: 403', async () => {
    const response = await member.post(namespacesPath, { json: { namespace: nextName(), ...content } })
    expectFault(response, 403, denied('add_metadef_namespace'))
  })

  row('m2 a faulty body before the right: 400', async () => {
    expectFaultWith(await member.post(namespacesPath, { json: {} }), 400, "'namespace' is a required property")
  })

  const withoutNamespace: readonly [string, (caller: Caller) => ReturnType<Caller['get']>][] = [
    ['GET namespaces', (caller) => caller.get(namespacesPath)],
    ['GET resource_types', (caller) => caller.get('/v2/metadefs/resource_types')],
    ['POST namespaces', (caller) => caller.post(namespacesPath, { json: { namespace: nextName() } })],
  ]
  for (const [what, ask] of withoutNamespace)
    row(`p7 ${what} without a role: 404`, async () => expectFault(await ask(roleless), 404, notFoundText))

  row('m2 without a token: 401', async () => {
    for (const path of [namespacesPath, '/v2/metadefs/resource_types', '/v2/schemas/metadefs/tag', '/v2/metadefs/x'])
      expect((await anonymous.get(path)).status).toBe(401)
  })

  row('p8 hidden and absent have one text', defect('tells them apart'), async () => {
    const hidden = await createNamespace(whole)
    for (const rest of [[], ['objects'], ['objects', 'Replica']]) {
      const [a, b] = [
        await member.get(namespacePath(hidden, ...rest)),
        await member.get(namespacePath('none', ...rest)),
      ]
      expect([a.status, a.text.replaceAll(hidden, 'none')]).toEqual([404, b.text])
    }
  })

  row('m4 lists what is public or its own', async () => {
    const [shown, own, hidden] = [
      await createNamespace(isPublic),
      await createNamespace(isOwn),
      await createNamespace(whole),
    ]
    const namesSeenBy = async (caller: Caller) => {
      const { namespaces } = JSON.parse((await caller.get(`${namespacesPath}?limit=1000`)).text)
      return (namespaces as { namespace: string }[]).map(({ namespace }) => namespace)
    }
    const seen = await namesSeenBy(reader)
    expect([seen.includes(shown), seen.includes(own), seen.includes(hidden)]).toEqual([true, true, false])
    expect(await namesSeenBy(admin)).toEqual(expect.arrayContaining([shown, own, hidden]))
  })

  row('p8 resource types of hidden namespaces are not told', defect('tells every name'), async () => {
    const name = nextName()
    await createNamespace({ ...whole, resource_type_associations: [{ name }] })
    expect((await member.get('/v2/metadefs/resource_types')).text).not.toContain(name)
    expect((await other.get('/v2/metadefs/resource_types')).text).toContain(name)
  })

  row('m4 what its namespace is called is nobody else’s business, but the name is taken: 409', async () => {
    const namespace = await createNamespace(whole)
    expect((await admin.post(namespacesPath, { json: { namespace } })).status).toBe(409)
    expectFault(await member.delete(namespacePath(namespace)), 404, absent(namespace))
  })
})
