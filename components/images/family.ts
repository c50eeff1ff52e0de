import type { ImageItem } from './view'

/**
 * The versions that may be retired when the newest `keep` usable ones stay: those that are older than all of them.
 * Whatever is newer, as one that waits for its data, stays too; where none is usable nothing is retired.
 */
export function retirable(versions: readonly ImageItem[], keep: number): readonly ImageItem[] {
  let kept = 0
  for (const [index, { image }] of versions.entries()) {
    if (image.status === 'active' && !image.isHidden) kept += 1
    if (kept === keep) return versions.slice(index + 1)
  }
  return []
}
