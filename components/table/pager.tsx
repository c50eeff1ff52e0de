'use client'

import { ChevronLeft, ChevronRight } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { uiTexts } from '@/components/ui/messages'
import { Select } from '@/components/ui/select'

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
          <Select
            label={uiTexts.table.pageSize}
            hideLabel
            small
            choices={sizes.all.map((size) => ({ value: String(size), label: uiTexts.table.perPage(size) }))}
            value={String(sizes.current)}
            onChange={(value) => sizes.onChange(Number(value))}
          />
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
