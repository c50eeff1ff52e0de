import type { RequestContext } from '@/lib/context/request-context'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { findImagesEver } from './image-repo'
import { asSeenBy } from './visibility'

/** Which of these images the caller may see, or might have seen before they were deleted. */
export async function visibleAmong(ctx: RequestContext, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const visible = new Set<string>()
  for (const found of ids.length === 0 ? [] : await findImagesEver(ids)) {
    const image = await asSeenBy(ctx, found)
    if (image !== undefined && allowed(ctx, 'get_image', imageTarget(image))) visible.add(image.id)
  }
  return visible
}
