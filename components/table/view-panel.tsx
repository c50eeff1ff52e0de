'use client'

import { Checkbox } from '@/components/ui/checkbox'
import { uiTexts } from '@/components/ui/messages'
import type { OpenedPlace } from '@/components/ui/opener'
import { Panel } from '@/components/ui/panel'
import { Select } from '@/components/ui/select'
import { densities } from './list-spec'
import type { ViewMenuProps } from './view-menu'

export interface ViewPanelProps extends Omit<ViewMenuProps, 'isOpen' | 'onOpenChange'> {
  readonly place: OpenedPlace
}

/** Columns, row height, and on a phone the order. */
export function ViewPanel(props: ViewPanelProps) {
  const { columns, visible, onVisible, density, onDensity, sorts, sort, defaultSort, onSort, place } = props
  const first = sort[0] ?? defaultSort
  return (
    <Panel
      {...place}
      label={uiTexts.table.view}
      className="w-60"
      dialogClass="flex max-h-[70dvh] flex-col gap-3 overflow-y-auto p-3"
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
    </Panel>
  )
}
