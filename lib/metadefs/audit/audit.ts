import { createHash, type Hash } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { config } from '@/lib/config/load'
import { db } from '@/lib/db/client'
import { type Directory, identityDirectory } from '@/lib/identity/directory'
import type { RuleName } from '@/lib/policy/defaults'
import type { Asker } from '@/lib/policy/enforce'
import { metadefRules } from '@/lib/policy/presets'
import { mentionsOf } from '@/lib/policy/rule-mentions'
import { now } from '@/lib/runtime/clock'
import { standingOnProject, viewerOf } from '../access'
import type { NamespaceFields } from '../metadef'
import type { Viewer } from '../namespace-repo'
import { typesVisibleTo } from '../resource-types'
import {
  accessToCalls,
  type CallAccess,
  type Change,
  type Exposure,
  exposureOf,
  itemsOf,
  type RulePair,
} from './exposure'
import { defaultWords } from './known-words'
import { type Mark, marksOf, marksOfOrigin, marksOfType } from './marks'
import { ownerTeller, type Persona, personasOf } from './personas'
import {
  mostOwned,
  ownersOfType,
  type StoredNamespace,
  type StoredType,
  storedNamespaces,
  storedTypes,
} from './read-catalog'
import { SensitiveText, type SoughtText } from './sensitive-text'
import { readWordList, type WordList } from './word-list'

/** What is said of a namespace and everything in it. */
export interface NamespaceFinding extends Omit<Exposure, 'shown'> {
  readonly kind: 'namespace'
  readonly name: string
  readonly owner: string
  readonly visibility: NamespaceFields['visibility']
  readonly isProtected: boolean
  readonly isSeeded: boolean
  /** what the namespace holds, by name: each change and each exposure of a kind is one of all of these */
  readonly items: {
    readonly objects: readonly string[]
    readonly properties: readonly string[]
    readonly tags: readonly string[]
    readonly resourceTypes: readonly string[]
  }
  readonly marks: readonly Mark[]
}

/** What is said of a resource type, which has no owner and stays when its namespaces go. */
export interface TypeFinding {
  readonly kind: 'resource type'
  readonly name: string
  readonly isSeeded: boolean
  /** how many namespaces name it */
  readonly namespaces: number
  /** personas that see it in the list of types; its owner is whoever owns a namespace that names it */
  readonly becomesReadable: readonly string[]
  readonly closes: readonly string[]
  readonly readableToday: readonly string[]
  readonly marks: readonly Mark[]
}

export type Finding = NamespaceFinding | TypeFinding

export const lists = ['becomesWritable', 'becomesReadable', 'closes', 'writableToday', 'readableToday'] as const
export type ListName = (typeof lists)[number]

export interface ListCounts {
  readonly namespaces: number
  /** namespaces, and what is in them of the kinds that a change is about */
  readonly items: number
  readonly resourceTypes: number
}

/** Something that can be made, and how many of it. */
export interface Creation extends CallAccess {
  /** what the settings let one owner have, or one namespace hold; -1 is no limit */
  readonly limit: number
  readonly per: 'owner' | 'namespace'
  /** of how many there are already: of the owner with most, or the namespace with most */
  readonly currentMax: number
}

export interface AuditSummary {
  /** when it began, epoch milliseconds */
  readonly at: number
  readonly durationMs: number
  readonly namespaces: number
  /** objects, properties, tags and associations */
  readonly items: number
  readonly resourceTypes: number
  readonly personas: readonly string[]
  readonly lists: Readonly<Record<ListName, ListCounts>>
  readonly marks: { readonly high: number; readonly low: number }
  /** calls about no namespace in particular: who may make them */
  readonly calls: readonly CallAccess[]
  /** who may create what; without limit where it is -1. A limit for owners holds nobody who may name any owner. */
  readonly creation: readonly Creation[]
  /** names that the identity service did not tell, so that texts were not searched for them */
  readonly gaps: readonly string[]
  /** SHA-256, hex, of all that was looked at: the same while nothing in the catalog changes */
  readonly catalogDigest: string
}

