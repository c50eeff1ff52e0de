'use client'

import { type FocusEvent, type KeyboardEvent, type RefObject, useCallback, useLayoutEffect, useRef } from 'react'

export interface GridKeysOptions {
  readonly grid: RefObject<HTMLTableElement | null>
  readonly rowCount: number
  readonly open: (rowIndex: number) => void
  readonly toggle: (rowIndex: number, isRange: boolean) => void
  /** Any other key on a row; true when it was used. */
  readonly other: (key: string, rowIndex: number) => boolean
}

interface Place {
  readonly row: number
  readonly column: number
}

const pageStep = 10
const focusable = 'a[href], button, input, [tabindex]'

/**
 * One tab stop for a whole grid: arrow keys, Home, End and Page keys move the focus from cell to cell, into the control
 * of a cell that has one. The tab stops are set on the elements themselves, since cells come from elsewhere.
 */
export function useGridKeys({ grid, rowCount, open, toggle, other }: GridKeysOptions) {
  const place = useRef<Place>({ row: 0, column: 1 })

  const mark = useCallback(() => {
    if (grid.current === null) return
    const rows = bodyRows(grid.current)
    const last = Math.max(0, rowCount - 1)
    if (place.current.row > last) place.current = { ...place.current, row: last }
    const here = rows[place.current.row]
    const stop = here && shownCell(here, place.current.column, -1)
    for (const row of rows) for (const cell of row.cells) targetOf(cell).tabIndex = cell === stop ? 0 : -1
  }, [grid, rowCount])

  // Cells may be new after any render, and then carry their own tab stops.
  useLayoutEffect(mark)

  const go = (next: Place) => {
    if (grid.current === null) return
    const rows = bodyRows(grid.current)
    const row = rows[Math.min(Math.max(next.row, 0), rows.length - 1)]
    const cell = row && shownCell(row, next.column, next.column < place.current.column ? -1 : 1)
    if (row === undefined || cell === undefined) return
    place.current = { row: rows.indexOf(row), column: cell.cellIndex }
    mark()
    targetOf(cell).focus()
    row.scrollIntoView({ block: 'nearest' })
  }

  const onFocus = (event: FocusEvent) => {
    const found = placeOf(event.target, grid.current)
    if (found === null) return
    place.current = found
    mark()
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const here = placeOf(event.target, grid.current)
    if (here === null || event.ctrlKey || event.metaKey || event.altKey) return
    const next = nextPlace(event.key, here)
    const isSpace = event.key === ' '
    const isInControl = event.target instanceof HTMLElement && event.target.closest('button, input') !== null
    if (next !== null) go(next)
    else if (isSpace && !isInControl) toggle(here.row, event.shiftKey)
    else if (event.key === 'Enter' && event.target instanceof HTMLTableCellElement) open(here.row)
    else if (event.key.length !== 1 || isSpace || !other(event.key, here.row)) return
    event.preventDefault()
  }

  const focus = (from?: 'start') => go(from === 'start' ? { row: 0, column: 1 } : place.current)
  return { onKeyDown, onFocus, focus }
}

function nextPlace(key: string, here: Place): Place | null {
  switch (key) {
    case 'ArrowDown':
      return { ...here, row: here.row + 1 }
    case 'ArrowUp':
      return { ...here, row: here.row - 1 }
    case 'ArrowRight':
      return { ...here, column: here.column + 1 }
    case 'ArrowLeft':
      return { ...here, column: here.column - 1 }
    case 'Home':
      return { ...here, column: 0 }
    case 'End':
      return { ...here, column: Number.MAX_SAFE_INTEGER }
    case 'PageDown':
      return { ...here, row: here.row + pageStep }
    case 'PageUp':
      return { ...here, row: here.row - pageStep }
    default:
      return null
  }
}

function bodyRows(grid: HTMLTableElement): readonly HTMLTableRowElement[] {
  return [...(grid.tBodies[0]?.rows ?? [])]
}

/** The control inside a cell, or the cell itself. */
function targetOf(cell: HTMLTableCellElement): HTMLElement {
  const inner = cell.querySelector(focusable)
  return inner instanceof HTMLElement ? inner : cell
}

/** The cell at a column, or the nearest that shows: on in `step`, else back from there. */
function shownCell(row: HTMLTableRowElement, column: number, step: 1 | -1): HTMLTableCellElement | undefined {
  const shown = [...row.cells].filter((cell) => cell.getClientRects().length > 0)
  const onwards = (cell: HTMLTableCellElement) => (step === 1 ? cell.cellIndex >= column : cell.cellIndex <= column)
  return step === 1 ? (shown.find(onwards) ?? shown.at(-1)) : (shown.findLast(onwards) ?? shown[0])
}

function placeOf(target: EventTarget, grid: HTMLTableElement | null): Place | null {
  const cell = target instanceof Element ? target.closest('td') : null
  const row = cell?.closest('tr')
  if (grid === null || cell === null || row === null || row === undefined) return null
  const index = bodyRows(grid).indexOf(row)
  return index < 0 ? null : { row: index, column: cell.cellIndex }
}
