import { apiError } from '@/lib/errors/api-error'
import { parseLimit } from '@/lib/images/parse-list-query'
import type { Direction } from './keyset'
import { type NamespaceVisibility, namespaceVisibilities } from './metadef'

const bad = (text: string) => apiError('bad_request', { public: text })

export interface NamespaceQuery {
  readonly limit: number
  readonly marker: string | undefined
  readonly sortColumn: string
  readonly direction: Direction
  readonly visibility: NamespaceVisibility | undefined
  /** names; a namespace must have one of them */
  readonly resourceTypes: readonly string[] | undefined
}

const namespaceSort: Readonly<Record<string, string>> = {
  namespace: 'name',
  display_name: 'displayName',
  visibility: 'visibility',
  protected: 'isProtected',
  owner: 'ownerId',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
}
const tagSort: Readonly<Record<string, string>> = { name: 'name', created_at: 'createdAt', updated_at: 'updatedAt' }

/** Reads the query of the namespace list. Throws `bad_request`. Source: metadefs.md 4. */
export function parseNamespaceQuery(parameters: URLSearchParams): NamespaceQuery {
  const types = parameters.get('resource_types')
  return {
    limit: parseLimit(parameters.get('limit')),
    marker: parameters.get('marker') || undefined,
    sortColumn: sortColumnOf(parameters, namespaceSort),
    direction: directionOf(parameters),
    visibility: parseNamespaceVisibility(parameters),
    resourceTypes: types === null ? undefined : [...new Set(types.split(','))],
  }
}

/** The visibility that a query of namespaces asks for. Throws `bad_request`. */
export function parseNamespaceVisibility(parameters: URLSearchParams): NamespaceVisibility | undefined {
  const value = parameters.get('visibility')
  checkVisibility(value, namespaceVisibilities)
  return namespaceVisibilities.find((known) => known === value)
}

export interface TagQuery {
  /** undefined is no limit */
  readonly limit: number | undefined
  readonly marker: string | undefined
  readonly sortColumn: string
  readonly direction: Direction
}

/** Reads the query of a tag list. Throws `bad_request`. Source: metadefs.md 8. */
export function parseTagQuery(parameters: URLSearchParams): TagQuery {
  checkVisibility(parameters.get('visibility'), partVisibilities)
  return {
    limit: parameters.get('limit') ? wholeLimit(parameters.get('limit') ?? '', 0) : undefined,
    marker: parameters.get('marker') || undefined,
    sortColumn: sortColumnOf(parameters, tagSort),
    direction: directionOf(parameters),
  }
}

/** Judges the query of an object list, whose words mean nothing there. Throws `bad_request`. Source: metadefs.md 6. */
export function checkObjectQuery(parameters: URLSearchParams): void {
  checkVisibility(parameters.get('visibility'), partVisibilities)
  directionOf(parameters)
  const limit = parameters.get('limit')
  if (limit !== null) wholeLimit(limit, 1)
}

const partVisibilities = ['public', 'private', 'shared']

function checkVisibility(value: string | null, known: readonly string[]): void {
  if (value !== null && value !== '' && !known.includes(value)) throw bad(`Invalid visibility value: ${value}`)
}

function wholeLimit(text: string, least: number): number {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw bad('limit param must be an integer')
  const limit = Number(text)
  if (limit < least) throw bad('limit param must be positive')
  return Math.min(limit, 2_147_483_647)
}

function sortColumnOf(parameters: URLSearchParams, known: Readonly<Record<string, string>>): string {
  const name = parameters.get('sort_key') ?? 'created_at'
  const column = Object.hasOwn(known, name) ? known[name] : undefined
  if (column === undefined) {
    throw bad(`Invalid sort key: ${name}. It must be one of the following: ${Object.keys(known).join(', ')}.`)
  }
  return column
}

function directionOf(parameters: URLSearchParams): Direction {
  const text = parameters.get('sort_dir') ?? 'desc'
  if (text !== 'asc' && text !== 'desc') throw bad(`Invalid sort direction: ${text}`)
  return text
}
