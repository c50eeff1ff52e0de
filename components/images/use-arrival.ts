'use client'

import { useState } from 'react'
import { guessFromName } from '@/components/uploads/file-name'
import { type FormatRules, suggestClaim, verdictOf, withoutImport } from '@/components/uploads/file-verdict'
import { type FileReading, useDataBytes, useInspection } from '@/components/uploads/use-inspection'
import type { UsageView } from '@/components/usage/usage-view'
import type { SourcePreview } from '@/lib/imports/view'
import type { CreateDraft } from './create-draft'
import { outcomeOf, quotaLines } from './create-outcome'
import type { CreateState, SourceKind } from './use-create-state'

export interface ArrivalOptions {
  readonly rules: FormatRules
  readonly usage: readonly UsageView[]
  readonly isResumable: boolean
  /** A form that was kept may name another one. */
  readonly kinds: readonly SourceKind[]
}

const gib = 1024 ** 3

/** What is known of the data of a new image before it is sent: what it is, what becomes of it, what it takes. */
export function useArrival(state: CreateState, options: ArrivalOptions) {
  const { draft, files, place } = state
  const kind = options.kinds.includes(state.kind) ? state.kind : 'file'
  const isImport = kind !== 'file'
  const [chosen = null, ...following] = isImport ? [] : files
  const isStaged = isImport || options.isResumable
  const rules = isStaged ? options.rules : withoutImport(options.rules)
  const ofFile = useInspection(chosen)
  const found = foundBy(kind, state)
  const reading: FileReading | undefined = found?.inspection ? { state: 'done', inspection: found.inspection } : ofFile
  const inspection = reading?.state === 'done' ? reading.inspection : undefined
  const dataBytes = useDataBytes(chosen, inspection?.format)
  const fileName = chosen?.name ?? found?.fileName ?? ''
  // What another region says of its image is taken over as it is, once somebody has looked.
  useSuggestions(chosen ?? (kind === 'url' ? found : null), fileName, reading, { rules, setDraft: state.setDraft })

  const hasData = isImport || chosen !== null
  const sizeBytes = chosen?.size ?? found?.sizeBytes ?? 0
  const outcome = hasData ? outcomeOf(inspection, draft, rules, { sizeBytes, dataBytes }) : null
  const quota = quotaLines(options.usage, outcome, { sizeBytes, storeCount: place.storeIds.length, isStaged })
  const verdict = inspection && verdictOf(inspection, draft, fileName, rules)
  return {
    ...{ kind, file: chosen, following, fileName, hasData, isStaged, rules, reading, outcome, quota },
    isOver: quota.some(({ excess }) => excess > 0),
    mustBeSure: verdict?.contradicts === true,
    isDoomed: verdict?.tone === 'danger' || reading?.state === 'failed',
  }
}

/** What a look at the source brought; null for files, and while nobody has looked. */
function foundBy(kind: SourceKind, { address, remote }: CreateState): FoundSource | null {
  if (kind === 'url') return address.preview
  if (kind === 'file' || remote.preview === null) return null
  const { name: fileName, sizeBytes, inspection } = remote.preview
  return { fileName, sizeBytes, inspection }
}

type FoundSource = Pick<SourcePreview, 'fileName' | 'sizeBytes' | 'inspection'>

/** Fills in what the data tells, once for each source; what the person has written already stays. */
function useSuggestions(
  source: object | null,
  fileName: string,
  reading: FileReading | undefined,
  { rules, setDraft }: { rules: FormatRules; setDraft: (change: (old: CreateDraft) => CreateDraft) => void },
): void {
  const [done, setDone] = useState<object | null>(null)
  if (source === null || reading?.state !== 'done' || done === source) return
  setDone(source)
  const { inspection } = reading
  const claim = suggestClaim(inspection, fileName, rules)
  const isDisk = inspection.format !== 'iso' && claim?.containerFormat === 'bare'
  const diskGib = isDisk && inspection.virtualSizeBytes !== null ? Math.ceil(inspection.virtualSizeBytes / gib) : 0
  setDraft((old) => ({
    ...old,
    ...claim,
    name: old.name === '' ? guessFromName(fileName).name : old.name,
    minDiskGib: old.minDiskGib === '' && diskGib > 0 ? String(diskGib) : old.minDiskGib,
  }))
}
