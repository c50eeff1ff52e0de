import type { RequestContext } from '@/lib/context/request-context'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import type { RuleName } from '@/lib/policy/defaults'
import { allowed, enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import type { Image } from './image'
import { findImage } from './image-repo'
import { asSeenBy } from './visibility'

export function imageNotFound(id: string): ApiError {
  return apiError('image_not_found', { public: `No image found with ID ${id}` })
}

/**
 * The image if the caller may see it. Throws `image_not_found`: with the id when the catalog hides it, with the generic
 * text when only policy does, as Glance tells the two apart. Some routes have a sentence of their own, `absent`.
 * Source: images.md 2.
 */
export async function getImage(ctx: RequestContext, id: string, absent = imageNotFound): Promise<Image> {
  const image = await visibleImage(ctx, id, absent)
  requireReadable(ctx, image)
  return image
}

/** Throws the generic `not_found` of an image that the catalog shows the caller and policy hides. */
export function requireReadable(ctx: RequestContext, image: Image): void {
  if (!allowed(ctx, 'get_image', imageTarget(image))) throw apiError('not_found')
}

/**
 * Asks a rule about an image that the catalog shows the caller. Throws `policy_denied`, or the generic `not_found` when
 * policy does not show it either.
 */
export function enforceOn(ctx: RequestContext, rule: RuleName, image: Image): void {
  const target = imageTarget(image)
  if (allowed(ctx, rule, target)) return
  requireReadable(ctx, image)
  enforce(ctx, rule, target)
}

/** The image by the catalog's own rules, policy not asked yet. Throws `image_not_found`. */
export async function visibleImage(ctx: RequestContext, id: string, absent = imageNotFound): Promise<Image> {
  const found = await findImage(id)
  const image = found === undefined ? undefined : await asSeenBy(ctx, found)
  if (image === undefined) throw absent(id)
  return image
}
