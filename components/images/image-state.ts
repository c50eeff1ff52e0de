import type { ImageView } from '@/lib/images/view'
import { imageTexts } from './messages'
import type { ImageItem } from './view'

const { blocked } = imageTexts

/** Why an image cannot be deleted now; undefined when it can. */
export function deleteBlock({ image, can }: ImageItem): string | undefined {
  if (!can.delete) return blocked.notAllowed
  return image.isProtected ? blocked.isProtected : undefined
}

/** Why its data cannot be fetched now; undefined when it can. */
export function downloadBlock({ image, can }: ImageItem): string | undefined {
  if (image.status === 'deactivated') return can.downloadDeactivated ? undefined : blocked.deactivated
  return image.status === 'active' ? undefined : blocked.noData
}

/** Why its data cannot be copied to another store now; undefined when it can. */
export function copyBlock({ image }: ImageItem): string | undefined {
  return image.status === 'active' ? undefined : blocked.notActive
}

export function isMoving(image: Pick<ImageView, 'status'>): boolean {
  return image.status === 'saving' || image.status === 'uploading' || image.status === 'importing'
}
