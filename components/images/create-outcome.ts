import { type Claim, type FormatRules, isUnpacked } from '@/components/uploads/file-verdict'
import type { UsageView } from '@/components/usage/usage-view'
import { contentFormat } from '@/lib/formats/convertible'
import type { Inspection } from '@/lib/formats/inspector'

/** What becomes of the data once it has arrived. Sizes in bytes. */
export type Outcome =
  | { readonly kind: 'kept'; readonly sizeBytes: number }
  /** what is inside of it decides the rest */
  | { readonly kind: 'unpacked'; readonly convertsTo: string | null }
  | Conversion

export interface Conversion {
  readonly kind: 'converted'
  readonly from: string
  readonly to: string
  /** null: nobody knows before it is done */
  readonly sizeBytes: number | null
  /** what it takes where zeros take no room; null when unknown */
  readonly dataBytes: number | null
  /** what waits for the stores at once: the data as it came, and as it will be */
  readonly stagingBytes: number
}

/**
 * Foretells what an import makes of a file: the same rules that its steps go by. `dataBytes` is how much of its disk
 * holds data, where that is known. What nobody has looked into counts as kept.
 */
export function outcomeOf(
  inspection: Inspection | undefined,
  claim: Claim,
  rules: FormatRules,
  { sizeBytes, dataBytes }: { readonly sizeBytes: number; readonly dataBytes: number | undefined },
): Outcome {
  const { convertsTo } = rules
  const kept: Outcome = { kind: 'kept', sizeBytes }
  if (inspection === undefined) return kept
  if (isUnpacked(inspection, claim, rules)) return { kind: 'unpacked', convertsTo }
  const { virtualSizeBytes } = inspection
  const from = contentFormat(inspection)
  if (convertsTo === null || from === convertsTo || from === 'iso' || from === 'ambiguous') return kept
  if (convertsTo === 'raw') {
    if (virtualSizeBytes === null) return kept
    return {
      kind: 'converted',
      from,
      to: convertsTo,
      sizeBytes: virtualSizeBytes,
      dataBytes: dataBytes ?? null,
      stagingBytes: sizeBytes + virtualSizeBytes,
    }
  }
  return { kind: 'converted', from, to: convertsTo, sizeBytes: null, dataBytes: null, stagingBytes: 2 * sizeBytes }
}

export interface QuotaLine {
  readonly name: UsageView['name']
  readonly before: number
  readonly after: number
  readonly limit: number
  /** how much must go before it fits; 0 when it fits */
  readonly excess: number
}

export interface Arrival {
  readonly sizeBytes: number
  readonly storeCount: number
  /** whether it waits for an import, or goes to its store at once */
  readonly isStaged: boolean
}

/** What the limits of a project will hold with a new image; what is not limited is left out. null: without data. */
export function quotaLines(
  usage: readonly UsageView[],
  outcome: Outcome | null,
  arrival: Arrival,
): readonly QuotaLine[] {
  const added = addedBy(outcome, arrival)
  return usage.flatMap(({ name, used, limit }): QuotaLine[] => {
    if (limit === null) return []
    const after = used + added[name]
    return [{ name, before: used, after, limit, excess: added[name] === 0 ? 0 : Math.max(0, after - limit) }]
  })
}

function addedBy(
  outcome: Outcome | null,
  { sizeBytes, storeCount, isStaged }: Arrival,
): Readonly<Record<UsageView['name'], number>> {
  if (outcome === null) {
    return { image_size_total: 0, image_stage_total: 0, image_count_total: 1, image_count_uploading: 0 }
  }
  const isConverted = outcome.kind === 'converted'
  const stored = isConverted ? Math.max(sizeBytes, outcome.sizeBytes ?? 0) : sizeBytes
  return {
    image_size_total: stored * storeCount,
    image_stage_total: !isStaged ? 0 : isConverted ? outcome.stagingBytes : sizeBytes,
    image_count_total: 1,
    image_count_uploading: 1,
  }
}
