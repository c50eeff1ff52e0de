'use client'

import { useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { uiTexts } from './messages'
import { useNavigation } from './navigation'
import type { Result } from './result'
import { useToast } from './toast'

export interface Undoable {
  readonly title: string
  readonly run: () => Promise<Result<unknown>>
  /** What takes it back; left out where nothing does. */
  readonly undo?: () => Promise<Result<unknown>>
}

/** Does what can be taken back: at once, with Undo in the toast that tells of it; the page is read again after each. */
export function useUndoable() {
  const [isPending, start] = useTransition()
  const { refresh } = useNavigation()
  const toast = useToast()
  const failed = (text: string) => toast({ kind: 'error', title: uiTexts.nothingChanged, text })
  const takeBack = (undo: NonNullable<Undoable['undo']>) => {
    insist(undo).then(
      (undone) => {
        if (!undone.ok) failed(undone.message)
        refresh()
      },
      () => failed(uiTexts.unreachable),
    )
  }
  const act = ({ title, run, undo }: Undoable) =>
    start(async () => {
      const result = await insist(run).catch(() => null)
      if (result?.ok) {
        toast({ kind: 'ok', title, ...(undo && { action: { label: uiTexts.undo, run: () => takeBack(undo) } }) })
      } else failed(result === null ? uiTexts.unreachable : result.message)
      refresh()
    })
  return { isPending, act }
}
