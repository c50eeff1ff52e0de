'use client'

import type { Result } from '@/components/ui/result'
import { useUndoable } from '@/components/ui/use-undoable'
import type { MemberStatus } from '@/lib/images/view'
import { sharingTexts } from './sharing-messages'

export type AnswerOffer = (input: { readonly imageId: string; readonly status: MemberStatus }) => Promise<Result<null>>

export interface OfferToAnswer {
  readonly imageId: string
  readonly name: string
  readonly status: MemberStatus
}

/** Answers an offer at once; Undo gives the former answer. */
export function useOfferAnswers(answer: AnswerOffer) {
  const { isPending, act } = useUndoable()
  const titles = { pending: sharingTexts.back, accepted: sharingTexts.accepted, rejected: sharingTexts.rejected }

  const set = ({ imageId, name, status: before }: OfferToAnswer, status: MemberStatus) =>
    act({
      title: titles[status](name),
      run: () => answer({ imageId, status }),
      undo: () => answer({ imageId, status: before }),
    })
  return { isPending, set }
}
