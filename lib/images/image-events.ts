import { type Actor, changedOf, type EventType, type NewEvent } from '@/lib/events/event'
import type { Image } from './image'
import { wireTime } from './iso-time'
import type { ImageMember } from './member'

/** What a change's events say beside what the image is after it. */
export interface ChangeNote {
  readonly by: Actor
  readonly was: Image
  /** when it had been deleted */
  readonly wasDeletedAt?: Date | null
  /** image.update when absent */
  readonly types?: readonly EventType[]
  /** what the image itself does not tell, as the store that lost its data */
  readonly more?: Readonly<Record<string, unknown>>
}

export function creationEvent(by: Actor, image: Image): NewEvent {
  return { type: 'image.create', by, imageId: image.id, payload: imagePayload(image) }
}

export function changeEvents(
  { by, was, wasDeletedAt, types, more }: ChangeNote,
  image: Image,
  deletedAt: Date | null,
): NewEvent[] {
  const payload = { ...imagePayload(image, deletedAt), ...more }
  const before = changedOf(imagePayload(was, wasDeletedAt ?? null), payload)
  return (types ?? ['image.update']).map((type) => ({ type, by, imageId: image.id, before, payload }))
}

export function memberEvent(
  type: EventType,
  by: Actor,
  member: ImageMember,
  { was, deletedAt = null }: { readonly was?: ImageMember; readonly deletedAt?: Date | null } = {},
): NewEvent {
  const payload = memberPayload(member, deletedAt)
  return {
    type,
    by,
    imageId: member.imageId,
    memberId: member.memberId,
    ...(was !== undefined && { before: changedOf(memberPayload(was, null), payload) }),
    payload,
  }
}

/** As Glance's notifications tell of an image: without its locations, which may hold credentials. */
function imagePayload(image: Image, deletedAt: Date | null = null): Readonly<Record<string, unknown>> {
  return {
    id: image.id,
    name: image.name,
    status: image.status,
    created_at: wireTime(image.createdAt),
    updated_at: wireTime(image.updatedAt),
    min_disk: image.minDiskGib,
    min_ram: image.minRamMib,
    protected: image.isProtected,
    os_hidden: image.isHidden,
    checksum: image.checksum,
    os_hash_algo: image.hashAlgorithm,
    os_hash_value: image.hashValue,
    owner: image.ownerId,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    size: image.sizeBytes,
    virtual_size: image.virtualSizeBytes,
    is_public: image.visibility === 'public',
    visibility: image.visibility,
    properties: image.properties,
    tags: image.tags,
    deleted: deletedAt !== null,
    deleted_at: deletedAt === null ? null : wireTime(deletedAt.getTime()),
  }
}

function memberPayload(member: ImageMember, deletedAt: Date | null): Readonly<Record<string, unknown>> {
  return {
    image_id: member.imageId,
    member_id: member.memberId,
    status: member.status,
    created_at: wireTime(member.createdAt),
    updated_at: wireTime(member.updatedAt),
    deleted: deletedAt !== null,
    deleted_at: deletedAt === null ? null : wireTime(deletedAt.getTime()),
  }
}
