import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { isUniqueViolation } from '@/lib/db/errors'
import { inTransaction } from '@/lib/db/transaction'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { type Actor, actorOf } from '@/lib/events/event'
import type { RuleName } from '@/lib/policy/defaults'
import { allowed, enforce, isRefusedByOwnership } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { requireReadable, visibleImage } from './get-image'
import type { Image } from './image'
import { checkMemberId, checkQuota } from './image-rules'
import { type ImageMember, isMemberStatus } from './member'
import {
  changeMemberStatus,
  countMembers,
  countMembersOf,
  deleteMember,
  findMembers,
  holdShared,
  insertMember,
} from './member-repo'
import { isCatalogAdmin } from './visibility'

/**
 * Offers a shared image to a project. The project sees the image by its id at once and in its lists when it has
 * accepted. Throws `image_not_found`, `policy_denied`, `bad_request`, `quota_exceeded`, `conflict` for a second offer,
 * `forbidden` for an image of another visibility. Source of everything here: images.md 9.4.
 */
export async function addMember(ctx: RequestContext, imageId: string, memberId: string): Promise<ImageMember> {
  checkMemberId(memberId)
  const image = await sharedImage(ctx, imageId, () => notAllowed('create', imageId), 'add_member')
  enforceOn(ctx, 'add_member', image)
  const added = await insertWithinQuota(image.id, memberId, actorOf(ctx))
  // The image went or got another visibility since it was looked at: the same question now has the right answer.
  return added ?? addMember(ctx, imageId, memberId)
}

/** The memberships that the caller may know of, oldest first. */
export async function listMembers(ctx: RequestContext, imageId: string): Promise<ImageMember[]> {
  const image = await sharedImage(ctx, imageId, () => notAllowed('list', imageId, `: ${onlyShared}`))
  enforceOn(ctx, 'get_members', image)
  if (!allowed(ctx, 'get_member', imageTarget(image))) return []
  if (knowsAllMembers(ctx, image)) return findMembers(image.id)
  const { projectId } = ctx.principal
  return projectId === null ? [] : findMembers(image.id, projectId)
}

export interface MemberCount {
  readonly count: number
  /** those that have not answered */
  readonly pending: number
}

/** How many projects each image is offered to; only of those whose members the caller may know all. */
export async function memberCounts(
  ctx: RequestContext,
  images: readonly Image[],
): Promise<ReadonlyMap<string, MemberCount>> {
  const known = images.filter((image) => {
    const target = imageTarget(image)
    return (
      image.visibility === 'shared' &&
      knowsAllMembers(ctx, image) &&
      allowed(ctx, 'get_members', target) &&
      allowed(ctx, 'get_member', target)
    )
  })
  const found = new Map<string, MemberCount>()
  for (const { imageId, status, count } of await countMembersOf(known.map(({ id }) => id))) {
    const before = found.get(imageId) ?? { count: 0, pending: 0 }
    const pending = before.pending + (status === 'pending' ? count : 0)
    found.set(imageId, { count: before.count + count, pending })
  }
  return found
}

/** One membership. Whatever hides it from the caller is a 404, so that nobody learns whom an image is offered to. */
export async function getMember(ctx: RequestContext, imageId: string, memberId: string): Promise<ImageMember> {
  const image = await sharedImage(ctx, imageId, () => apiError('not_found', { public: onlyShared }))
  requireReadable(ctx, image)
  if (!allowed(ctx, 'get_member', imageTarget(image))) throw memberNotFound(image, memberId)
  return knownMember(ctx, image, memberId)
}

/**
 * Sets the answer of a project to an offer, which only that project and administrators may. A status that is none is
 * refused after everything else, `bad_request`, as Glance does.
 */
