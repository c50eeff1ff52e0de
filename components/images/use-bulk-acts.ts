'use client'

import { useState } from 'react'
import { useNavigation } from '@/components/ui/navigation'
import { useToast } from '@/components/ui/toast'
import { type Ask, presentOn } from './act-form'
import { type BulkAct, lookedAt } from './bulk-act'
import { bulkTexts } from './bulk-messages'
import type { PreflightSubject } from './preflight-sheet'
import type { BulkEnd } from './use-bulk-run'
import type { useSelection } from './use-selection'
import type { ImageItem } from './view'

export interface BulkActsOptions {
  /** the query of what matches */
  readonly search: string
  readonly selection: ReturnType<typeof useSelection>
  /** Called when the bar of the selection has gone with what was selected. */
  readonly onGone: () => void
}

/** From the selection, or one row, to the sheet that shows what will happen, and what follows after it. */
export function useBulkActs({ search, selection, onGone }: BulkActsOptions) {
  const toast = useToast()
  const { refresh } = useNavigation()
  const [subject, setSubject] = useState<PreflightSubject | null>(null)
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
    onEnded: (act: BulkAct, { tally, doneIds }: BulkEnd) => {
      if (act.kind === 'delete') selection.drop(doneIds)
      if (act.kind === 'delete' && selection.isAll) selection.clear()
      const skippedCount = lookedAt(tally) - tally.doneCount - tally.failedCount
      if (tally.doneCount > 0) toast({ kind: 'ok', title: bulkTexts.done(act, tally.doneCount) })
      else if (tally.failedCount === 0 && skippedCount > 0) {
        toast({ kind: 'ok', title: bulkTexts.skipped(skippedCount) })
      }
      refresh()
    },
  }
}
