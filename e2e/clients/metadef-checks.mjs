// Metadata definitions on the glance command line, all of its subcommands: as administrator, as a reader of what is
// public, and as somebody who may not write.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entityOf, rowsOf } from './checks.mjs'

const columnOf = (table, name) => rowsOf(table).map((row) => row[name])
const schema = (value) => JSON.stringify(value)

export async function checkMetadefs(world) {
  const name = `Clients::${world.tag}`
  const names = { name, hidden: `${name}::Hidden`, imported: `${name}::Imported` }
  await checkNamespaces(world, names)
  await checkResourceTypes(world, names)
  await checkProperties(world, names)
  await checkObjects(world, names)
  await checkTags(world, names)
  await checkReaders(world, names)
  await checkRefusals(world, names)
  await checkScripts(world, names)
  await checkDeletion(world, names)
}

async function checkNamespaces({ check, admin, folder }, { name, hidden, imported }) {
  await check('md-namespace-create', async () => {
    const made = entityOf(
      await admin.glance(
        ...['md-namespace-create', name, '--display-name', 'Clients', '--description', 'For the lab'],
        ...['--visibility', 'public', '--protected', 'False'],
      ),
    )
    assert.equal(made.namespace, name)
    assert.deepEqual([made.display_name, made.visibility, made.protected], ['Clients', 'public', 'False'])
    assert.match(made.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })
  await check('md-namespace-create of a private one with any owner', async () => {
    const made = entityOf(await admin.glance('md-namespace-create', hidden, '--owner', 'nobody'))
    assert.deepEqual([made.visibility, made.owner], ['private', 'nobody'])
  })
  await check('md-namespace-create a second time: 409', () =>
    admin.refused(/409|already exists/, 'glance', 'md-namespace-create', name),
  )
  await check('md-namespace-import from a file', async () => {
    const file = join(folder, 'namespace.json')
    writeFileSync(
      file,
      schema({
        namespace: imported,
        visibility: 'public',
        resource_type_associations: [{ name: 'OS::Glance::Image', prefix: 'hw_' }],
        properties: { size: { type: 'integer', title: 'Size', default: 3, minimum: 0 } },
        objects: [{ name: 'Disk', required: ['bus'], properties: { bus: { type: 'string', title: 'Bus' } } }],
        tags: [{ name: 'fast' }, { name: 'slow' }],
      }),
    )
    const made = entityOf(await admin.glance('md-namespace-import', '--file', file))
    assert.equal(made.namespace, imported)
    assert.match(made.tags, /fast/)
  })
  await check('md-namespace-show', async () => {
    const shown = entityOf(await admin.glance('md-namespace-show', imported))
    assert.match(shown.properties, /size/)
    assert.match(shown.objects, /Disk/)
    assert.match(shown.resource_type_associations, /OS::Glance::Image/)
  })
  await check('md-namespace-show --resource-type puts the prefix in front', async () => {
    const shown = entityOf(await admin.glance('md-namespace-show', imported, '--resource-type', 'OS::Glance::Image'))
    assert.match(shown.properties, /hw_size/)
  })
  await check('md-namespace-show of an absent one: 404', () =>
    admin.refused(/404|not found/i, 'glance', 'md-namespace-show', `${name}::None`),
  )
  await check('md-namespace-list', async () => {
    const listed = columnOf(await admin.glance('md-namespace-list'), 'namespace')
    for (const known of [name, hidden, imported]) assert.ok(listed.includes(known))
  })
  await check('md-namespace-list --page-size goes through all pages', async () => {
    const whole = columnOf(await admin.glance('md-namespace-list'), 'namespace')
    const paged = columnOf(await admin.glance('md-namespace-list', '--page-size', '2'), 'namespace')
    assert.deepEqual(paged, whole)
  })
  await check('md-namespace-list --visibility private', async () => {
    const listed = columnOf(await admin.glance('md-namespace-list', '--visibility', 'private'), 'namespace')
    assert.deepEqual([listed.includes(hidden), listed.includes(name)], [true, false])
  })
  await check('md-namespace-list --resource-types', async () => {
    const listed = columnOf(
      await admin.glance('md-namespace-list', '--resource-types', 'OS::Glance::Image'),
      'namespace',
    )
    assert.deepEqual([listed.includes(imported), listed.includes(name)], [true, false])
  })
  await check('md-namespace-update', async () => {
    const changed = entityOf(
      await admin.glance('md-namespace-update', name, '--display-name', 'Again', '--visibility', 'public'),
    )
    assert.deepEqual([changed.namespace, changed.display_name], [name, 'Again'])
  })
}

async function checkResourceTypes({ check, admin }, { name }) {
  await check('md-resource-type-associate', async () => {
    const options = ['--name', 'OS::Nova::Flavor', '--prefix', 'hw:', '--properties-target', 'image']
    const made = entityOf(await admin.glance('md-resource-type-associate', name, ...options))
    assert.deepEqual([made.name, made.prefix, made.properties_target], ['OS::Nova::Flavor', 'hw:', 'image'])
  })
  await check('md-resource-type-associate a second time: 409', () =>
    admin.refused(/409|already exists/, 'glance', 'md-resource-type-associate', name, '--name', 'OS::Nova::Flavor'),
  )
  await check('md-namespace-resource-type-list', async () => {
    const rows = rowsOf(await admin.glance('md-namespace-resource-type-list', name))
    assert.deepEqual(rows, [{ name: 'OS::Nova::Flavor', prefix: 'hw:', properties_target: 'image' }])
  })
  await check('md-resource-type-list', async () => {
    const listed = columnOf(await admin.glance('md-resource-type-list'), 'name')
    for (const known of ['OS::Glance::Image', 'OS::Nova::Flavor']) assert.ok(listed.includes(known))
  })
  await check('md-resource-type-deassociate', async () => {
    await admin.glance('md-resource-type-deassociate', name, 'OS::Nova::Flavor')
    assert.deepEqual(rowsOf(await admin.glance('md-namespace-resource-type-list', name)), [])
  })
  await check('md-resource-type-deassociate again: 404', () =>
    admin.refused(/404|Failed to find/, 'glance', 'md-resource-type-deassociate', name, 'OS::Nova::Flavor'),
  )
}

async function checkProperties({ check, admin }, { name }) {
  await check('md-property-create', async () => {
    const value = schema({ type: 'string', enum: ['a', 'b'], operators: ['<or>'], default: 'a' })
    const made = entityOf(
      await admin.glance('md-property-create', name, '--name', 'tier', '--title', 'Tier', '--schema', value),
    )
    assert.deepEqual([made.name, made.title, made.type, made.default], ['tier', 'Tier', 'string', 'a'])
  })
  await check('md-property-create a second time: 409', () => {
    const options = ['--name', 'tier', '--title', 'Tier', '--schema', schema({ type: 'string' })]
    return admin.refused(/409|already exists/, 'glance', 'md-property-create', name, ...options)
  })
  await check('md-property-create of another type: refused', () => {
    const options = ['--name', 'odd', '--title', 'Odd', '--schema', schema({ type: 'text' })]
    return admin.refused(/400|type|Unable to set/, 'glance', 'md-property-create', name, ...options)
  })
  await check('md-property-show', async () => {
    const shown = entityOf(await admin.glance('md-property-show', name, 'tier'))
    assert.equal(shown.name, 'tier')
    assert.match(shown.enum, /"a", "b"/)
  })
  await check('md-property-list', async () => {
    assert.deepEqual(rowsOf(await admin.glance('md-property-list', name)), [
      { name: 'tier', title: 'Tier', type: 'string' },
    ])
  })
  await check('md-property-update renames and changes', async () => {
    const changed = entityOf(
      await admin.glance('md-property-update', name, 'tier', '--name', 'level', '--title', 'Level'),
    )
    assert.deepEqual([changed.name, changed.title], ['level', 'Level'])
  })
  await check('md-property-show by the former name: 404', () =>
    admin.refused(/404|not found/i, 'glance', 'md-property-show', name, 'tier'),
  )
}

async function checkObjects({ check, admin }, { name }) {
  const value = schema({
    description: 'A disk',
    required: ['bus'],
    properties: { bus: { type: 'string', title: 'Bus', enum: ['ide', 'sata'] } },
  })
  await check('md-object-create', async () => {
    const made = entityOf(await admin.glance('md-object-create', name, '--name', 'Disk', '--schema', value))
    assert.deepEqual([made.name, made.description], ['Disk', 'A disk'])
    assert.match(made.properties, /bus/)
  })
  await check('md-object-create a second time: 409', () =>
    admin.refused(/409|already exists/, 'glance', 'md-object-create', name, '--name', 'Disk', '--schema', value),
  )
  await check('md-object-show', async () => {
    const shown = entityOf(await admin.glance('md-object-show', name, 'Disk'))
    assert.match(shown.required, /bus/)
  })
  await check('md-object-property-show', async () => {
    const shown = entityOf(await admin.glance('md-object-property-show', name, 'Disk', 'bus'))
    assert.deepEqual([shown.name, shown.title], ['bus', 'Bus'])
  })
  await check('md-object-property-show of an absent one fails', () =>
    admin.refused(/not found/i, 'glance', 'md-object-property-show', name, 'Disk', 'none'),
  )
  await check('md-object-list', async () => {
    assert.deepEqual(rowsOf(await admin.glance('md-object-list', name)), [{ name: 'Disk', description: 'A disk' }])
  })
  await check('md-object-update', async () => {
    const options = ['--name', 'Drive', '--schema', schema({ description: 'A drive' })]
    const changed = entityOf(await admin.glance('md-object-update', name, 'Disk', ...options))
    assert.deepEqual([changed.name, changed.description], ['Drive', 'A drive'])
  })
  await check('md-object-show by the former name: 404', () =>
    admin.refused(/404|not found/i, 'glance', 'md-object-show', name, 'Disk'),
  )
}

async function checkTags({ check, admin }, { name }) {
  const listed = async () => columnOf(await admin.glance('md-tag-list', name), 'name').sort()
  await check('md-tag-create', async () => {
    assert.equal(entityOf(await admin.glance('md-tag-create', name, '--name', 'ssd')).name, 'ssd')
  })
  await check('md-tag-create a second time: 409', () =>
    admin.refused(/409|already exists/, 'glance', 'md-tag-create', name, '--name', 'ssd'),
  )
  await check('md-tag-show', async () => {
    assert.equal(entityOf(await admin.glance('md-tag-show', name, 'ssd')).name, 'ssd')
  })
  await check('md-tag-update', async () => {
    assert.equal(entityOf(await admin.glance('md-tag-update', name, 'ssd', '--name', 'nvme')).name, 'nvme')
    assert.deepEqual(await listed(), ['nvme'])
  })
  // With --append this release of the client fails by itself: its header is no text.
  await check('md-tag-create-multiple replaces', async () => {
    await admin.glance('md-tag-create-multiple', name, '--names', 'x:y', '--delim', ':')
    assert.deepEqual(await listed(), ['x', 'y'])
  })
  await check('md-tag-delete', async () => {
    await admin.glance('md-tag-delete', name, 'y')
    assert.deepEqual(await listed(), ['x'])
  })
  await check('md-tag-show of a deleted one: 404', () =>
    admin.refused(/404|not found/i, 'glance', 'md-tag-show', name, 'y'),
  )
}

/** Who may read and nothing else. */
async function checkReaders({ check, asMember, asOutsider }, { name, hidden }) {
  const reads = [
    ['md-namespace-show'],
    ['md-namespace-resource-type-list'],
    ['md-property-list'],
    ['md-property-show', 'level'],
    ['md-object-list'],
    ['md-object-show', 'Drive'],
    ['md-tag-list'],
    ['md-tag-show', 'x'],
  ]
  for (const [verb, ...rest] of reads) {
    await check(`${verb} of a public namespace by a member`, () => asMember.glance(verb, name, ...rest))
    await check(`${verb} of a hidden namespace: 404`, () =>
      asOutsider.refused(/404|not found/i, 'glance', verb, hidden, ...rest),
    )
  }
  await check('md-namespace-list by a member shows what is public', async () => {
    const listed = columnOf(await asMember.glance('md-namespace-list'), 'namespace')
    assert.deepEqual([listed.includes(name), listed.includes(hidden)], [true, false])
  })
}

const writesTo = (name) => [
  ['md-namespace-create', `${name}::New`],
  ['md-namespace-update', name, '--display-name', 'Mine', '--visibility', 'public'],
  ['md-resource-type-associate', name, '--name', 'OS::Nova::Server'],
  ['md-resource-type-deassociate', name, 'OS::Nova::Server'],
  ['md-property-create', name, '--name', 'p', '--title', 'P', '--schema', schema({ type: 'string' })],
  ['md-property-update', name, 'level', '--title', 'Mine'],
  ['md-property-delete', name, 'level'],
  ['md-namespace-properties-delete', name],
  ['md-object-create', name, '--name', 'o', '--schema', '{}'],
  ['md-object-update', name, 'Drive', '--name', 'Mine'],
  ['md-object-delete', name, 'Drive'],
  ['md-namespace-objects-delete', name],
  ['md-tag-create', name, '--name', 't'],
  ['md-tag-create-multiple', name, '--names', 'a,b'],
  ['md-tag-update', name, 'x', '--name', 'mine'],
  ['md-tag-delete', name, 'x'],
  ['md-namespace-tags-delete', name],
  ['md-namespace-delete', name],
]

async function checkRefusals({ check, asMember }, { name }) {
  for (const [verb, ...words] of writesTo(name))
    await check(`${verb} by a member: 403`, () =>
      asMember.refused(/403|Forbidden|not authorized/i, 'glance', verb, ...words),
    )
}

async function checkScripts({ check, admin, isReference }, { name }) {
  // The original takes the bytes of a path for Latin-1.
  if (isReference) return
  for (const word of ['café', 'диск', '磁盘'])
    await check(`a namespace and a tag called ${word}`, async () => {
      const named = `${name}::${word}`
      await admin.glance('md-namespace-create', named)
      await admin.glance('md-tag-create', named, '--name', word)
      assert.equal(entityOf(await admin.glance('md-tag-show', named, word)).name, word)
      assert.equal(entityOf(await admin.glance('md-namespace-show', named)).namespace, named)
      await admin.glance('md-namespace-delete', named)
    })
}

async function checkDeletion({ check, admin }, { name, hidden, imported }) {
  await check('md-namespace-delete of a protected namespace: 403', async () => {
    await admin.glance('md-namespace-update', imported, '--protected', 'True', '--visibility', 'public')
    await admin.refused(/403|protected/, 'glance', 'md-namespace-delete', imported)
    await admin.glance('md-namespace-update', imported, '--protected', 'False', '--visibility', 'public')
  })
  await check('md-property-delete', async () => {
    await admin.glance('md-property-delete', name, 'level')
    assert.deepEqual(rowsOf(await admin.glance('md-property-list', name)), [])
  })
  await check('md-object-delete', async () => {
    await admin.glance('md-object-delete', name, 'Drive')
    assert.deepEqual(rowsOf(await admin.glance('md-object-list', name)), [])
  })
  for (const [kind, list] of [
    ['properties', 'md-property-list'],
    ['objects', 'md-object-list'],
    ['tags', 'md-tag-list'],
  ])
    await check(`md-namespace-${kind}-delete`, async () => {
      await admin.glance(`md-namespace-${kind}-delete`, imported)
      assert.deepEqual(rowsOf(await admin.glance(list, imported)), [])
    })
  for (const namespace of [name, hidden, imported])
    await check(`md-namespace-delete ${namespace.split('::').at(-1)}`, async () => {
      await admin.glance('md-namespace-delete', namespace)
      await admin.refused(/404|not found/i, 'glance', 'md-namespace-show', namespace)
    })
}