export async function setMemberStatus(
  ctx: RequestContext,
  imageId: string,
  memberId: string,
  status: unknown,
): Promise<ImageMember> {
  const { image, member } = await memberToChange(ctx, imageId, memberId, 'update')
  enforceOn(ctx, 'modify_member', image)
  if (!isMemberStatus(status)) {
    const text = 'Incorrect request: Status must be "pending", "accepted" or "rejected".'
    throw apiError('bad_request', { public: text })
  }
  const changed = await changeMemberStatus(member, status, actorOf(ctx))
  if (changed === undefined) throw memberNotFound(image, memberId)
  return changed
}

/** Takes an offer back, whatever the project answered; from then on it sees the image no more. */
export async function removeMember(ctx: RequestContext, imageId: string, memberId: string): Promise<void> {
  const { image, member } = await memberToChange(ctx, imageId, memberId, 'delete')
  enforceOn(ctx, 'delete_member', image)
  if (!(await deleteMember(member, actorOf(ctx)))) throw memberNotFound(image, memberId)
}

const onlyShared = 'Only shared images have members.'

/** The new membership, or undefined when the image is there or shared no longer. Two requests never pass the quota. */
async function insertWithinQuota(imageId: string, memberId: string, by: Actor): Promise<ImageMember | undefined> {
  try {
    return await inTransaction(db(), async (tx) => {
      if (!(await holdShared(tx, imageId))) return undefined
      const attempted = (await countMembers(tx, imageId)) + 1
      checkQuota('members', attempted, (text) => `Image member limit exceeded for image ${imageId}: ${text}:`)
      return insertMember(tx, imageId, memberId, by)
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw apiError('conflict', { public: `Member ${memberId} is duplicated for image ${imageId}`, cause: error })
  }
}

/**
 * The image if the caller may see it and it has members; the visibility, and whose image it is as far as former defaults
 * leave that to the code, are looked at before any rule is asked.
 */
async function sharedImage(
  ctx: RequestContext,
  imageId: string,
  refusal: () => ApiError,
  rule?: RuleName,
): Promise<Image> {
  const image = await visibleImage(ctx, imageId, imageNotFound)
  if (image.visibility !== 'shared') throw refusal()
  if (rule !== undefined && isRefusedByOwnership(ctx, rule, imageTarget(image))) throw refusal()
  return image
}

/** Throws `not_found` for an image that policy hides, and `policy_denied` unless the rule admits the caller. */
function enforceOn(ctx: RequestContext, rule: RuleName, image: Image): void {
  requireReadable(ctx, image)
  enforce(ctx, rule, imageTarget(image))
}

async function memberToChange(ctx: RequestContext, imageId: string, memberId: string, verb: 'update' | 'delete') {
  const rule = verb === 'update' ? 'modify_member' : 'delete_member'
  const image = await sharedImage(ctx, imageId, () => notAllowed(verb, imageId), rule)
  enforceOn(ctx, 'get_member', image)
  return { image, member: await knownMember(ctx, image, memberId) }
}

async function knownMember(ctx: RequestContext, image: Image, memberId: string): Promise<ImageMember> {
  const isKnown = knowsAllMembers(ctx, image) || memberId === ctx.principal.projectId
  const [member] = isKnown ? await findMembers(image.id, memberId) : []
  if (member === undefined) throw memberNotFound(image, memberId)
  return member
}

/** A member knows of no other one. */
function knowsAllMembers(ctx: RequestContext, image: Image): boolean {
  const { projectId } = ctx.principal
  return isCatalogAdmin(ctx) || (projectId !== null && image.ownerId === projectId)
}

function imageNotFound(id: string): ApiError {
  return apiError('image_not_found', { public: `Image ${id} not found.` })
}

function memberNotFound(image: Image, memberId: string): ApiError {
  return apiError('not_found', { public: `${memberId} not found in the member list of the image ${image.id}.` })
}

function notAllowed(verb: 'create' | 'list' | 'update' | 'delete', imageId: string, reason = '.'): ApiError {
  return apiError('forbidden', { public: `Not allowed to ${verb} members for image ${imageId}${reason}` })
}
