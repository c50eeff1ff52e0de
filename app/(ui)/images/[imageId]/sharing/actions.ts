'use server'

import { z } from 'zod'
import type { AddOutcome } from '@/components/images/image-sharing'
import { isApiError } from '@/lib/errors/api-error'
import { auditRefusal } from '@/lib/events/refusals'
import { memberStatuses } from '@/lib/images/member'
import { addMember, removeMember, setMemberStatus } from '@/lib/images/members'
import { action } from '@/lib/session/action'
import { errorSentence } from '@/lib/session/error-sentence'

const MEMBERS_AT_ONCE_MAX = 100

export const addMembersAction = action(
  z.object({ imageId: z.string(), memberIds: z.array(z.string()).max(MEMBERS_AT_ONCE_MAX).readonly() }),
  async (ctx, { imageId, memberIds }): Promise<readonly AddOutcome[]> => {
    const outcomes: AddOutcome[] = []
    for (const memberId of memberIds) {
      try {
        await addMember(ctx, imageId, memberId)
        outcomes.push({ memberId, isAdded: true })
      } catch (error) {
        await auditRefusal(ctx, { method: 'POST', path: `/images/${imageId}/members`, imageId }, error)
        if (!isApiError(error)) ctx.log.error({ err: error, imageId }, 'a member could not be added')
        outcomes.push({ memberId, isAdded: false, message: errorSentence(error) })
      }
    }
    return outcomes
  },
)

export const removeMemberAction = action(
  z.object({ imageId: z.string(), memberId: z.string() }),
  async (ctx, { imageId, memberId }) => {
    await removeMember(ctx, imageId, memberId)
    return null
  },
)

/** The answer of the project that the reader works in. */
export const answerOfferAction = action(
  z.object({ imageId: z.string(), status: z.enum(memberStatuses) }),
  async (ctx, { imageId, status }) => {
    await setMemberStatus(ctx, imageId, ctx.principal.projectId ?? '', status)
    return null
  },
)
