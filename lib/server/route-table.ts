import type { RouteExport } from '@/lib/http/route'
import type { WireHandler } from '@/lib/http/wire'

/** One route file: its path with placeholders as in the folder tree, and what it exports. */
export interface RouteEntry {
  readonly pattern: string
  readonly GET: RouteExport
}

export interface RouteTable {
  readonly entries: readonly RouteEntry[]
  /** First path segments that belong to pages and other files of Next. */
  readonly pageRoots: readonly string[]
}

export interface RouteMatch {
  readonly pattern: string
  readonly wire: WireHandler
  readonly params: Readonly<Record<string, string>>
}

interface Node {
  readonly literals: Map<string, Node>
  placeholder?: { readonly name: string; readonly node: Node }
  rest?: { readonly name: string; readonly leaf: Leaf }
  leaf?: Leaf
}

interface Leaf {
  readonly pattern: string
  readonly wire: WireHandler
}

const newNode = (): Node => ({ literals: new Map() })

/**
 * Makes a matcher for raw paths. Literal segments win over placeholders, those over catch-alls, as in Next.
 * Returns undefined when nothing matches; throws URIError for a segment that cannot be decoded.
 */
export function routeMatcher(entries: readonly RouteEntry[]): (path: string) => RouteMatch | undefined {
  const root = newNode()
  for (const entry of entries) insert(root, entry)
  return (path) => {
    const segments = path === '/' ? [] : path.slice(1).split('/')
    const params: Record<string, string> = {}
    const leaf = find(root, segments, 0, params)
    return leaf === undefined ? undefined : { pattern: leaf.pattern, wire: leaf.wire, params }
  }
}

function insert(root: Node, entry: RouteEntry): void {
  const leaf: Leaf = { pattern: entry.pattern, wire: entry.GET.wire }
  let node = root
  for (const segment of entry.pattern.split('/').filter(Boolean)) {
    const rest = /^\[{1,2}\.\.\.(.+?)\]{1,2}$/.exec(segment)?.[1]
    if (rest !== undefined) {
      node.rest = { name: rest, leaf }
      if (segment.startsWith('[[')) node.leaf ??= leaf
      return
    }
    const name = /^\[(.+)\]$/.exec(segment)?.[1]
    if (name === undefined) {
      const next = node.literals.get(segment) ?? newNode()
      node.literals.set(segment, next)
      node = next
    } else {
      node.placeholder ??= { name, node: newNode() }
      node = node.placeholder.node
    }
  }
  node.leaf = leaf
}

function find(
  node: Node,
  segments: readonly string[],
  index: number,
  params: Record<string, string>,
): Leaf | undefined {
  const segment = segments[index]
  if (segment === undefined) return node.leaf
  const literal = node.literals.get(segment)
  if (literal !== undefined) {
    const leaf = find(literal, segments, index + 1, params)
    if (leaf !== undefined) return leaf
  }
  if (node.placeholder !== undefined && segment !== '') {
    const leaf = find(node.placeholder.node, segments, index + 1, params)
    if (leaf !== undefined) {
      params[node.placeholder.name] = decodeURIComponent(segment)
      return leaf
    }
  }
  if (node.rest === undefined) return undefined
  params[node.rest.name] = segments.slice(index).map(decodeURIComponent).join('/')
  return node.rest.leaf
}
