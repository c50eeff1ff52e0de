import type { RequestContext } from '@/lib/context/request-context'
import { enforceOn, visibleImage } from './get-image'
import type { ImageLocation } from './image'
import { isCatalogAdmin } from './visibility'
import { shownLocations } from './wire'

/**
 * Where an image's data lies, for services that read it by themselves, whatever images show of it to others.
 * Throws `image_not_found`, `not_found` and `policy_denied`. Source: images.md 9.7.
 */
export async function listLocations(ctx: RequestContext, imageId: string): Promise<readonly ImageLocation[]> {
  const image = await visibleImage(ctx, imageId)
  enforceOn(ctx, 'fetch_image_location', image)
  return shownLocations(image, { isAdmin: isCatalogAdmin(ctx) })
}
