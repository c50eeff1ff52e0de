import { expect } from 'vitest'
import { z } from 'zod'
import type { WireResponse } from '../../support/http-client'
import { admin, type Caller, member, other } from './api'
import { createImage, type Image, patchImage } from './images'

const timestamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
const memberSchema = z.strictObject({
  member_id: z.string(),
  image_id: z.string(),
  status: z.enum(['pending', 'accepted', 'rejected']),
  created_at: timestamp,
  updated_at: timestamp,
  schema: z.literal('/v2/schemas/member'),
})
const membersSchema = z.strictObject({ members: z.array(memberSchema), schema: z.literal('/v2/schemas/members') })

export const membersPath = (id: string) => `/v2/images/${id}/members`
export const memberPath = (id: string, projectId = other.projectId) => `${membersPath(id)}/${projectId}`

export const addMember = (id: string, projectId: unknown = other.projectId, caller = member) =>
  caller.post(membersPath(id), { json: { member: projectId } })
export const setStatus = (id: string, status: unknown, caller = other, projectId = other.projectId) =>
  caller.put(memberPath(id, projectId), { json: { status } })
export const removeMember = (id: string, projectId = other.projectId, caller = member) =>
  caller.delete(memberPath(id, projectId))

export function memberOf(response: WireResponse) {
  expectJson(response)
  return memberSchema.parse(JSON.parse(response.text))
}

export async function memberIds(id: string, caller: Caller): Promise<string[]> {
  const response = await caller.get(membersPath(id))
  expectJson(response)
  return membersSchema.parse(JSON.parse(response.text)).members.map((found) => found.member_id)
}

function expectJson(response: WireResponse): void {
  expect({ status: response.status, body: response.text }).toEqual({ status: 200, body: expect.stringMatching(/^\{/) })
  expect(response.headers['content-type']).toBe('application/json')
}

/** An image of member's that is offered to other. */
export async function offeredImage(fields: object = {}): Promise<Image> {
  const image = await createImage({ visibility: 'shared', ...fields })
  memberOf(await addMember(image.id))
  return image
}

/** An offered image that has this visibility now. */
export async function onceOffered(visibility: string): Promise<string> {
  const { id } = await offeredImage()
  const response = await patchImage(id, [{ op: 'replace', path: '/visibility', value: visibility }], admin)
  expect(response.status).toBe(200)
  return id
}

export const notShared = ['private', 'community', 'public']
export const deniedBy = (rule: string) => `You are not authorized to complete ${rule} action.`
export const absentImage = (id: string) => `Image ${id} not found.`
export const absentMember = (id: string, projectId = other.projectId) =>
  `${projectId} not found in the member list of the image ${id}.`
