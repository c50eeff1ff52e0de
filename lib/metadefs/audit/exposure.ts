import { isApiError } from '@/lib/errors/api-error'
import type { RuleName } from '@/lib/policy/defaults'
import { type Asker, admits, allowed } from '@/lib/policy/enforce'
import type { Rules } from '@/lib/policy/evaluate'
import { namespaceTarget, projectTarget } from '@/lib/policy/targets'
import {
  type NamespaceCall,
  namespaceCalls,
  type ProjectCall,
  projectCalls,
  type Standing,
  standingInList,
  standingOn,
  standingOnProject,
} from '../access'
import type { NamespaceFields } from '../metadef'
import type { Persona } from './personas'

/** What there is in the catalog. */
export type ItemKind = 'namespace' | 'object' | 'property' | 'tag' | 'association'

/** `notice` is to be told by any answer that a namespace of this name is there. */
export type AuditedCall = NamespaceCall | 'listNamespaces' | 'notice'

const everything: readonly ItemKind[] = ['namespace', 'object', 'property', 'tag', 'association']

/** What each call shows. */
const readCalls = {
  listNamespaces: ['namespace', 'association'],
  showNamespace: everything,
  listAssociations: ['association'],
  listObjects: ['object'],
  getObject: ['object'],
  listProperties: ['property'],
  getProperty: ['property'],
  getPropertyOfType: ['property'],
  listTags: ['tag'],
  getTag: ['tag'],
} as const satisfies Readonly<Partial<Record<AuditedCall, readonly ItemKind[]>>>

/** What each call changes. */
const writeCalls: Readonly<Partial<Record<NamespaceCall, readonly ItemKind[]>>> = {
  updateNamespace: ['namespace'],
  deleteNamespace: everything,
  createAssociation: ['association'],
  deleteAssociation: ['association'],
  createObject: ['object'],
  updateObject: ['object'],
  deleteObject: ['object'],
  deleteObjects: ['object'],
  createProperty: ['property'],
  updateProperty: ['property'],
  deleteProperty: ['property'],
  deleteProperties: ['property'],
  createTag: ['tag'],
  createTags: ['tag'],
  renameTag: ['tag'],
  deleteTag: ['tag'],
  deleteTags: ['tag'],
}

/** What a call shows or changes of a namespace. */
export function itemsOf(call: AuditedCall): readonly ItemKind[] {
  if (call === 'notice') return ['namespace']
  if (Object.hasOwn(readCalls, call)) return readCalls[call as keyof typeof readCalls]
  return writeCalls[call as NamespaceCall] ?? []
}

/** That some personas are let do something, or are not any more. */
export interface Change {
  readonly call: AuditedCall
  /** names of personas */
  readonly personas: readonly string[]
  /** those of the call's rules that decide otherwise; none where only the lookup does, by who is administrator */
  readonly rules: readonly RuleName[]
}

/** How a namespace stands by two sets of rules. */
export interface Exposure {
  readonly becomesWritable: readonly Change[]
  readonly becomesReadable: readonly Change[]
  readonly closes: readonly Change[]
  /** what those outside the owner's project may already do, administrators aside */
  readonly writableToday: readonly Change[]
  readonly readableToday: readonly Change[]
  /** what anybody outside sees by the one set or the other */
  readonly shown: ReadonlySet<ItemKind>
}

/** The two sets of rules; the same one twice for how things are. */
export interface RulePair {
  readonly before: Rules
  readonly after: Rules
}

type Target = Pick<NamespaceFields, 'ownerId' | 'visibility' | 'isProtected'>
type Lists = Exclude<keyof Exposure, 'shown'>

const calls = [...Object.keys(readCalls), ...Object.keys(writeCalls)] as Exclude<AuditedCall, 'notice'>[]
const isReading = (call: AuditedCall) => call === 'notice' || Object.hasOwn(readCalls, call)

/** Compares what every persona may do with a namespace of this owner and visibility. */
export function exposureOf(target: Target, personas: readonly Persona[], rules: RulePair): Exposure {
  const notes = new Notes(target, rules)
  for (const persona of personas) compareFor(persona, target, rules, notes)
  return notes.told()
}

