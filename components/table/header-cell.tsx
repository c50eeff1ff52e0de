'use client'

import { ArrowDown, ArrowUp } from 'lucide-react'
import { Checkbox } from '@/components/ui/checkbox'
import { cx } from '@/components/ui/cx'
import { uiTexts } from '@/components/ui/messages'
import { roomClass } from './room-class'

const headClass =
  'sticky top-12 z-10 h-9 border-line border-b bg-bg px-2 text-left align-middle font-medium text-muted text-xs first:pl-2'

export interface HeaderCellProps {
  readonly label: string
  /** The label stays for screen readers only. */
  readonly isHidden?: boolean
  readonly align?: 'end' | undefined
  readonly room?: keyof typeof roomClass | undefined
  readonly sorted: false | 'asc' | 'desc'
  /** Absent when the server cannot sort by this column. */
  readonly onSort: ((isMulti: boolean) => void) | undefined
}

export function HeaderCell({ label, isHidden = false, align, room, sorted, onSort }: HeaderCellProps) {
  const Arrow = sorted === 'desc' ? ArrowDown : ArrowUp
  const sortWord = sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'
  return (
    <th
      role="columnheader"
      scope="col"
      {...(onSort && { 'aria-sort': sortWord })}
      className={cx(headClass, 'max-md:sr-only', align === 'end' && 'text-right', room && roomClass[room])}
    >
      {onSort === undefined ? (
        <span className={cx(isHidden && 'sr-only')}>{label}</span>
      ) : (
        <>
          {/* Cards are sorted by the View menu; what cannot be seen there must not take the focus. */}
          <span className="md:hidden">{label}</span>
          <button
            type="button"
            onClick={(event) => onSort(event.shiftKey)}
            className={cx(
              'group -mx-1 inline-flex min-h-6 max-md:hidden cursor-default items-center gap-1 rounded-sm px-1 hover:text-text',
              sorted !== false && 'text-text',
              align === 'end' && 'flex-row-reverse',
            )}
          >
            {label}
            <Arrow
              aria-hidden
              className={cx(
                'size-3',
                sorted === false && 'opacity-0 group-hover:opacity-50 group-focus-visible:opacity-50',
              )}
            />
          </button>
        </>
      )}
    </th>
  )
}

export interface SelectPageBoxProps {
  readonly isSelected: boolean
  readonly isSome: boolean
  readonly onChange: (isSelected: boolean) => void
}

export function SelectPageBox({ isSelected, isSome, onChange }: SelectPageBoxProps) {
  return (
    <th
      role="columnheader"
      scope="col"
      className={cx(headClass, 'w-9 max-md:flex max-md:w-auto max-md:items-center max-md:border-0 max-md:px-3')}
    >
      <Checkbox
        aria-label={uiTexts.table.selectPage}
        isSelected={isSelected}
        isIndeterminate={isSome && !isSelected}
        onChange={onChange}
      >
        <span className="font-normal text-muted text-sm md:hidden">{uiTexts.table.selectPage}</span>
      </Checkbox>
    </th>
  )
}
