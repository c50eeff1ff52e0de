'use client'

import { useTransition } from 'react'
import { uiTexts } from '@/components/ui/messages'
import { useNavigation } from '@/components/ui/navigation'
import type { Result } from '@/components/ui/result'
import { useToast } from '@/components/ui/toast'
import type { MemberStatus } from '@/lib/images/view'
import { imageTexts } from './messages'
import { sharingTexts } from './sharing-messages'

export type AnswerOffer = (input: { readonly imageId: string; readonly status: MemberStatus }) => Promise<Result<null>>

export interface OfferToAnswer {
  readonly imageId: string
  readonly name: string
  readonly status: MemberStatus
}

/** Answers an offer at once; Undo gives the former answer. */
export function useOfferAnswers(answer: AnswerOffer) {
  const [isPending, start] = useTransition()
  const { refresh } = useNavigation()
  const toast = useToast()
  const titles = { pending: sharingTexts.back, accepted: sharingTexts.accepted, rejected: sharingTexts.rejected }

  const set = ({ imageId, name, status: before }: OfferToAnswer, status: MemberStatus) =>
    start(async () => {
      const result = await answer({ imageId, status })
      if (!result.ok) {
        toast({ kind: 'error', title: imageTexts.done.failed, text: result.message })
        refresh()
        return
      }
      const takeBack = () => {
        void answer({ imageId, status: before }).then((undone) => {
          if (!undone.ok) toast({ kind: 'error', title: imageTexts.done.failed, text: undone.message })
          refresh()
        })
      }
      toast({ kind: 'ok', title: titles[status](name), action: { label: uiTexts.undo, run: takeBack } })
      refresh()
    })
  return { isPending, set }
}
