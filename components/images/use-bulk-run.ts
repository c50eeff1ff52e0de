'use client'

import { useEffect, useRef, useState } from 'react'
import { insist } from '@/components/session/insist'
import { uiTexts } from '@/components/ui/messages'
import {
  addOutcomes,
  type BulkAct,
  type BulkOutcome,
  type BulkStep,
  type BulkTally,
  type BulkTarget,
  bulkMax,
  bulkStepMax,
  emptyTally,
  lookedAt,
} from './bulk-act'
import type { BulkActions } from './view'

export interface BulkWork {
  readonly act: BulkAct
  readonly target: BulkTarget
  /** those to be changed, where they were chosen one by one */
  readonly imageIds: readonly string[]
}

export interface BulkEnd {
  readonly tally: BulkTally
  readonly done: readonly BulkOutcome[]
  readonly isStopped: boolean
  /** why it did not get to the end */
  readonly problem?: string
}

/** Does an act part by part, so that its progress shows and it can be stopped between two parts. */
export function useBulkRun(run: BulkActions['run']) {
  const [tally, setTally] = useState<BulkTally | null>(null)
  const [isStopping, setStopping] = useState(false)
  const mustStop = useRef(false)
  const stop = () => {
    mustStop.current = true
    setStopping(true)
  }
  useEffect(
    () => () => {
      mustStop.current = true
    },
    [],
  )
  const start = async (work: BulkWork): Promise<BulkEnd> => {
    mustStop.current = false
    let sum = emptyTally
    const done: BulkOutcome[] = []
    let runId: string | undefined
    setTally(sum)
    for (const part = partsOf(work); ; ) {
      if (mustStop.current) return { tally: sum, done, isStopped: true }
      const input = part.next()
      if (input === null) return { tally: sum, done, isStopped: false }
      const result = await insist(() => run({ ...input, runId })).catch(() => null)
      if (result === null || !result.ok) {
        const problem = result === null ? uiTexts.unreachable : result.message
        return { tally: sum, done, isStopped: false, problem }
      }
      const { outcomes } = result.data
      sum = addOutcomes(sum, outcomes)
      runId = result.data.runId ?? runId
      done.push(...outcomes.filter(({ result: kind }) => kind === 'done'))
      setTally(sum)
      part.took(result.data, sum)
    }
  }
  return { tally, isStopping, start, stop }
}

/** The inputs of the parts, one after the other: the next named images, or the query from where the last one ended. */
function partsOf({ act, target, imageIds }: BulkWork) {
  let after: string | null | undefined
  let index = 0
  return {
    next: (): Parameters<BulkActions['run']>[0] | null => {
      if ('search' in target) return after === null ? null : { act, target, after }
      const ids = imageIds.slice(index, index + bulkStepMax)
      index += ids.length
      return ids.length === 0 ? null : { act, target: { imageIds: ids } }
    },
    took: ({ next }: BulkStep, tally: BulkTally) => {
      after = lookedAt(tally) >= bulkMax ? null : next
    },
  }
}
