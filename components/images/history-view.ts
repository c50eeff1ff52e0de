import type { Expected, PatchStep } from './view'

/** One line of an image's history: plain JSON, times as ISO 8601 in UTC. */
export interface HistoryEntry {
  readonly id: number
  readonly at: string
  /** Glance's name of what happened; of a refusal what was asked for, as `PATCH /v2/images/…` */
  readonly kind: string
  readonly isRefused: boolean
  /** why it was refused */
  readonly reason: string | null
  readonly who: { readonly userId: string; readonly isReader: boolean } | null
  readonly memberId: string | null
  readonly requestId: string | null
  readonly changes: readonly HistoryChange[]
  /** what takes it back, as far as the image still is what this made of it; null when nothing does */
  readonly revert: readonly PatchStep[] | null
  /** what the image must still be for that */
  readonly expected: Expected
}

export interface HistoryChange {
  readonly name: string
  /** null: it was not there */
  readonly was: string | null
  /** null: it went */
  readonly is: string | null
}
