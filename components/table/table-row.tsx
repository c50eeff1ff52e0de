'use client'

import { Ellipsis } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClass } from '@/components/ui/button-class'
import { cx } from '@/components/ui/cx'
import { uiTexts } from '@/components/ui/messages'
import type { Density } from './list-spec'
import { MarkBox } from './mark-box'
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
  readonly isGone: boolean
  readonly onToggle: (isSelected: boolean, isRange: boolean) => void
  readonly cells: readonly RowCell[]
  readonly isMenuOpen: boolean
  readonly onMenu: (trigger: HTMLElement) => void
}

const cardPlaces = {
  title: 'max-md:order-1 max-md:basis-[calc(100%-7rem)] max-md:min-w-0',
  status: 'max-md:order-4',
  fact: 'max-md:order-5',
} as const

/**
 * One row, of plain elements: a page has up to two hundred, and each widget of a library costs a slow machine
 * milliseconds before the page answers. Below 768 px the same cells flow as a card: title and menu, then status and facts.
 */
export function TableRow(props: TableRowProps) {
  const { id, name, density, isSelected, isGone, onToggle, cells, isMenuOpen, onMenu } = props
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
        isGone && 'text-muted [&_a]:text-muted [&_a]:line-through',
      )}
    >
      <td role="gridcell" className={cx(line, height, 'w-9 max-md:order-2 max-md:ml-auto')}>
        <MarkBox label={uiTexts.table.selectRow(name)} isOn={isSelected} isDisabled={isGone} onChange={onToggle} />
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
        {!isGone && (
          <button
            type="button"
            aria-label={uiTexts.table.rowMenu(name)}
            aria-haspopup="menu"
            aria-expanded={isMenuOpen}
            title={uiTexts.table.rowMenu(name)}
            onClick={(event) => onMenu(event.currentTarget)}
            className={buttonClass('quiet', 'sm', 'w-8 px-0 text-muted hover:bg-hover active:bg-press md:w-7')}
          >
            <Ellipsis aria-hidden />
          </button>
        )}
      </td>
    </tr>
  )
}
