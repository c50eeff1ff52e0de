import type { RequestContext } from '@/lib/context/request-context'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import type { Image } from './image'
import { type Cursor, completeSort, type ImageFilters, noFilters } from './image-query'
import { countImages, cursorOf, listImages } from './list-images'
import type { ImageMember, MemberStatus } from './member'
import { findMembershipsOf } from './member-repo'

/** An image of another project that is offered to the caller's, with what that answered. */
export interface Offer {
  readonly image: Image
  readonly member: ImageMember
}

const sort = completeSort([{ column: 'createdAt', direction: 'desc' }])

/**
 * Offers to the caller's project that have this answer, of the newest images first, as many of the Image API's list
 * with `visibility=shared&member_status=…`. Throws `policy_denied` by `get_images`.
 */
export async function listOffers(
  ctx: RequestContext,
  query: { readonly status: MemberStatus; readonly limit: number; readonly after?: Cursor; readonly before?: Cursor },
): Promise<Offer[]> {
  const { status, ...page } = query
  const images = await listImages(ctx, { ...page, filters: offerFilters(status), sort })
  const ids = images.map(({ id }) => id)
  const members = await findMembershipsOf(ctx.principal.projectId ?? '', ids)
  const found = new Map(members.map((member) => [member.imageId, member]))
  return images.flatMap((image): Offer[] => {
    const member = found.get(image.id)
    // Taken back since the list was read.
    return member === undefined ? [] : [{ image, member }]
  })
}

/** How many offers have this answer, counted no further than `max`. */
export function countOffers(ctx: RequestContext, status: MemberStatus, max: number): Promise<number> {
  return countImages(ctx, offerFilters(status), max)
}

/** Where an offer stands in the list. */
export function offerCursor({ image }: Offer): Cursor {
  return cursorOf(image, sort)
}

export const offerCursorLength = sort.length

/** Whether the caller may answer an offer of this image for the project. */
export function mayAnswer(ctx: RequestContext, image: Image): boolean {
  const target = imageTarget({ ...image, memberId: ctx.principal.projectId })
  return allowed(ctx, 'get_member', target) && allowed(ctx, 'modify_member', target)
}

function offerFilters(memberStatus: MemberStatus): ImageFilters {
  return { ...noFilters, visibility: 'shared', isSharedWithMe: true, memberStatus }
}
