import { config, type EffectiveConfig } from '@/lib/config/load'
import { readSchemaFile, schemaInvalid } from './schema-file'
import { imageStatuses } from './status'

export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly (string | null)[]
  readonly maxLength?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly readOnly?: boolean
  readonly writeOnly?: boolean
  readonly description?: string
  readonly is_base?: boolean
}

export const uuidPattern = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$'
const nullable = ['null', 'string'] as const

/** Typed properties that are not part of the base; the ones every installation of Glance ships. */
export const extraProperties: Readonly<Record<string, JsonSchema>> = {
  kernel_id: {
    type: nullable,
    pattern: uuidPattern,
    description: 'ID of the image that holds the kernel to boot an AMI-style image with.',
    is_base: false,
  },
  ramdisk_id: {
    type: nullable,
    pattern: uuidPattern,
    description: 'ID of the image that holds the ramdisk to boot an AMI-style image with.',
    is_base: false,
  },
  instance_uuid: {
    type: 'string',
    description: 'The instance this image was made from; a note only, nothing checks it.',
    is_base: false,
  },
  architecture: { type: 'string', description: 'Processor architecture the image needs.', is_base: false },
  os_distro: { type: 'string', description: 'Common name of the operating system distribution.', is_base: false },
  os_version: {
    type: 'string',
    description: 'Version of the operating system as its maker writes it.',
    is_base: false,
  },
  description: { type: 'string', description: 'A text for people.', is_base: false },
  cinder_encryption_key_id: {
    type: 'string',
    description: 'Key in the key manager that an encrypted volume image was written with.',
    is_base: false,
  },
  cinder_encryption_key_deletion_policy: {
    type: 'string',
    enum: ['on_image_deletion', 'do_not_delete'],
    description: 'Whether the encryption key goes together with the image.',
    is_base: false,
  },
}

/**
 * The base attributes. `stores` is left out on purpose: glanceclient up to 4.1 breaks on it. Source: images.md 9.2.
 */
export function baseProperties(): Readonly<Record<string, JsonSchema>> {
  const { formats } = config()
  return {
    id: { type: 'string', pattern: uuidPattern, description: 'Identifier of the image' },
    name: { type: nullable, maxLength: 255, description: 'Name for people; it need not be unique' },
    status: { type: 'string', readOnly: true, enum: imageStatuses, description: 'Where the image is in its life' },
    visibility: {
      type: 'string',
      enum: ['community', 'public', 'private', 'shared'],
      description: 'Who may see and use the image',
    },
    protected: { type: 'boolean', description: 'If true, the image cannot be deleted.' },
    os_hidden: { type: 'boolean', description: 'If true, default lists leave the image out.' },
    checksum: { type: nullable, readOnly: true, maxLength: 32, description: 'MD5 of the data' },
    os_hash_algo: { type: nullable, readOnly: true, maxLength: 64, description: 'Algorithm of os_hash_value' },
    os_hash_value: {
      type: nullable,
      readOnly: true,
      maxLength: 128,
      description: 'Digest of the data, lower-case hex',
    },
    owner: { type: nullable, maxLength: 255, description: 'Project that owns the image' },
    size: { type: ['null', 'integer'], readOnly: true, description: 'Bytes of data' },
    virtual_size: { type: ['null', 'integer'], readOnly: true, description: 'Bytes of the disk the data describes' },
    container_format: {
      type: nullable,
      enum: [null, ...formats.container],
      description: 'What wraps the disk, if anything',
    },
    disk_format: { type: nullable, enum: [null, ...formats.disk], description: 'Format of the disk' },
    created_at: { type: 'string', readOnly: true, description: 'Time the image was registered' },
    updated_at: { type: 'string', readOnly: true, description: 'Time of the last change' },
    tags: { type: 'array', items: { type: 'string', maxLength: 255 }, description: 'Words attached to the image' },
    direct_url: { type: 'string', readOnly: true, description: 'Where the data lies, if this service shows it' },
    min_ram: { type: 'integer', description: 'MiB of memory needed to boot' },
    min_disk: { type: 'integer', description: 'GiB of disk needed to boot' },
    self: { type: 'string', readOnly: true, description: 'This document' },
    file: { type: 'string', readOnly: true, description: 'The data' },
    schema: { type: 'string', readOnly: true, description: 'Schema of this document' },
    locations: {
      type: 'array',
      items: locationSchema,
      description: 'Where the data lies, with what each store notes about it',
    },
  }
}

const locationSchema: JsonSchema = {
  type: 'object',
  properties: {
    url: { type: 'string', maxLength: 255 },
    metadata: { type: 'object' },
    validation_data: {
      description: 'Digests the data must have; only ever sent, never shown',
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
}

export interface ImageSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>
  /** what a new image must have */
  readonly required: readonly string[]
}

/** The schema of images by this configuration. Throws `config_invalid` for a file of properties that is none. */
export function imageSchema(): ImageSchema {
  const settings = config()
  const known = schemas.get(settings)
  if (known !== undefined) return known
  const made = schemaOf(settings.images.schemaFile)
  schemas.set(settings, made)
  return made
}

/** Every document is checked against it, so it is made once. */
const schemas = new WeakMap<EffectiveConfig, ImageSchema>()

function schemaOf(path: string | undefined): ImageSchema {
  const base = baseProperties()
  if (path === undefined || path === '') return { properties: { ...base, ...extraProperties }, required: [] }
  const { properties, required } = readSchemaFile(path)
  const taken = Object.keys(properties).find((name) => Object.hasOwn(base, name) || name.startsWith('os_glance'))
  if (taken !== undefined) throw schemaInvalid(`${taken} is no custom property`)
  return { properties: { ...base, ...properties }, required }
}
