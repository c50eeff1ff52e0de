import type { RequestContext } from '@/lib/context/request-context'
import type { PolicyTarget, PolicyValue } from './evaluate'

export type { PolicyTarget }

/** What rules may ask of an image; the shape of lib/images' Image, which lies a layer above. */
export interface PolicyImage {
  readonly id: string
  readonly name: string | null
  readonly status: string
  readonly visibility: string
  readonly ownerId: string | null
  readonly memberId: string | null
  readonly diskFormat: string | null
  readonly containerFormat: string | null
  readonly sizeBytes: number | null
  readonly virtualSizeBytes: number | null
  readonly checksum: string | null
  readonly hashAlgorithm: string | null
  readonly hashValue: string | null
  readonly minRamMib: number
  readonly minDiskGib: number
  readonly isProtected: boolean
  readonly isHidden: boolean
  /** epoch milliseconds, of whole seconds */
  readonly createdAt: number
  readonly updatedAt: number
  readonly properties: Readonly<Record<string, string>>
}

/** An existing image: its attributes, then its custom properties by name. Source: policy.md 1. */
export function imageTarget(image: PolicyImage): PolicyTarget {
  return new ImageTarget(image)
}

class ImageTarget implements PolicyTarget {
  constructor(private readonly image: PolicyImage) {}

  get(key: string): PolicyValue | undefined {
    const read = imageKeys[key]
    if (read !== undefined) return read(this.image)
    const { properties } = this.image
    return Object.hasOwn(properties, key) ? properties[key] : undefined
  }

  entries(): Readonly<Record<string, PolicyValue>> {
    const attributes = Object.entries(imageKeys).map(([key, read]) => [key, read?.(this.image) ?? null])
    return { ...this.image.properties, ...Object.fromEntries(attributes) }
  }
}

const imageKeys: Readonly<Record<string, ((image: PolicyImage) => string | number | boolean | null) | undefined>> =
  Object.assign(Object.create(null), {
    id: (image: PolicyImage) => image.id,
    image_id: (image: PolicyImage) => image.id,
    name: (image: PolicyImage) => image.name,
    status: (image: PolicyImage) => image.status,
    visibility: (image: PolicyImage) => image.visibility,
    owner: (image: PolicyImage) => image.ownerId,
    project_id: (image: PolicyImage) => image.ownerId,
    member: (image: PolicyImage) => image.memberId,
    member_id: (image: PolicyImage) => image.memberId,
    disk_format: (image: PolicyImage) => image.diskFormat,
    container_format: (image: PolicyImage) => image.containerFormat,
    size: (image: PolicyImage) => image.sizeBytes,
    virtual_size: (image: PolicyImage) => image.virtualSizeBytes,
    checksum: (image: PolicyImage) => image.checksum,
    os_hash_algo: (image: PolicyImage) => image.hashAlgorithm,
    os_hash_value: (image: PolicyImage) => image.hashValue,
    min_ram: (image: PolicyImage) => image.minRamMib,
    min_disk: (image: PolicyImage) => image.minDiskGib,
    protected: (image: PolicyImage) => image.isProtected,
    os_hidden: (image: PolicyImage) => image.isHidden,
    created_at: (image: PolicyImage) => new Date(image.createdAt).toISOString(),
    updated_at: (image: PolicyImage) => new Date(image.updatedAt).toISOString(),
  })

/** An image about to be created. */
export function newImageTarget(image: { readonly ownerId: string | null; readonly visibility: string }): PolicyTarget {
  return keysTarget({ project_id: image.ownerId, owner: image.ownerId, visibility: image.visibility })
}

/** An image that the caller would make for the own project, and keep for it. */
export function ownNewImageTarget({ principal }: Pick<RequestContext, 'principal'>): PolicyTarget {
  return newImageTarget({ ownerId: principal.projectId, visibility: 'private' })
}

/** What belongs to no resource yet: the caller's own project. */
export function projectTarget(ctx: Pick<RequestContext, 'principal'>): PolicyTarget {
  return keysTarget({ project_id: ctx.principal.projectId })
}

/** A metadata definition namespace, and everything in it. Source: policy.md 1. */
export function namespaceTarget(namespace: { readonly ownerId: string; readonly visibility: string }): PolicyTarget {
  return keysTarget({ project_id: namespace.ownerId, visibility: namespace.visibility })
}

function keysTarget(keys: Readonly<Record<string, string | null>>): PolicyTarget {
  return { get: (key) => (Object.hasOwn(keys, key) ? keys[key] : undefined), entries: () => keys }
}
