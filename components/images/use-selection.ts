'use client'

import { useMemo, useState } from 'react'
import type { ImageItem } from './view'

/** What is marked, across pages and filters, until it is cleared. */
export function useSelection() {
  const [marked, setMarked] = useState<ReadonlyMap<string, ImageItem>>(new Map())
  const ids = useMemo(() => new Set(marked.keys()), [marked])
  const items = useMemo(() => [...marked.values()], [marked])
  return {
    ids,
    items,
    mark: (rows: readonly ImageItem[], isSelected: boolean) =>
      setMarked((old) => {
        const next = new Map(old)
        for (const item of rows) {
          if (isSelected) next.set(item.image.id, item)
          else next.delete(item.image.id)
        }
        return next
      }),
    drop: (imageIds: readonly string[]) =>
      setMarked((old) => new Map([...old].filter(([imageId]) => !imageIds.includes(imageId)))),
    clear: () => setMarked(new Map()),
  }
}
