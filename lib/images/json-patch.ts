import { apiError } from '@/lib/errors/api-error'

export type PatchDialect = 'v2.0' | 'v2.1'

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace'
  /** decoded tokens of the pointer; one, or two for an element of locations */
  readonly path: readonly string[]
  /** absent for remove */
  readonly value?: unknown
}

const bad = (text: string) => apiError('bad_request', { public: text })
const operations = ['add', 'remove', 'replace'] as const

/** Media types of PATCH, with the dialect each stands for. */
export const patchMediaTypes: Readonly<Record<string, PatchDialect>> = {
  'application/openstack-images-v2.0-json-patch': 'v2.0',
  'application/openstack-images-v2.1-json-patch': 'v2.1',
}

/**
 * Reads the body of a PATCH in Glance's two dialects of JSON patch. Throws `bad_request` with Glance's texts.
 * Pure, also for the browser. Source: images.md 6.2 and 6.3.
 */
export function parsePatch(body: unknown, dialect: PatchDialect): PatchOperation[] {
  if (!Array.isArray(body)) throw bad('Request body must be a JSON array of operation objects.')
  return body.map((element: unknown) => {
    if (typeof element !== 'object' || element === null || Array.isArray(element)) {
      throw bad('Operations must be JSON objects.')
    }
    return parseOperation({ ...element }, dialect)
  })
}

function parseOperation(element: Readonly<Record<string, unknown>>, dialect: PatchDialect): PatchOperation {
  const { op, pointer } = dialect === 'v2.1' ? operationOf21(element) : operationOf20(element)
  const path = parsePointer(pointer)
  checkDepth(op, path, pointer)
  if (op === 'remove') return { op, path }
  if (!Object.hasOwn(element, 'value')) throw bad(`Operation "${op}" requires a member named "value".`)
  return { op, path, value: element.value }
}

function operationOf21(element: Readonly<Record<string, unknown>>) {
  const allowed = operations.join(', ')
  if (!Object.hasOwn(element, 'op')) {
    throw bad(`Unable to find \`op\` in JSON Schema change. It must be one of the following: ${allowed}.`)
  }
  const op = operations.find((known) => known === element.op)
  if (op === undefined) {
    throw bad(`Invalid operation: \`${shownAs(element.op)}\`. It must be one of the following: ${allowed}.`)
  }
  if (!Object.hasOwn(element, 'path')) throw bad("Unable to find 'path' in JSON Schema change")
  return { op, pointer: textOf(element.path) }
}

function operationOf20(element: Readonly<Record<string, unknown>>) {
  const present = operations.filter((op) => Object.hasOwn(element, op))
  const names = '"add", "remove", or "replace"'
  const [op] = present
  if (op === undefined) throw bad(`Operation objects must contain exactly one member named ${names}.`)
  if (present.length > 1) throw bad(`Operation objects must contain only one member named ${names}.`)
  return { op, pointer: textOf(element[op]) }
}

function textOf(pointer: unknown): string {
  if (typeof pointer !== 'string') throw bad(`Pointer \`${shownAs(pointer)}\` does not start with "/".`)
  return pointer
}

/** A value of JSON as text; String() would call a method that the value itself may bring along. */
function shownAs(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Decoded tokens of a JSON pointer; `~1` is read before `~0`, and blanks around a token do not count. */
function parsePointer(pointer: string): string[] {
  if (!pointer.startsWith('/')) throw bad(`Pointer \`${pointer}\` does not start with "/".`)
  if (/\/\s*\//.test(pointer.slice(1))) throw bad(`Pointer \`${pointer}\` contains adjacent "/".`)
  const rest = pointer.replace(/^\/+/, '')
  if (rest.trim() === '') throw bad('A property name cannot be empty.')
  if (rest.endsWith('/')) throw bad(`Pointer \`${pointer}\` end with "/".`)
  if (/~(?![01])/.test(rest)) {
    throw bad(`Pointer \`${pointer}\` contains "~" not part of a recognized escape sequence.`)
  }
  return rest.split('/').map((token) => token.trim().replaceAll('~1', '/').replaceAll('~0', '~'))
}

function checkDepth(op: PatchOperation['op'], path: readonly string[], pointer: string): void {
  const wanted = path[0] === 'locations' && op !== 'replace' ? 2 : 1
  if (path.length !== wanted) throw bad(`Invalid JSON pointer for this resource: '${pointer}'`)
}
