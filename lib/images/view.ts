import type { Image, Visibility } from './image'
import type { MemberStatus } from './member'
import type { ImageStatus } from './status'

export type { ImageStatus, MemberStatus, Visibility }

/** An image as the dashboard shows it: plain JSON, times as ISO 8601 in UTC, stores by id without their addresses. */
export interface ImageView extends Omit<Image, 'createdAt' | 'updatedAt' | 'locations'> {
  readonly createdAt: string
  readonly updatedAt: string
  readonly storeIds: readonly string[]
}

export function imageView(image: Image): ImageView {
  const { locations, createdAt, updatedAt, ...rest } = image
  return {
    ...rest,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    storeIds: [...new Set(locations.map((location) => location.storeId))],
  }
}
