'use client'

import { type ReactNode, useRef } from 'react'
import { Checkbox } from '@/components/ui/checkbox'
import { cx } from '@/components/ui/cx'
import { uiTexts } from '@/components/ui/messages'
import type { Density } from './list-spec'
import { roomClass } from './room-class'

export interface RowCell {
  readonly id: string
  readonly column:
    | {
        readonly header: string
        readonly align?: 'end'
        readonly className?: string
        readonly room?: keyof typeof roomClass
        readonly card?: 'title' | 'status' | 'fact'
      }
    | undefined
  readonly content: ReactNode
}

export interface TableRowProps {
  readonly id: string
  readonly name: string
  readonly density: Density
  readonly isSelected: boolean
  readonly onToggle: (isSelected: boolean, isRange: boolean) => void
  readonly cells: readonly RowCell[]
  readonly menu: ReactNode
}

const cardPlaces = {
  title: 'max-md:order-1 max-md:basis-[calc(100%-7rem)] max-md:min-w-0',
  status: 'max-md:order-4',
  fact: 'max-md:order-5',
} as const

/** One row; below 768 px the same cells flow as a card: title and menu, then status and facts. */
export function TableRow({ id, name, density, isSelected, onToggle, cells, menu }: TableRowProps) {
  const isRange = useRef(false)
  const height = density === 'compact' ? 'md:h-9' : 'md:h-12'
  const line = 'md:border-line md:border-b md:px-2'
  return (
    <tr
      role="row"
      data-id={id}
      aria-selected={isSelected}
      className={cx(
        'group/row transition-colors',
        'max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:gap-y-1 max-md:rounded-md max-md:border max-md:border-line max-md:p-3',
        isSelected ? 'bg-accent-soft max-md:border-accent' : 'hover:bg-hover',
      )}
    >
      <td role="gridcell" className={cx(line, height, 'w-9 max-md:order-2 max-md:ml-auto')}>
        <span
          className="inline-flex"
          onClickCapture={(event) => {
            isRange.current = event.shiftKey
          }}
        >
          <Checkbox
            aria-label={uiTexts.table.selectRow(name)}
            isSelected={isSelected}
            onChange={(next) => {
              onToggle(next, isRange.current)
              isRange.current = false
            }}
          />
        </span>
      </td>
      {cells.map(({ id: cellId, column, content }) => (
        <td
          key={cellId}
          role="gridcell"
          className={cx(
            line,
            height,
            column?.align === 'end' && 'md:text-right',
            column?.className,
            column?.room && roomClass[column.room],
            column?.card === undefined ? 'max-md:hidden' : cardPlaces[column.card],
          )}
        >
          {content}
        </td>
      ))}
      <td role="gridcell" data-menu className={cx(line, height, 'w-11 text-right max-md:order-3')}>
        {menu}
      </td>
    </tr>
  )
}
