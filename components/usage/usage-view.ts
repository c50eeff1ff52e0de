import { formatBytes, formatCount } from '@/components/ui/format'
import type { usageTexts } from './usage-messages'

/** One thing that a project can be limited in. */
export interface UsageView {
  readonly name: keyof typeof usageTexts.names
  /** bytes, or how many images */
  readonly used: number
  /** null where nothing bounds it */
  readonly limit: number | null
}

/** Limited in bytes, not in images. */
export function isSizeLimit(name: UsageView['name']): boolean {
  return name === 'image_size_total' || name === 'image_stage_total'
}

/** How amounts of it are written. */
export function usageText(name: UsageView['name']): (amount: number) => string {
  return isSizeLimit(name) ? formatBytes : formatCount
}
