import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { imagePropertyGroups } from './image-properties'
import { createNamespace } from './namespaces'

const admin = contextOf({ roles: ['admin', 'member', 'reader'], projectId: 'admin' })
const reader = contextOf({ roles: ['reader'], projectId: 'ours' })
const nobody = contextOf({ roles: [], projectId: 'ours' })

describe.each(testFlavours())('definitions of image properties on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour)
  })
  afterEach(() => database.close())

  const image = (prefix?: string) => [{ name: 'OS::Glance::Image', ...(prefix !== undefined && { prefix }) }]

  it('are those of namespaces about images, with their prefixes, the objects apart', async () => {
    await createNamespace(admin, {
      namespace: 'NS::Disk',
      display_name: 'Disk',
      visibility: 'public',
      resource_type_associations: image('hw_'),
      properties: {
        disk_bus: { title: 'Bus', type: 'string', enum: ['virtio', 'scsi'], default: 'virtio' },
        queues: { title: 'Queues', type: 'integer', minimum: 1, maximum: 8, default: 4 },
        modes: { title: 'Modes', type: 'array', items: { type: 'string', enum: ['a', 'b'] }, operators: ['<in>'] },
      },
      objects: [
        { name: 'Cache', required: ['mode'], properties: { mode: { title: 'Mode', type: 'boolean', readonly: true } } },
      ],
    })
    await createNamespace(admin, {
      namespace: 'NS::Flavor',
      visibility: 'public',
      resource_type_associations: [{ name: 'OS::Nova::Flavor' }],
      properties: { other: { title: 'Other', type: 'string' } },
    })
    const groups = await imagePropertyGroups(reader)
    expect(groups.map(({ title, object, required }) => ({ title, object, required }))).toEqual([
      { title: 'Disk', object: null, required: [] },
      { title: 'Disk: Cache', object: 'Cache', required: ['hw_mode'] },
    ])
    expect(groups[0]?.properties).toMatchObject([
      { key: 'hw_disk_bus', type: 'string', choices: ['virtio', 'scsi'], default: 'virtio', isReadOnly: false },
      { key: 'hw_modes', type: 'array', choices: ['a', 'b'], operators: ['<in>'], default: null },
      { key: 'hw_queues', type: 'integer', minimum: 1, maximum: 8, choices: null, default: '4' },
    ])
    expect(groups[1]?.properties).toMatchObject([{ key: 'hw_mode', type: 'boolean', isReadOnly: true }])
  })

  it('leave out what the reader may not find or rules deny', async () => {
    await createNamespace(admin, {
      namespace: 'NS::Private',
      visibility: 'private',
      resource_type_associations: image(),
      properties: { secret: { title: 'Secret', type: 'string' } },
    })
    expect(await imagePropertyGroups(reader)).toEqual([])
    expect(await imagePropertyGroups(admin)).toHaveLength(1)
    await expect(imagePropertyGroups(nobody)).rejects.toMatchObject({ code: 'not_found' })
  })
})
