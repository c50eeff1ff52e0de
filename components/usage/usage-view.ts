import type { usageTexts } from './usage-messages'

/** One thing that a project can be limited in. */
export interface UsageView {
  readonly name: keyof typeof usageTexts.names
  /** bytes, or how many images */
  readonly used: number
  /** null where nothing bounds it */
  readonly limit: number | null
}
