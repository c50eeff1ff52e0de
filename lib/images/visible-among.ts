import type { RequestContext } from '@/lib/context/request-context'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import type { Image } from './image'
import { findImagesEver } from './image-repo'
import { asSeenBy } from './visibility'

/** Those of these images that the caller may see, or might have seen before they were deleted, by their ids. */
export async function visibleAmong(ctx: RequestContext, ids: readonly string[]): Promise<ReadonlyMap<string, Image>> {
  const visible = new Map<string, Image>()
  for (const found of ids.length === 0 ? [] : await findImagesEver(ids)) {
    const image = await asSeenBy(ctx, found)
    if (image !== undefined && allowed(ctx, 'get_image', imageTarget(image))) visible.set(image.id, image)
  }
  return visible
}
