'use client'

import { SlidersHorizontal } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { lazyPart } from '@/components/ui/lazy-part'
import { uiTexts } from '@/components/ui/messages'
import { Opener } from '@/components/ui/opener'
import type { Density, SortKey } from './list-spec'

const ViewPanel = lazyPart(async () => (await import('./view-panel')).ViewPanel)

export interface ViewMenuProps {
  readonly columns: readonly { readonly id: string; readonly header: string; readonly isFixed?: boolean }[]
  readonly visible: readonly string[]
  readonly onVisible: (visible: readonly string[]) => void
  readonly density: Density
  readonly onDensity: (density: Density) => void
  /** Sorting, where headers are not to be seen. */
  readonly sorts: readonly { readonly value: string; readonly label: string }[]
  readonly sort: readonly SortKey[]
  /** How a list is sorted that nobody has asked to sort. */
  readonly defaultSort: SortKey
  readonly onSort: (sort: readonly SortKey[]) => void
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
}

/** Opens what says how the table looks. */
export function ViewMenu({ isOpen, onOpenChange, ...view }: ViewMenuProps) {
  return (
    <Opener
      kind="dialog"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      trigger={
        <Button>
          <SlidersHorizontal className="text-muted" aria-hidden />
          {uiTexts.table.view}
        </Button>
      }
    >
      {(place) => <ViewPanel {...view} place={place} />}
    </Opener>
  )
}
