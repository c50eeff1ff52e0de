import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { wireMember } from '@/lib/images/member'
import { addMember, getMember, listMembers, removeMember, setMemberStatus } from '@/lib/images/members'
import { jsonResponse, readJson, type WireRequest, type WireResponse } from './wire'

/** GET /v2/images/{id}/members. Source of all five: images.md 9.4. */
export async function listMembersRequest(ctx: RequestContext, { params }: WireRequest): Promise<WireResponse> {
  const members = await listMembers(ctx, params.imageId ?? '')
  return jsonResponse(200, { members: members.map(wireMember), schema: '/v2/schemas/members' })
}

/** POST /v2/images/{id}/members. */
export async function addMemberRequest(ctx: RequestContext, request: WireRequest): Promise<WireResponse> {
  const memberId = memberIdOf(await readJson(request))
  return jsonResponse(200, wireMember(await addMember(ctx, request.params.imageId ?? '', memberId)))
}

/** GET /v2/images/{id}/members/{member}. */
export async function getMemberRequest(ctx: RequestContext, request: WireRequest): Promise<WireResponse> {
  const { imageId, memberId } = placeOf(request)
  return jsonResponse(200, wireMember(await getMember(ctx, imageId, memberId)))
}

/** PUT /v2/images/{id}/members/{member}. */
export async function setMemberStatusRequest(ctx: RequestContext, request: WireRequest): Promise<WireResponse> {
  const { imageId, memberId } = placeOf(request)
  const status = statusOf(await readJson(request))
  return jsonResponse(200, wireMember(await setMemberStatus(ctx, imageId, memberId, status)))
}

/** DELETE /v2/images/{id}/members/{member}; its answer has not even a content type. */
export async function removeMemberRequest(ctx: RequestContext, request: WireRequest): Promise<WireResponse> {
  const { imageId, memberId } = placeOf(request)
  await removeMember(ctx, imageId, memberId)
  return { status: 204, headers: {}, body: null }
}

type Document = Awaited<ReturnType<typeof readJson>>

function memberIdOf(document: Document): string {
  if (Array.isArray(document)) throw memberExpected()
  if (!Object.hasOwn(document, 'member')) {
    throw apiError('bad_request', { public: 'Member to be added not specified' })
  }
  const { member } = document
  if (!member) throw apiError('bad_request', { public: "Member can't be empty" })
  if (typeof member !== 'string') throw memberExpected()
  return member
}

function memberExpected() {
  return apiError('bad_request', { public: 'Expected a member in the form: {"member": "image_id"}' })
}

/** The status as it came; whether it is one is asked after whether the caller may set it. */
function statusOf(document: Document): unknown {
  if (Array.isArray(document)) {
    throw apiError('bad_request', { public: 'Expected a status in the form: {"status": "status"}' })
  }
  if (!Object.hasOwn(document, 'status')) throw apiError('bad_request', { public: 'Status not specified' })
  return document.status
}

/** Glance routes decoded paths, so a slash in a project's id makes another path, which it does not have. */
function placeOf({ params }: WireRequest) {
  const { imageId = '', memberId = '' } = params
  if (memberId.includes('/')) throw apiError('not_found')
  return { imageId, memberId }
}