/** The calls that changed or are granted, each with the personas of which that is true. */
class Notes {
  readonly shown = new Set<ItemKind>()
  readonly #lists: Record<Lists, Map<AuditedCall, { personas: string[]; rules: Set<RuleName> }>> = {
    becomesWritable: new Map(),
    becomesReadable: new Map(),
    closes: new Map(),
    writableToday: new Map(),
    readableToday: new Map(),
  }

  constructor(
    private readonly target: Target,
    private readonly rules: RulePair,
  ) {}

  add(list: Lists, call: AuditedCall, persona: Persona): void {
    const entry = this.#lists[list].get(call) ?? { personas: [], rules: new Set() }
    this.#lists[list].set(call, entry)
    entry.personas.push(persona.name)
    if (list === 'readableToday' || list === 'writableToday') return
    const principal = persona.principalFor(this.target.ownerId)
    for (const rule of rulesOf(call)) {
      const decides = (rules: Rules) => decision({ principal, rules }, rule, this.target)
      if (decides(this.rules.before) !== decides(this.rules.after)) entry.rules.add(rule)
    }
  }

  told(): Exposure {
    const changes = (list: Lists): Change[] =>
      [...calls, 'notice' as const].flatMap((call) => {
        const entry = this.#lists[list].get(call)
        return entry === undefined ? [] : [{ call, personas: entry.personas, rules: [...entry.rules] }]
      })
    return {
      becomesWritable: changes('becomesWritable'),
      becomesReadable: changes('becomesReadable'),
      closes: changes('closes'),
      writableToday: changes('writableToday'),
      readableToday: changes('readableToday'),
      shown: this.shown,
    }
  }
}

function compareFor(persona: Persona, target: Target, { before, after }: RulePair, notes: Notes): void {
  const principal = persona.principalFor(target.ownerId)
  const isOutsider = persona.isOutsider && principal.projectId !== target.ownerId
  const standings = calls.map((call) => {
    const was = standing({ principal, rules: before }, call, target)
    return { call, was, is: before === after ? was : standing({ principal, rules: after }, call, target) }
  })
  for (const { call, was, is } of standings) {
    const isRead = isReading(call)
    const [wasGranted, isGranted] = [was === 'granted', is === 'granted']
    if (isOutsider && isRead && (wasGranted || isGranted)) for (const kind of itemsOf(call)) notes.shown.add(kind)
    if (isOutsider && wasGranted) notes.add(isRead ? 'readableToday' : 'writableToday', call, persona)
    if (wasGranted && !isGranted) notes.add('closes', call, persona)
    if (!wasGranted && isGranted) notes.add(isRead ? 'becomesReadable' : 'becomesWritable', call, persona)
  }
  const wasHidden = standings.every(({ was }) => was === 'hidden')
  const isHidden = standings.every(({ is }) => is === 'hidden')
  if (wasHidden !== isHidden) notes.add(isHidden ? 'closes' : 'becomesReadable', 'notice', persona)
}

function standing(asker: Asker, call: Exclude<AuditedCall, 'notice'>, target: Target): Standing {
  return call === 'listNamespaces' ? standingInList(asker, target) : standingOn(asker, call, target)
}

function rulesOf(call: AuditedCall): readonly RuleName[] {
  if (call === 'notice') return ['get_metadef_namespace', 'context_is_admin']
  const { rules, eachRow }: { rules: readonly RuleName[]; eachRow?: RuleName } = { ...projectCalls, ...namespaceCalls }[
    call
  ]
  return [...rules, ...(eachRow === undefined ? [] : [eachRow]), 'context_is_admin']
}

/** For naming rules alone; whether a call is granted is decided elsewhere. */
function decision(asker: Asker, rule: RuleName, target: Target): boolean {
  const isAboutCaller = rule === 'get_metadef_namespaces'
  return decides(() => {
    if (rule === 'context_is_admin') return admits(asker, rule)
    return allowed(asker, rule, isAboutCaller ? projectTarget(asker) : namespaceTarget(target))
  })
}

/** Who may make a call about no namespace in particular, by the one set and by the other. */
export interface CallAccess {
  readonly call: ProjectCall
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** The same for calls about no namespace; `ownerId` is the project that the owner's personas stand in. */
export function accessToCalls(
  ownerId: string,
  personas: readonly Persona[],
  { before, after }: RulePair,
): CallAccess[] {
  return (Object.keys(projectCalls) as ProjectCall[]).map((call) => {
    const by = (rules: Rules) =>
      personas
        .filter((persona) => {
          return standingOnProject({ principal: persona.principalFor(ownerId), rules }, call) === 'granted'
        })
        .map(({ name }) => name)
    return { call, before: by(before), after: by(after) }
  })
}

function decides(ask: () => boolean): boolean {
  try {
    return ask()
  } catch (error) {
    if (isApiError(error) && error.code === 'policy_failed') return false
    throw error
  }
}
