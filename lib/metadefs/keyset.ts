import type { Position } from './marker-repo'

export type Direction = 'asc' | 'desc'

/** How a column is compared: a missing value stands before all others. */
export type ColumnKind = 'text' | 'nullable' | 'time' | 'nullable time' | 'flag' | 'id'

type Condition = Readonly<Record<string, unknown>>

/** The order of a list, ties broken in the same direction. */
export function orderOf(columns: readonly string[], kinds: Readonly<Record<string, ColumnKind>>, direction: Direction) {
  return columns.map((column) => {
    const canBeNull = kinds[column]?.startsWith('nullable') === true
    return { [column]: canBeNull ? { sort: direction, nulls: direction === 'asc' ? 'first' : 'last' } : direction }
  })
}

/** What stands behind a position in that order. */
export function behind(
  position: Position,
  columns: readonly string[],
  kinds: Readonly<Record<string, ColumnKind>>,
  direction: Direction,
): Condition {
  const equal: Condition[] = []
  const alternatives: Condition[] = []
  for (const column of columns) {
    const kind = kinds[column] ?? 'text'
    const value = comparable(kind, position[column] ?? null)
    const beyond = beyondValue(column, value, kind, direction)
    if (beyond !== undefined) alternatives.push({ AND: [...equal, beyond] })
    equal.push({ [column]: value })
  }
  return { OR: alternatives }
}

function comparable(kind: ColumnKind, value: string | number | boolean | null) {
  return typeof value === 'number' && kind.endsWith('time') ? new Date(value) : value
}

function beyondValue(column: string, value: unknown, kind: ColumnKind, direction: Direction): Condition | undefined {
  if (kind === 'flag') return value === (direction === 'desc') ? { [column]: direction === 'asc' } : undefined
  if (value === null) return direction === 'asc' ? { [column]: { not: null } } : undefined
  if (direction === 'asc') return { [column]: { gt: value } }
  const smaller = { [column]: { lt: value } }
  return kind.startsWith('nullable') ? { OR: [smaller, { [column]: null }] } : smaller
}
