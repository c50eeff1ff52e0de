'use client'

import { useState } from 'react'
import { insist } from '@/components/session/insist'
import { uiTexts } from '@/components/ui/messages'
import { useNavigation } from '@/components/ui/navigation'
import { useToast } from '@/components/ui/toast'
import { type Ask, addOutcomes, type BulkAct, bulkStepMax, emptyTally, lookedAt, presentOn, undosOf } from './bulk-act'
import { bulkTexts } from './bulk-messages'
import type { PreflightSubject } from './preflight-sheet'
import type { BulkEnd } from './use-bulk-run'
import type { useSelection } from './use-selection'
import type { BulkActions, ImageItem } from './view'

export interface BulkActsOptions {
  /** the query of what matches */
  readonly search: string
  readonly bulk: BulkActions
  readonly selection: ReturnType<typeof useSelection>
  /** Called when the bar of the selection has gone with what was selected. */
  readonly onGone: () => void
}

/** From the selection, or one row, to the sheet that shows what will happen, and what follows after it. */
export function useBulkActs({ search, bulk, selection, onGone }: BulkActsOptions) {
  const toast = useToast()
  const { refresh } = useNavigation()
  const [subject, setSubject] = useState<PreflightSubject | null>(null)
  /** Acts like any others, on those images alone that were changed. */
  const takeBack = async (undos: ReturnType<typeof undosOf>) => {
    let tally = emptyTally
    let problem: string | undefined
    for (const { act, imageIds } of undos) {
      let runId: string | undefined
      for (let index = 0; index < imageIds.length && problem === undefined; index += bulkStepMax) {
        const part = { imageIds: imageIds.slice(index, index + bulkStepMax) }
        const result = await insist(() => bulk.run({ act, target: part, runId })).catch(() => null)
        if (result?.ok) {
          tally = addOutcomes(tally, result.data.outcomes)
          runId = result.data.runId ?? runId
        } else problem = result === null ? uiTexts.unreachable : result.message
      }
    }
    if (problem !== undefined) toast({ kind: 'error', title: bulkTexts.undoBroken, text: problem })
    else if (tally.failedCount === 0) toast({ kind: 'ok', title: bulkTexts.undone })
    else {
      const text = tally.failed[0]?.message
      toast({ kind: 'error', title: bulkTexts.undoFailed(tally.failedCount), ...(text !== undefined && { text }) })
    }
    refresh()
  }
  const target = selection.isAll ? { search } : { imageIds: selection.items.map(({ image }) => image.id) }
  return {
    subject,
    deleteOne: ({ image }: ImageItem) =>
      setSubject({ target: { imageIds: [image.id] }, start: { act: { kind: 'delete' } } }),
    onAct: (act: BulkAct) => setSubject({ target, start: { act } }),
    onAsk: (ask: Ask) => setSubject({ target, start: { ask }, present: presentOn(selection.items) }),
    close: () => {
      setSubject(null)
      if (selection.items.length === 0) requestAnimationFrame(onGone)
    },
    onEnded: (act: BulkAct, { tally, done }: BulkEnd) => {
      if (act.kind === 'delete') selection.drop(done.map(({ id }) => id))
      if (act.kind === 'delete' && selection.isAll) selection.clear()
      const skippedCount = lookedAt(tally) - tally.doneCount - tally.failedCount
      const undos = undosOf(done)
      if (tally.doneCount > 0) {
        const undo = { label: uiTexts.undo, run: () => void takeBack(undos) }
        toast({ kind: 'ok', title: bulkTexts.done(act, tally.doneCount), ...(undos.length > 0 && { action: undo }) })
      }
      if (tally.doneCount === 0 && tally.failedCount === 0 && skippedCount > 0) {
        toast({ kind: 'ok', title: bulkTexts.skipped(skippedCount) })
      }
      refresh()
    },
  }
}
