import { config } from '@/lib/config/load'
import { withoutCredentials } from '@/lib/stores/location-uri'
import { stores } from '@/lib/stores/registry'
import type { Image, ImageLocation } from './image'
import { wireTime } from './iso-time'

export interface WireOptions {
  /** Administrators see the locations of a deactivated image, others see none. */
  readonly isAdmin: boolean
}

/** An image as the API shows it; keys in the order Glance sends them. Source: images.md 3.1. */
export function wireImage(image: Image, options: WireOptions): Record<string, unknown> {
  const { showDirectUrl, showMultipleLocations } = config().images
  const locations = shownLocations(image, options)
  const self = `/v2/images/${image.id}`
  const wire: Record<string, unknown> = {}
  for (const name in image.properties) {
    if (name === '__proto__') defineKey(wire, name, image.properties[name])
    else wire[name] = image.properties[name]
  }
  wire.name = image.name
  wire.disk_format = image.diskFormat
  wire.container_format = image.containerFormat
  wire.visibility = image.visibility
  wire.size = image.sizeBytes
  wire.virtual_size = image.virtualSizeBytes
  wire.status = image.status
  wire.checksum = image.checksum
  wire.protected = image.isProtected
  wire.min_ram = image.minRamMib
  wire.min_disk = image.minDiskGib
  wire.owner = image.ownerId
  wire.os_hidden = image.isHidden
  wire.os_hash_algo = image.hashAlgorithm
  wire.os_hash_value = image.hashValue
  wire.id = image.id
  wire.created_at = wireTime(image.createdAt)
  wire.updated_at = wireTime(image.updatedAt)
  if (showMultipleLocations) wire.locations = locations.map(wireLocation)
  const [first] = locations
  if (showDirectUrl && first !== undefined) wire.direct_url = withoutCredentials(first.url)
  wire.tags = image.tags
  wire.self = self
  wire.file = `${self}/file`
  wire.schema = '/v2/schemas/image'
  if (first !== undefined) wire.stores = locations.map((location) => location.storeId).join(',')
  return wire
}

/** The locations that the caller may know of. */
export function shownLocations(image: Image, { isAdmin }: WireOptions): readonly ImageLocation[] {
  return image.status === 'deactivated' && !isAdmin ? [] : byWeight(image.locations)
}

export function wireLocation({ url, metadata, validationData }: ImageLocation): Record<string, unknown> {
  return {
    url: withoutCredentials(url),
    metadata,
    ...(validationData !== undefined && { validation_data: validationData }),
  }
}

/** A property called __proto__ must become a key, not a prototype. */
function defineKey(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true })
}

/** Highest store weight first, then the order they were added in. */
export function byWeight(locations: readonly ImageLocation[]): readonly ImageLocation[] {
  if (locations.length < 2) return locations
  const registry = stores()
  const weight = (location: ImageLocation) => registry.find(location.storeId)?.weight ?? 0
  return [...locations].sort((a, b) => weight(b) - weight(a))
}
