import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { type ApiError, apiError, type FaultShape } from '@/lib/errors/api-error'
import { enforce } from '@/lib/policy/enforce'
import type { PolicyTarget } from '@/lib/policy/targets'
import type { Visibility } from './image'
import { hasFourByteCharacters } from './validate-document'

/** Attributes that only the service writes. Source: images.md 6.4. */
const serviceAttributes = new Set([
  'id',
  'status',
  'size',
  'virtual_size',
  'checksum',
  'os_hash_algo',
  'os_hash_value',
  'created_at',
  'updated_at',
  'direct_url',
  'self',
  'file',
  'schema',
  'stores',
])
const reservedAttributes = new Set(['location', 'deleted', 'deleted_at'])
const baseAttributes = new Set([
  'name',
  'disk_format',
  'container_format',
  'visibility',
  'protected',
  'min_ram',
  'min_disk',
  'owner',
  'os_hidden',
  'tags',
  'locations',
])

export type AttributeKind = 'base' | 'service' | 'reserved' | 'custom'

/** What an attribute name means; everything that is not in a table is a custom property. */
export function attributeKind(name: string): AttributeKind {
  if (baseAttributes.has(name)) return 'base'
  if (serviceAttributes.has(name)) return 'service'
  if (reservedAttributes.has(name) || name.startsWith('os_glance')) return 'reserved'
  return 'custom'
}

export function readOnly(name: string): ApiError {
  return apiError('attribute_read_only', { public: `Attribute '${name}' is read-only.` })
}

/** Creating an image and changing one put the same sentence in different places. Source: images.md 0.1. */
export function reserved(name: string, shape: FaultShape): ApiError {
  return apiError('attribute_reserved', { public: `Attribute '${name}' is reserved.`, shape })
}

const NUMBER_MAX = 2_147_483_647

/** Throws the 400 of a min_disk or min_ram outside its range. */
export function checkMinimum(name: 'min_disk' | 'min_ram', value: number): number {
  if (value < 0) {
    throw apiError('bad_request', {
      public: `Invalid value '${value}' for parameter '${name}': Cannot be a negative value`,
    })
  }
  if (value > NUMBER_MAX) {
    throw apiError('bad_request', { public: `'${name}' value out of range, must not exceed ${NUMBER_MAX}.` })
  }
  return value
}

/** Throws the 400 of an empty or overlong property name, and of characters that Glance refuses. */
export function checkProperty(name: string, value: string): void {
  if (name === '') throw apiError('bad_request', { public: 'A property name cannot be empty.' })
  if ([...name].length > 255) {
    throw apiError('bad_request', {
      public: `Custom property name ${name.slice(0, 255)}… is longer than 255 characters.`,
    })
  }
  if (hasFourByteCharacters(name)) {
    throw apiError('bad_request', { public: "Property names can't contain 4 byte unicode." })
  }
  if (hasFourByteCharacters(value)) throw fourBytes(titleOf(name))
}

export function checkName(name: string | null): void {
  if (name !== null && hasFourByteCharacters(name)) throw fourBytes('Name')
}

export function checkTag(tag: string): void {
  if (hasFourByteCharacters(tag)) {
    throw apiError('bad_request', { public: "Param values can't contain 4 byte unicode." })
  }
}

const MEMBER_ID_LENGTH_MAX = 255

/** Throws the 400 of a project that no member list can hold. Nobody asks the identity service whether it exists. */
export function checkMemberId(id: string): void {
  if (id === '') throw apiError('bad_request', { public: "Member can't be empty" })
  if ([...id].length > MEMBER_ID_LENGTH_MAX) {
    throw apiError('bad_request', { public: `Member cannot be longer than ${MEMBER_ID_LENGTH_MAX} characters` })
  }
  if (hasFourByteCharacters(id)) throw fourBytes('Member')
}

export interface Formats {
  readonly diskFormat: string | null
  readonly containerFormat: string | null
}

/** Throws the 400 of data for an image that does not say yet what it is. */
export function requireFormats({ diskFormat, containerFormat }: Formats): void {
  const missing = [
    ...(diskFormat === null ? ['disk_format'] : []),
    ...(containerFormat === null ? ['container_format'] : []),
  ]
  if (missing.length === 0) return
  const noun = missing.length === 1 ? 'Property' : 'Properties'
  throw apiError('bad_request', { public: `${noun} ${missing.join(', ')} must be set prior to saving data.` })
}

/** As Python titles a word: every letter that follows none is a capital, the others are not. */
function titleOf(name: string): string {
  return name.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase())
}

function fourBytes(what: string): ApiError {
  return apiError('bad_request', { public: `${what} can't contain 4 byte unicode characters.` })
}

/** Throws 413 above a quota; a negative quota is none. `phrase` puts Glance's sentence into a route's own words. */
export function checkQuota(
  kind: keyof typeof quotas,
  attempted: number,
  phrase = (sentence: string) => sentence,
): void {
  const { key, what } = quotas[kind]
  const maximum = config().images[key]
  if (maximum < 0 || attempted <= maximum) return
  throw apiError('quota_exceeded', {
    public: phrase(
      `The limit has been exceeded on the number of allowed ${what}. Attempted: ${attempted}, Maximum: ${maximum}`,
    ),
  })
}

const quotas = {
  locations: { key: 'locationQuota', what: 'image locations' },
  members: { key: 'memberQuota', what: 'image members for this image' },
  properties: { key: 'propertyQuota', what: 'image properties' },
  tags: { key: 'tagQuota', what: 'image tags' },
} as const

/** Making an image public or a community image has rules of its own. */
export function enforceVisibility(ctx: RequestContext, visibility: Visibility, target: PolicyTarget): void {
  if (visibility === 'public') enforce(ctx, 'publicize_image', target)
  if (visibility === 'community') enforce(ctx, 'communitize_image', target)
}
