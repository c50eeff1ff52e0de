'use client'

import { SlidersHorizontal } from 'lucide-react'
import { Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { cx } from '@/components/ui/cx'
import { floatingClass } from '@/components/ui/floating'
import { uiTexts } from '@/components/ui/messages'
import { Select } from '@/components/ui/select'
import { type Density, densities, type SortKey } from './list-spec'

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

/** Columns, row height, and on a phone the order. */
export function ViewMenu(props: ViewMenuProps) {
  const { columns, visible, onVisible, density, onDensity, sorts, sort, defaultSort, onSort, isOpen, onOpenChange } =
    props
  const first = sort[0] ?? defaultSort
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      <Button>
        <SlidersHorizontal className="text-muted" aria-hidden />
        {uiTexts.table.view}
      </Button>
      <Popover placement="bottom end" offset={4} className={cx(floatingClass, 'w-60')}>
        <Dialog
          aria-label={uiTexts.table.view}
          className="flex max-h-[70dvh] flex-col gap-3 overflow-y-auto p-3 outline-none"
        >
          <div className="md:hidden">
            <Select
              label={uiTexts.table.sortBy}
              choices={sorts}
              value={`${first.desc ? '-' : ''}${first.id}`}
              onChange={(value) => onSort([{ id: value.replace(/^-/, ''), desc: value.startsWith('-') }])}
            />
          </div>
          <fieldset className="max-md:hidden">
            <legend className="mb-1 font-medium text-sm">{uiTexts.table.columns}</legend>
            <div className="flex flex-col">
              {columns.map((column) => (
                <Checkbox
                  key={column.id}
                  isSelected={visible.includes(column.id)}
                  isDisabled={column.isFixed ?? false}
                  onChange={(isShown) => {
                    const order = columns.map((candidate) => candidate.id)
                    const next = isShown ? [...visible, column.id] : visible.filter((id) => id !== column.id)
                    onVisible(order.filter((id) => next.includes(id)))
                  }}
                  className="h-7"
                >
                  {column.header}
                </Checkbox>
              ))}
            </div>
          </fieldset>
          <div className="max-md:hidden">
            <Select
              label={uiTexts.table.density}
              choices={densities.map((value) => ({ value, label: uiTexts.table[value] }))}
              value={density}
              onChange={onDensity}
            />
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
