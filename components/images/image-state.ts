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
export function downloadBlock({ image }: ImageItem): string | undefined {
  if (image.status === 'deactivated') return blocked.deactivated
  return image.status === 'active' ? undefined : blocked.noData
}

export function isMoving(image: Pick<ImageView, 'status'>): boolean {
  return image.status === 'saving' || image.status === 'uploading' || image.status === 'importing'
}

export interface DeletePlan {
  readonly deletable: readonly ImageItem[]
  readonly blocked: readonly { readonly reason: string; readonly items: readonly ImageItem[] }[]
  readonly freedBytes: number
}

/** Sorts what was chosen into what will go and what cannot, by reason. */
export function planDelete(items: readonly ImageItem[]): DeletePlan {
  const reasons = new Map<string, ImageItem[]>()
  const deletable: ImageItem[] = []
  for (const item of items) {
    const reason = deleteBlock(item)
    if (reason === undefined) deletable.push(item)
    else reasons.set(reason, [...(reasons.get(reason) ?? []), item])
  }
  return {
    deletable,
    blocked: [...reasons].map(([reason, group]) => ({ reason, items: group })),
    freedBytes: deletable.reduce((sum, { image }) => sum + (image.sizeBytes ?? 0), 0),
  }
}
