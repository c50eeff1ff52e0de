import type { RemotePreview } from '@/lib/imports/view'
import { type CreateDraft, isOfDataOnly, nextKey, type PropertyRow } from './create-draft'

/** An image of another region, with what is said of it there when it was looked at. */
export interface RegionDraft {
  /** empty: none chosen yet */
  readonly region: string
  readonly imageId: string
  readonly preview: RemotePreview | null
}

export const emptyRegion: RegionDraft = { region: '', imageId: '', preview: null }

/**
 * A draft with what is said of an image in another region. What the person wrote stays; what came from the image that
 * was looked at `before` goes with it. The formats are those of the other image: the import takes them over anyway.
 */
export function draftTaking(draft: CreateDraft, found: RemotePreview, before: RemotePreview | null): CreateDraft {
  const old = before === null ? null : filledBy(before)
  const now = filledBy(found)
  const kept = draft.properties.filter(({ name, value }) => old?.properties.get(name) !== value)
  const names = new Set(kept.map(({ name }) => name.trim()))
  const added = [...now.properties].filter(([name]) => !names.has(name))
  const firstKey = nextKey(kept)
  return {
    ...draft,
    name: draft.name === '' || draft.name === old?.name ? now.name : draft.name,
    minDiskGib: draft.minDiskGib === '' || draft.minDiskGib === old?.minDiskGib ? now.minDiskGib : draft.minDiskGib,
    minRamMib: draft.minRamMib === '' || draft.minRamMib === old?.minRamMib ? now.minRamMib : draft.minRamMib,
    diskFormat: found.diskFormat,
    containerFormat: found.containerFormat,
    properties: [
      ...kept,
      ...added.map(([name, value], index): PropertyRow => ({ key: firstKey + index, name, value })),
    ],
  }
}

function filledBy({ name, minDiskGib, minRamMib, otherProperties }: RemotePreview) {
  return {
    name,
    minDiskGib: minDiskGib > 0 ? String(minDiskGib) : '',
    minRamMib: minRamMib > 0 ? String(minRamMib) : '',
    properties: new Map(Object.entries(otherProperties).filter(([property]) => !isOfDataOnly(property))),
  }
}