export interface AuditOptions extends RulePair {
  /** in the place of the stored list */
  readonly words?: WordList | undefined
  /** ends the audit with its reason */
  readonly signal?: AbortSignal | undefined
}

const asked: readonly RuleName[] = [...metadefRules, 'context_is_admin', 'default']

/**
 * Looks at every stored namespace with everything in it, and at every resource type, as each persona would see it by the
 * rules before and after, by the decisions of the API itself. Tells `visit` what is to be told, one after the other,
 * and holds a page of the catalog at most. Source: policy.md 8.
 */
export async function auditExposure(
  { before, after, words, signal }: AuditOptions,
  visit: (finding: Finding) => Promise<void> | void,
): Promise<AuditSummary> {
  const startedAt = performance.now()
  const at = now().getTime()
  const directory = await identityDirectory()
  const search = searchFor(directory, words ?? (await readWordList()))
  const mentions = [mentionsOf(before, asked), ...(before === after ? [] : [mentionsOf(after, asked)])]
  const personas = personasOf(mentions)
  const isSpecial = ownerTeller(personas, mentions)
  const exposures = new Exposures({ before, after }, personas, isSpecial)
  const tally = new Tally()
  const projects = projectIds(directory)
  for await (const page of storedNamespaces()) {
    for (const namespace of page) {
      tally.look(namespace)
      const { shown, ...exposure } = exposures.of(namespace)
      const marks = [
        ...marksOf(namespace, search, shown),
        ...marksOfOrigin(namespace, search, projects, shown.has('namespace')),
      ]
      const finding = namespaceFinding(namespace, exposure, marks)
      tally.count(finding)
      if (marks.length > 0 || lists.some((list) => finding[list].length > 0)) await visit(finding)
    }
    await nextTurn()
    signal?.throwIfAborted()
  }
  for await (const page of storedTypes()) {
    const viewers = await typeViewers(page, personas, isSpecial)
    for (const finding of await typeFindings(page, viewers, { before, after }, search)) {
      tally.count(finding)
      const { becomesReadable, closes, readableToday, marks } = finding
      if ([becomesReadable, closes, readableToday, marks].some((list) => list.length > 0)) await visit(finding)
    }
  }
  const calls = accessToCalls('owner', personas, { before, after })
  return {
    at,
    durationMs: performance.now() - startedAt,
    ...tally.told(),
    personas: personas.map(({ name }) => name),
    calls,
    creation: creationOf(calls, tally, await mostOwned()),
    gaps: directory.gaps,
  }
}

function searchFor({ entries }: Directory, { words, ignored }: WordList): SensitiveText {
  const vague = new Set(defaultWords)
  const sought = [
    ...entries.flatMap(({ kind, id, name, email }): SoughtText[] => [
      { text: name, reason: `the name of a ${kind}` },
      { text: id, reason: `the id of a ${kind}` },
      ...(email === undefined ? [] : [{ text: email, reason: `the mail address of a ${kind}` }]),
    ]),
    ...ownHosts().map((text): SoughtText => ({ text, reason: 'the name of a host of this service' })),
    ...words.map((text): SoughtText => ({ text, reason: 'a word of the list', isVague: vague.has(text) })),
  ]
  return new SensitiveText(sought, ignored)
}

/** Hosts that this service knows: its own, and those it asks. */
function ownHosts(): string[] {
  const { keystone, databaseUrl } = config()
  const urls = [keystone.authUrl, databaseUrl].filter((url) => url !== undefined && URL.canParse(url))
  const hosts = [hostname(), ...urls.map((url) => new URL(url ?? '').hostname)]
  return hosts.filter((host) => host !== '' && host !== 'localhost' && isIP(host.replace(/^\[|\]$/g, '')) === 0)
}

/** Undefined when not all of them are known. */
function projectIds({ entries, gaps }: Directory): ReadonlySet<string> | undefined {
  if (gaps.some((gap) => gap.includes('project'))) return undefined
  return new Set(entries.filter(({ kind }) => kind === 'project').map(({ id }) => id))
}

