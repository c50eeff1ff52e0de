import { wireTime } from './iso-time'

export const memberStatuses = ['pending', 'accepted', 'rejected'] as const
export type MemberStatus = (typeof memberStatuses)[number]

/** A project that a shared image is offered to, and what it answered. */
export interface ImageMember {
  readonly imageId: string
  /** the project's id */
  readonly memberId: string
  readonly status: MemberStatus
  /** epoch milliseconds */
  readonly createdAt: number
  readonly updatedAt: number
}

export function isMemberStatus(value: unknown): value is MemberStatus {
  return memberStatuses.some((status) => status === value)
}

/** A membership as the API shows it. Source: images.md 9.4. */
export function wireMember(member: ImageMember): Record<string, unknown> {
  return {
    member_id: member.memberId,
    image_id: member.imageId,
    status: member.status,
    created_at: wireTime(member.createdAt),
    updated_at: wireTime(member.updatedAt),
    schema: '/v2/schemas/member',
  }
}
