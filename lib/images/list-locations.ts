import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { withoutCredentials } from '@/lib/stores/location-uri'
import { enforceOn, visibleImage } from './get-image'
import type { Image, ImageLocation } from './image'
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

/** The addresses of an image's data that some answer of the Image API tells the caller, by the id of the location. */
export function shownUrls(ctx: RequestContext, image: Image): ReadonlyMap<string, string> {
  const { showDirectUrl, showMultipleLocations } = config().images
  const locations = shownLocations(image, { isAdmin: isCatalogAdmin(ctx) })
  const isAllShown = showMultipleLocations || allowed(ctx, 'fetch_image_location', imageTarget(image))
  const shown = isAllShown ? locations : showDirectUrl ? locations.slice(0, 1) : []
  return new Map(shown.map(({ id, url }) => [id, withoutCredentials(url)]))
}
