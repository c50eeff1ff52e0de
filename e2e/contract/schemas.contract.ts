import { describe, expect } from 'vitest'
import { z } from 'zod'
import { member, reader, roleless } from './support/api'
import { expectFault, notFoundText } from './support/fault'
import { defect, row } from './support/row'

const schemaOf = async (name: string) => {
  const response = await member.get(`/v2/schemas/${name}`)
  expect(response.status).toBe(200)
  expect(response.headers['content-type']).toBe('application/json')
  return z.looseObject({ properties: z.record(z.string(), z.unknown()) }).parse(JSON.parse(response.text))
}

/** The same with every description taken out: their wording is free. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, part]) => key !== 'description' || typeof part !== 'string')
  return Object.fromEntries(entries.map(([key, part]) => [key, bare(part)]))
}

const text = (maxLength: number) => ({ type: ['null', 'string'], maxLength })
const readOnly = { readOnly: true }
const uuid = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$'
const custom = { is_base: false }

const imageProperties = {
  id: { type: 'string', pattern: uuid },
  name: text(255),
  status: {
    ...readOnly,
    type: 'string',
    enum: [
      'queued',
      'saving',
      'active',
      'killed',
      'deleted',
      'uploading',
      'importing',
      'pending_delete',
      'deactivated',
    ],
  },
  visibility: { type: 'string', enum: ['community', 'public', 'private', 'shared'] },
  protected: { type: 'boolean' },
  os_hidden: { type: 'boolean' },
  checksum: { ...readOnly, ...text(32) },
  os_hash_algo: { ...readOnly, ...text(64) },
  os_hash_value: { ...readOnly, ...text(128) },
  owner: text(255),
  size: { ...readOnly, type: ['null', 'integer'] },
  virtual_size: { ...readOnly, type: ['null', 'integer'] },
  container_format: {
    type: ['null', 'string'],
    enum: [null, 'ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'],
  },
  disk_format: {
    type: ['null', 'string'],
    enum: [null, 'ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'],
  },
  created_at: { ...readOnly, type: 'string' },
  updated_at: { ...readOnly, type: 'string' },
  tags: { type: 'array', items: { type: 'string', maxLength: 255 } },
  direct_url: { ...readOnly, type: 'string' },
  min_ram: { type: 'integer' },
  min_disk: { type: 'integer' },
  self: { ...readOnly, type: 'string' },
  file: { ...readOnly, type: 'string' },
  schema: { ...readOnly, type: 'string' },
  locations: {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        url: { type: 'string', maxLength: 255 },
        metadata: { type: 'object' },
        validation_data: {
          type: 'object',
          writeOnly: true,
          additionalProperties: false,
          properties: {
            checksum: { type: 'string', minLength: 32, maxLength: 32 },
            os_hash_algo: { type: 'string', maxLength: 64 },
            os_hash_value: { type: 'string', maxLength: 128 },
          },
          required: ['os_hash_algo', 'os_hash_value'],
        },
      },
      required: ['url', 'metadata'],
    },
  },
  kernel_id: { ...custom, type: ['null', 'string'], pattern: uuid },
  ramdisk_id: { ...custom, type: ['null', 'string'], pattern: uuid },
  instance_uuid: { ...custom, type: 'string' },
  architecture: { ...custom, type: 'string' },
  os_distro: { ...custom, type: 'string' },
  os_version: { ...custom, type: 'string' },
  description: { ...custom, type: 'string' },
  cinder_encryption_key_id: { ...custom, type: 'string' },
  cinder_encryption_key_deletion_policy: { ...custom, type: 'string', enum: ['on_image_deletion', 'do_not_delete'] },
}

describe('9.2 GET /v2/schemas/image', () => {
  for (const [name, definition] of Object.entries(imageProperties))
    row(`9.2 image: ${name}`, async () => {
      const { properties } = await schemaOf('image')
      expect(bare(properties[name])).toEqual(definition)
    })

  row(
    '9.2 image: no property beyond these, and no stores',
    defect('has stores, which breaks older clients'),
    async () => {
      const { properties } = await schemaOf('image')
      expect(Object.keys(properties).sort()).toEqual(Object.keys(imageProperties).sort())
    },
  )

  row('9.2 image: every base property has a description', async () => {
    const { properties } = await schemaOf('image')
    const described = z.record(
      z.string(),
      z.looseObject({ is_base: z.boolean().optional(), description: z.string().optional() }),
    )
    for (const [name, definition] of Object.entries(described.parse(properties)))
      if (definition.is_base !== false && name !== 'locations') expect(definition.description, name).toMatch(/\w/)
  })

  row('9.2 image: name, additionalProperties and links', async () => {
    expect(await schemaOf('image')).toMatchObject({
      name: 'image',
      additionalProperties: { type: 'string' },
      links: [
        { rel: 'self', href: '{self}' },
        { rel: 'enclosure', href: '{file}' },
        { rel: 'describedby', href: '{schema}' },
      ],
    })
  })
})

const member3 = {
  member_id: { type: 'string' },
  image_id: { type: 'string', pattern: uuid },
  created_at: { type: 'string' },
  updated_at: { type: 'string' },
  status: { type: 'string', enum: ['pending', 'accepted', 'rejected'] },
  schema: { ...readOnly, type: 'string' },
}

describe('9.2 the other schemas', () => {
  row('9.2 images: an array of image, with first, next and schema', async () => {
    const images = await schemaOf('images')
    const image = await schemaOf('image')
    expect(bare(images)).toEqual({
      name: 'images',
      properties: {
        images: { type: 'array', items: bare(image) },
        first: { type: 'string' },
        next: { type: 'string' },
        schema: { type: 'string' },
      },
      links: [
        { rel: 'first', href: '{first}' },
        { rel: 'next', href: '{next}' },
        { rel: 'describedby', href: '{schema}' },
      ],
    })
  })

  row('9.2 member', async () => {
    expect(bare(await schemaOf('member'))).toEqual({ name: 'member', properties: member3 })
  })

  row('9.2 members', async () => {
    expect(bare(await schemaOf('members'))).toEqual({
      name: 'members',
      properties: {
        members: { type: 'array', items: { name: 'member', properties: member3 } },
        schema: { type: 'string' },
      },
      links: [{ rel: 'describedby', href: '{schema}' }],
    })
  })

  const nullable = (type: string) => ({ type: ['null', type] })
  const taskBase = {
    id: { type: 'string', pattern: uuid },
    type: { type: 'string' },
    status: { type: 'string' },
    owner: { type: 'string' },
    image_id: { type: 'string' },
    request_id: { type: 'string' },
    user_id: { type: 'string' },
    expires_at: nullable('string'),
    created_at: { type: 'string' },
    updated_at: { type: 'string' },
    self: { ...readOnly, type: 'string' },
    schema: { ...readOnly, type: 'string' },
  }
  /** The enumerations are a matter of the task routes; only that they are there counts here. */
  const withoutEnums = (value: unknown): unknown => {
    const parsed = z.record(z.string(), z.record(z.string(), z.unknown())).parse(bare(value))
    return Object.fromEntries(Object.entries(parsed).map(([key, { enum: _, ...definition }]) => [key, definition]))
  }

  row('9.2 task', async () => {
    const task = await schemaOf('task')
    expect(task.name).toBe('task')
    expect(withoutEnums(task.properties)).toEqual({
      ...taskBase,
      input: nullable('object'),
      result: nullable('object'),
      message: { type: 'string' },
    })
  })

  row('9.2 tasks', async () => {
    const tasks = await schemaOf('tasks')
    const parsed = z
      .object({
        name: z.literal('tasks'),
        properties: z.object({
          tasks: z.object({ type: z.literal('array'), items: z.looseObject({ properties: z.unknown() }) }),
          schema: z.unknown(),
        }),
        links: z.unknown(),
      })
      .parse(bare(tasks))
    expect(withoutEnums(parsed.properties.tasks.items.properties)).toEqual(taskBase)
    expect(parsed.properties.schema).toEqual({ type: 'string' })
    expect(parsed.links).toEqual([{ rel: 'describedby', href: '{schema}' }])
  })

  row('9.2 unknown: 404', async () => expectFault(await member.get('/v2/schemas/nosuch'), 404, notFoundText))

  row('2 schemas need no policy: a reader and somebody without a known role read them', async () => {
    for (const caller of [reader, roleless]) expect((await caller.get('/v2/schemas/image')).status).toBe(200)
  })
})
