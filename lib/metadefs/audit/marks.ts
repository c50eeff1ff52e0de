import { type PropertySchema, wireSchema } from '../property-schema'
import type { ItemKind } from './exposure'
import type { StoredNamespace } from './read-catalog'
import type { Hit, SensitiveText } from './sensitive-text'

/** Something in the catalog that perhaps should not be told. */
export interface Mark {
  /** `high` where somebody outside sees it, by the rules before or after, unless it is a vague word in a sentence */
  readonly severity: 'high' | 'low'
  readonly kind: ItemKind | 'resource type'
  /** the name of the object, property, tag or resource type; of a property in an object, both with a slash */
  readonly item: string
  /** where in it: `name`, `description`, `enum`, … */
  readonly place: string
  /** as the text has it; empty where the mark is about no text */
  readonly found: string
  readonly reason: string
}

interface Place {
  readonly kind: ItemKind
  readonly item: string
  readonly place: string
  readonly text: string
  /** sentences, in which common words mean little */
  readonly isProse: boolean
}

/** Every text of a namespace that people wrote, with its place. */
export function* textsOf(namespace: StoredNamespace): Generator<Place> {
  const { name } = namespace
  const kind = 'namespace'
  yield { kind, item: name, place: 'name', text: name, isProse: false }
  yield* optional({ kind, item: name, place: 'display_name', isProse: false }, namespace.displayName)
  yield* optional({ kind, item: name, place: 'description', isProse: true }, namespace.description)
  for (const { name: type, prefix, propertiesTarget } of namespace.associations) {
    const of = { kind: 'association', item: type, isProse: false } as const
    yield { ...of, place: 'name', text: type }
    yield* optional({ ...of, place: 'prefix' }, prefix)
    yield* optional({ ...of, place: 'properties_target' }, propertiesTarget)
  }
  for (const { name: item, description, properties } of namespace.objects) {
    yield { kind: 'object', item, place: 'name', text: item, isProse: false }
    yield* optional({ kind: 'object', item, place: 'description', isProse: true }, description)
    for (const [key, schema] of Object.entries(properties))
      yield* textsOfProperty('object', `${item}/${key}`, key, schema)
  }
  for (const { name: key, schema } of namespace.properties) yield* textsOfProperty('property', key, key, schema)
  for (const tag of namespace.tags) yield { kind: 'tag', item: tag, place: 'name', text: tag, isProse: false }
}

function* optional(place: Omit<Place, 'text'>, text: unknown): Generator<Place> {
  if (typeof text === 'string' && text !== '') yield { ...place, text }
}

function* textsOfProperty(
  kind: 'object' | 'property',
  item: string,
  key: string,
  schema: PropertySchema,
): Generator<Place> {
  yield { kind, item, place: 'name', text: key, isProse: false }
  // As the API shows it: numbers are text there.
  const { title, description, default: preset, enum: choices, pattern, items } = wireSchema(schema)
  yield* optional({ kind, item, place: 'title', isProse: true }, title)
  yield* optional({ kind, item, place: 'description', isProse: true }, description)
  yield* optional({ kind, item, place: 'default', isProse: false }, preset)
  yield* optional({ kind, item, place: 'pattern', isProse: false }, pattern)
  yield* listed({ kind, item, place: 'enum', isProse: false }, choices)
  if (typeof items === 'object' && items !== null && 'enum' in items) {
    yield* listed({ kind, item, place: 'items.enum', isProse: false }, items.enum)
  }
}

function* listed(place: Omit<Place, 'text'>, texts: unknown): Generator<Place> {
  if (Array.isArray(texts)) for (const text of texts) yield* optional(place, text)
}

/** What is sensitive in a namespace; `shown` are the kinds of things that somebody outside sees. */
export function marksOf(namespace: StoredNamespace, search: SensitiveText, shown: ReadonlySet<ItemKind>): Mark[] {
  const marks: Mark[] = []
  for (const { kind, item, place, text, isProse } of textsOf(namespace)) {
    for (const hit of search.in(text)) {
      marks.push({ severity: severityOf(hit, shown.has(kind), isProse), kind, item, place, ...told(hit) })
    }
  }
  return marks
}

const told = ({ found, reason }: Hit) => ({ found, reason })

const severityOf = (hit: Hit, isShown: boolean, isProse: boolean) =>
  isShown && !(hit.isVague && isProse) ? ('high' as const) : ('low' as const)

export function marksOfType(name: string, search: SensitiveText, isShown: boolean): Mark[] {
  return search.in(name).map((hit) => {
    return { severity: severityOf(hit, isShown, false), kind: 'resource type', item: name, place: 'name', ...told(hit) }
  })
}

/** What is odd about a namespace's owner and origin. `projects` are the ids that are known; undefined when not all are. */
export function marksOfOrigin(
  { name, ownerId, isSeeded, isChanged }: StoredNamespace,
  search: SensitiveText,
  projects: ReadonlySet<string> | undefined,
  isShown: boolean,
): Mark[] {
  const at = { kind: 'namespace', item: name } as const
  const marks: Mark[] = []
  // An owner that is a project's id says no more than every public thing does; other texts may.
  if (projects?.has(ownerId) !== true) {
    const hits = search.in(ownerId).filter(({ reason }) => !reason.startsWith('the id of a project'))
    for (const hit of hits)
      marks.push({ severity: severityOf(hit, isShown, false), ...at, place: 'owner', ...told(hit) })
    // What definition files bring belongs to nobody.
    if (projects !== undefined && !isSeeded) {
      marks.push({ severity: 'low', ...at, place: 'owner', found: ownerId, reason: 'no project that identity knows' })
    }
  }
  if (isSeeded && isChanged) {
    marks.push({ severity: 'low', ...at, place: 'name', found: '', reason: 'changed since its file was loaded' })
  }
  return marks
}