/** Exposures of namespaces, worked out once for all that no rule and no persona can tell apart. */
class Exposures {
  readonly #known = new Map<string, Exposure>()

  constructor(
    private readonly rules: RulePair,
    private readonly personas: readonly Persona[],
    private readonly isSpecial: (ownerId: string) => boolean,
  ) {}

  of(namespace: NamespaceFields): Exposure {
    const { ownerId, visibility, isProtected } = namespace
    const key = `${visibility} ${isProtected} ${this.isSpecial(ownerId) ? `of ${ownerId}` : ''}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const exposure = exposureOf(namespace, this.personas, this.rules)
    if (this.#known.size >= EXPOSURES_MAX) this.#known.clear()
    this.#known.set(key, exposure)
    return exposure
  }
}

const EXPOSURES_MAX = 1_000

function namespaceFinding(
  { name, ownerId, visibility, isProtected, isSeeded, objects, properties, tags, associations }: StoredNamespace,
  exposure: Omit<Exposure, 'shown'>,
  marks: readonly Mark[],
): NamespaceFinding {
  const names = (items: readonly { readonly name: string }[]) => items.map((item) => item.name)
  return {
    ...{ kind: 'namespace', name, owner: ownerId, visibility, isProtected, isSeeded },
    ...exposure,
    items: { objects: names(objects), properties: names(properties), tags, resourceTypes: names(associations) },
    marks,
  }
}

/** A persona that may see a resource type; those of owners stand in a project that owns a namespace which names it. */
interface TypeViewer extends Persona {
  readonly projectId: string
}

/** By the type's id. Owners that rules tell apart are told apart here too; one stands for all others. */
async function typeViewers(
  types: readonly StoredType[],
  personas: readonly Persona[],
  isSpecial: (ownerId: string) => boolean,
): Promise<ReadonlyMap<number, readonly TypeViewer[]>> {
  const found = new Map<number, readonly TypeViewer[]>()
  for (const { id } of types) {
    const owners = await ownersOfType(id)
    const [usual] = owners.filter((owner) => !isSpecial(owner))
    const asOwner = personas.filter(({ isOwner }) => isOwner)
    found.set(id, [
      ...personas.filter(({ isOwner }) => !isOwner).map((persona) => ({ ...persona, projectId: '' })),
      ...(usual === undefined ? [] : asOwner.map((persona) => ({ ...persona, projectId: usual }))),
      ...owners.filter(isSpecial).flatMap((owner) => {
        return asOwner.map((persona) => ({ ...persona, name: nameOfOwner(persona, owner), projectId: owner }))
      }),
    ])
  }
  return found
}

export const nameOfOwner = ({ name }: Pick<Persona, 'name'>, ownerId: string) => `${name} (${ownerId})`

/** Who sees which of these resource types in their list. */
async function typeFindings(
  types: readonly StoredType[],
  viewers: ReadonlyMap<number, readonly TypeViewer[]>,
  { before, after }: RulePair,
  search: SensitiveText,
): Promise<TypeFinding[]> {
  const ids = types.map(({ id }) => id)
  const seenBy = new Map<string, Promise<ReadonlySet<number>>>()
  const sees = async (asker: Asker, id: number) => {
    if (standingOnProject(asker, 'listResourceTypes') !== 'granted') return false
    const viewer = viewerOf(asker)
    const key = JSON.stringify(viewer)
    const seen = seenBy.get(key) ?? typesSeen(viewer, ids)
    seenBy.set(key, seen)
    return (await seen).has(id)
  }
  const findings: TypeFinding[] = []
  for (const { id, name, isProtected, namespaces } of types) {
    const found = { becomesReadable: [] as string[], closes: [] as string[], readableToday: [] as string[] }
    let isShown = false
    for (const { isOutsider, name: persona, principalFor, projectId } of viewers.get(id) ?? []) {
      const principal = principalFor(projectId)
      const was = await sees({ principal, rules: before }, id)
      const is = before === after ? was : await sees({ principal, rules: after }, id)
      if (isOutsider && was) found.readableToday.push(persona)
      if (was !== is) found[is ? 'becomesReadable' : 'closes'].push(persona)
      isShown ||= isOutsider && (was || is)
    }
    const marks = marksOfType(name, search, isShown)
    findings.push({ kind: 'resource type', name, isSeeded: isProtected, namespaces, ...found, marks })
  }
  return findings
}

async function typesSeen(viewer: Viewer, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const where = { AND: [typesVisibleTo(viewer), { id: { in: [...ids] } }] }
  return new Set((await db().metadefResourceType.findMany({ where, select: { id: true } })).map(({ id }) => id))
}

type Contents = Pick<StoredNamespace, 'objects' | 'properties' | 'tags' | 'associations'>

/** Counts what goes by. */
class Tally {
  #namespaces = 0
  #items = 0
  #resourceTypes = 0
  readonly #lists = Object.fromEntries(
    lists.map((list) => [list, { namespaces: 0, items: 0, resourceTypes: 0 }]),
  ) as Record<ListName, { -readonly [Key in keyof ListCounts]: number }>
  readonly #marks = { high: 0, low: 0 }
  readonly #digest: Hash = createHash('sha256')
  readonly max: Record<keyof Contents, number> = { objects: 0, properties: 0, tags: 0, associations: 0 }

  look(namespace: StoredNamespace): void {
    this.#digest.update(JSON.stringify(namespace)).update('\n')
    this.#namespaces += 1
    for (const kind of ['objects', 'properties', 'tags', 'associations'] as const) {
      this.#items += namespace[kind].length
      this.max[kind] = Math.max(this.max[kind], namespace[kind].length)
    }
  }

  count(finding: Finding): void {
    for (const { severity } of finding.marks) this.#marks[severity] += 1
    if (finding.kind === 'resource type') {
      this.#digest.update(JSON.stringify([finding.name, finding.isSeeded, finding.namespaces])).update('\n')
      this.#resourceTypes += 1
      for (const list of ['becomesReadable', 'closes', 'readableToday'] as const) {
        if (finding[list].length > 0) this.#lists[list].resourceTypes += 1
      }
      return
    }
    for (const list of lists) {
      if (finding[list].length === 0) continue
      this.#lists[list].namespaces += 1
      this.#lists[list].items += itemCount(finding, finding[list])
    }
  }

  told() {
    return {
      namespaces: this.#namespaces,
      items: this.#items,
      resourceTypes: this.#resourceTypes,
      lists: this.#lists,
      marks: this.#marks,
      catalogDigest: this.#digest.digest('hex'),
    }
  }
}

function itemCount({ items }: NamespaceFinding, changes: readonly Change[]): number {
  const counts = {
    namespace: 1,
    object: items.objects.length,
    property: items.properties.length,
    tag: items.tags.length,
    association: items.resourceTypes.length,
  }
  return [...new Set(changes.flatMap(({ call }) => itemsOf(call)))].reduce((sum, kind) => sum + counts[kind], 0)
}

function creationOf(calls: readonly CallAccess[], { max }: Tally, ownedMax: number): Creation[] {
  const { namespaceLimit, objectLimit, propertyLimit, tagLimit, resourceTypeLimit } = config().metadefs
  const kinds = {
    createNamespace: { limit: namespaceLimit, per: 'owner', currentMax: ownedMax },
    nestAssociations: { limit: resourceTypeLimit, per: 'namespace', currentMax: max.associations },
    nestObjects: { limit: objectLimit, per: 'namespace', currentMax: max.objects },
    nestProperties: { limit: propertyLimit, per: 'namespace', currentMax: max.properties },
    nestTags: { limit: tagLimit, per: 'namespace', currentMax: max.tags },
  } as const
  return calls.flatMap((access) => {
    const kind = Object.entries(kinds).find(([call]) => call === access.call)?.[1]
    return kind === undefined ? [] : [{ ...access, ...kind }]
  })
}
