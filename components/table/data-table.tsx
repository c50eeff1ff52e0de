'use client'

import {
  type ColumnDef,
  columnVisibilityFeature,
  type RowSelectionState,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type ReactNode, type Ref, useImperativeHandle, useMemo, useRef, useState } from 'react'
import { cx } from '@/components/ui/cx'
import type { MenuPlace } from '@/components/ui/menu'
import { uiTexts } from '@/components/ui/messages'
import { HeaderCell, SelectPageBox } from './header-cell'
import { type Density, type SortKey, sortKeysMax } from './list-spec'
import { TableRow } from './table-row'
import { useGridKeys } from './use-grid-keys'

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature, rowSortingFeature })
export type TableFeaturesUsed = typeof features
const columnsThatFit = 7

export interface Column<Row> {
  readonly id: string
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  /** Set when the server can sort by it. */
  readonly isSortable?: boolean
  readonly align?: 'end'
  readonly className?: string
  /** How wide the table must be for it to show: always by default. */
  readonly room?: 'some' | 'more' | 'much'
  /** Where it goes when rows become cards on a phone; left out there by default. */
  readonly card?: 'title' | 'status' | 'fact'
}

export interface DataTableProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  /** Ids of the columns to show, in order. */
  readonly visible: readonly string[]
  readonly rows: readonly Row[]
  readonly rowId: (row: Row) => string
  readonly rowName: (row: Row) => string
  readonly density: Density
  readonly sort: readonly SortKey[]
  readonly onSort: (sort: readonly SortKey[]) => void
  readonly selected: ReadonlySet<string>
  /** Called with the rows of this page whose mark changed. */
  readonly onSelect: (rows: readonly Row[], isSelected: boolean) => void
  readonly onOpen: (row: Row) => void
  /** The menu of a row, made when it is asked for. */
  readonly rowMenu: (row: Row, place: MenuPlace) => ReactNode
  /** Such a row keeps its place, and nothing can be done with it. */
  readonly isGone?: (row: Row) => boolean
  /** Keys beyond those that move and select, with the row that has the focus. */
  readonly onKey?: (key: string, row: Row) => boolean
  readonly isStale: boolean
  readonly ref?: Ref<DataTableHandle>
}

export interface DataTableHandle {
  /** Where the focus was last, or in the first row. */
  focus(from?: 'start'): void
}

