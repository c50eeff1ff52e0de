'use client'

import { ChevronDown, ChevronLeft, ChevronRight } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem } from '@/components/ui/menu'
import { uiTexts } from '@/components/ui/messages'

export interface PagerProps {
  /** "214 images", as exact as it is known. */
  readonly summary?: string | undefined
  /** Absent where pages have one size. */
  readonly sizes?: {
    readonly current: number
    readonly all: readonly number[]
    readonly onChange: (pageSize: number) => void
  }
  /** Absent on the first and last page. */
  readonly onPrevious: (() => void) | null
  readonly onNext: (() => void) | null
}

export function Pager({ summary, sizes, onPrevious, onNext }: PagerProps) {
  return (
    <nav aria-label={uiTexts.table.pages} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <p className="min-h-5 text-muted text-sm tabular-nums">{summary}</p>
      <div className="ml-auto flex items-center gap-2">
        {sizes !== undefined && (
          <Menu
            label={uiTexts.table.pageSize}
            placement="top end"
            trigger={
              <Button size="sm" aria-label={`${uiTexts.table.pageSize}: ${uiTexts.table.perPage(sizes.current)}`}>
                {uiTexts.table.perPage(sizes.current)}
                <ChevronDown className="text-muted" aria-hidden />
              </Button>
            }
          >
            {sizes.all.map((size) => (
              <MenuItem key={size} isChecked={size === sizes.current} onAction={() => sizes.onChange(size)}>
                {uiTexts.table.perPage(size)}
              </MenuItem>
            ))}
          </Menu>
        )}
        <Button size="sm" isDisabled={onPrevious === null} onPress={() => onPrevious?.()}>
          <ChevronLeft aria-hidden />
          <span className="max-sm:sr-only">{uiTexts.table.previous}</span>
        </Button>
        <Button size="sm" isDisabled={onNext === null} onPress={() => onNext?.()}>
          <span className="max-sm:sr-only">{uiTexts.table.next}</span>
          <ChevronRight aria-hidden />
        </Button>
      </div>
    </nav>
  )
}
