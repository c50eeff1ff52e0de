import type { RequestContext } from '@/lib/context/request-context'
import { type Asker, admits } from '@/lib/policy/enforce'
import { readableProperties } from '@/lib/policy/property-protection'
import type { Image } from './image'
import type { ListScope } from './image-query'
import { isMember } from './member-repo'

/** Whether the caller counts as administrator in the catalog: by policy's own rule, as Glance's request context. */
export function isCatalogAdmin(ctx: Asker): boolean {
  return admits(ctx, 'context_is_admin')
}

export function listScope(ctx: RequestContext): ListScope {
  return { isAdmin: isCatalogAdmin(ctx), projectId: ctx.principal.projectId }
}

/**
 * The image as the caller sees it, without properties that it may not read, or undefined when it must not know of it.
 * A membership shows a shared image whatever its status; it is named in `memberId`. An image without an owner is shown
 * to everybody. Source: images.md 3.6.
 */
export async function asSeenBy(ctx: RequestContext, image: Image): Promise<Image | undefined> {
  const seen = await ifVisible(ctx, image)
  return seen === undefined ? undefined : withoutHidden(ctx, seen)
}

/** The image without properties that the caller may not read. */
export function withoutHidden(ctx: RequestContext, image: Image): Image {
  const properties = readableProperties(ctx, image.properties)
  return properties === image.properties ? image : { ...image, properties }
}

async function ifVisible(ctx: RequestContext, image: Image): Promise<Image | undefined> {
  const { projectId } = ctx.principal
  if (isCatalogAdmin(ctx)) return image
  if (image.visibility === 'public' || image.visibility === 'community') return image
  if (projectId !== null && image.ownerId === projectId) return image
  const isInvited = projectId !== null && image.visibility === 'shared' && (await isMember(image.id, projectId))
  if (isInvited) return { ...image, memberId: projectId }
  return image.ownerId === null ? image : undefined
}