/**
 * The one table: the server sorts, filters and pages; this shows, moves the focus and keeps the marks.
 * It is a grid, since one focus moves through it; the roles stand on every part, because below 768 px the parts are
 * laid out as cards and a table without table layout loses its own.
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { columns, visible, rows, rowId, rowName, density, selected, onSelect, sort, onSort } = props
  const isGone = (row: Row) => props.isGone?.(row) ?? false
  const grid = useRef<HTMLTableElement>(null)
  const [menu, setMenu] = useState<{ readonly rowId: string; readonly trigger: HTMLElement } | null>(null)
  const definitions = useMemo<ColumnDef<TableFeaturesUsed, Row>[]>(
    () =>
      visible.flatMap((id) => {
        const column = columns.find((candidate) => candidate.id === id)
        return column === undefined ? [] : [definitionOf(column)]
      }),
    [columns, visible],
  )
  const rowSelection = useMemo<RowSelectionState>(
    () => Object.fromEntries(rows.filter((row) => selected.has(rowId(row))).map((row) => [rowId(row), true])),
    [rows, selected, rowId],
  )
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowId,
    manualSorting: true,
    enableRowSelection: (row) => !isGone(row.original),
    sortDescFirst: false,
    maxMultiSortColCount: sortKeysMax,
    state: { rowSelection, sorting: sort.map((key) => ({ ...key })) },
    onSortingChange: (update) => {
      onSort(typeof update === 'function' ? update(sort.map((key) => ({ ...key }))) : update)
    },
    onRowSelectionChange: (update) => {
      const next = typeof update === 'function' ? update(rowSelection) : update
      const changed = (isNow: boolean) =>
        rows.filter((row) => (next[rowId(row)] ?? false) === isNow && (rowSelection[rowId(row)] ?? false) !== isNow)
      if (changed(true).length > 0) onSelect(changed(true), true)
      if (changed(false).length > 0) onSelect(changed(false), false)
    },
  })
  const modelRows = table.getRowModel().rows
  const menuRow = modelRows.find(({ id, original }) => id === menu?.rowId && !isGone(original))
  const keys = useGridKeys({
    grid,
    rowCount: modelRows.length,
    open: (index) => withRow(modelRows[index], (row) => props.onOpen(row.original)),
    toggle: (index, isRange) =>
      withRow(modelRows[index], (row) => row.getToggleSelectedHandler()(toggleEvent(!row.getIsSelected(), isRange))),
    other: (key, index) => {
      const row = modelRows[index]
      return row !== undefined && (props.onKey?.(key, row.original) ?? false)
    },
  })
  useImperativeHandle(props.ref, () => ({ focus: keys.focus }))
  const cards = new Map(columns.map((column) => [column.id, column]))
  return (
    // A reader who asks for more columns than fit scrolls the table, never the page; the head then cannot stay in sight.
    <div className={cx('@container', visible.length > columnsThatFit && 'md:overflow-x-auto')}>
      <table
        ref={grid}
        role="grid"
        aria-rowcount={-1}
        aria-multiselectable="true"
        aria-busy={props.isStale}
        onKeyDown={keys.onKeyDown}
        onFocus={keys.onFocus}
        className={cx(
          'w-full border-separate border-spacing-0 text-left transition-opacity max-md:block',
          density === 'compact' && 'text-sm',
          props.isStale && 'opacity-60 delay-150',
        )}
      >
        <caption className="sr-only">{props.caption}</caption>
        <thead role="rowgroup" className="max-md:block">
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} role="row" className="max-md:flex">
              <SelectPageBox
                isSelected={table.getIsAllRowsSelected()}
                isSome={table.getIsSomeRowsSelected()}
                onChange={(isSelected) => table.toggleAllRowsSelected(isSelected)}
              />
              {group.headers.map((header) => (
                <HeaderCell
                  key={header.id}
                  label={cards.get(header.column.id)?.header ?? header.column.id}
                  align={cards.get(header.column.id)?.align}
                  room={cards.get(header.column.id)?.room}
                  sorted={header.column.getIsSorted()}
                  onSort={
                    header.column.getCanSort()
                      ? (isMulti) => header.column.toggleSorting(undefined, isMulti)
                      : undefined
                  }
                />
              ))}
              <HeaderCell label={uiTexts.table.actions} isHidden align="end" sorted={false} onSort={undefined} />
            </tr>
          ))}
        </thead>
        <tbody role="rowgroup" className="max-md:flex max-md:flex-col max-md:gap-2">
          {modelRows.map((row) => (
            <TableRow
              key={row.id}
              id={row.id}
              name={rowName(row.original)}
              density={density}
              isSelected={row.getIsSelected()}
              isGone={isGone(row.original)}
              onToggle={(isSelected, isRange) => row.getToggleSelectedHandler()(toggleEvent(isSelected, isRange))}
              isMenuOpen={menu?.rowId === row.id}
              onMenu={(trigger) => setMenu({ rowId: row.id, trigger })}
              cells={row.getVisibleCells().map((cell) => ({
                id: cell.column.id,
                column: cards.get(cell.column.id),
                content: <table.FlexRender cell={cell} />,
              }))}
            />
          ))}
        </tbody>
      </table>
      {menuRow !== undefined &&
        menu !== null &&
        props.rowMenu(menuRow.original, { trigger: menu.trigger, onClose: () => setMenu(null) })}
    </div>
  )
}

function definitionOf<Row extends object>(column: Column<Row>): ColumnDef<TableFeaturesUsed, Row> {
  return {
    id: column.id,
    accessorFn: () => null,
    header: column.header,
    cell: (context) => column.cell(context.row.original),
    enableSorting: column.isSortable ?? false,
  }
}

/** What the table's own handler reads from a click: the new mark, and whether Shift extends the range. */
function toggleEvent(checked: boolean, shiftKey: boolean) {
  return { target: { checked }, shiftKey, nativeEvent: { shiftKey } }
}

function withRow<T>(row: T | undefined, act: (row: T) => void): void {
  if (row !== undefined) act(row)
}
