import { randomUUID } from 'node:crypto'
import type { Principal } from '@/lib/context/principal'
import type { Mentions } from '@/lib/policy/rule-mentions'
import { callerOf } from '@/lib/policy/simulate'

/** Somebody who could ask, as seen from a namespace. */
export interface Persona {
  /** for people, such as `owner's project, reader` */
  readonly name: string
  /** whether it stands in the project that owns the namespace */
  readonly isOwner: boolean
  /** neither of the owner's project nor an administrator: whom a namespace is exposed to */
  readonly isOutsider: boolean
  /** the caller, for a namespace of this owner */
  principalFor(ownerId: string): Principal
}

/** A project that owns nothing. Owners are free text, so no fixed one would do. */
const ELSEWHERE = `elsewhere-${randomUUID()}`

const ladder: Readonly<Record<string, readonly string[]>> = {
  member: ['member', 'reader'],
  reader: ['reader'],
  'no role': [],
}
const usualRoles = new Set(['admin', 'member', 'reader', 'service'])

/** What a token may be beside its project and roles. */
type More = Partial<Principal>

const attributeSetters: Readonly<Record<string, (value: string) => More | undefined>> = {
  user_id: (userId) => ({ userId, userName: userId }),
  user_domain_id: (userDomainId) => ({ userDomainId }),
  project_domain_id: (projectDomainId) => ({ projectDomainId }),
  domain_id: (domainId) => ({ domainId }),
  is_admin_project: (value) => ({ isAdminProject: value === 'True' }),
  service_user_id: (userId) => ({ service: { ...nobody, userId } }),
  service_user_domain_id: (userDomainId) => ({ service: { ...nobody, userDomainId } }),
  service_project_id: (projectId) => ({ service: { ...nobody, projectId } }),
  service_project_domain_id: (projectDomainId) => ({ service: { ...nobody, projectDomainId } }),
  service_roles: (role) => ({ service: { ...nobody, roles: [role] } }),
}
const nobody = { userId: 'service', userDomainId: 'default', projectId: null, projectDomainId: null, roles: [] }

/** More than anybody reads; rules that name so many are asked for each name with the usual roles alone. */
const NAMED_MAX = 40

/**
 * Everybody that the rules may tell apart: the usual roles in the owner's project, in another one and in none, services,
 * administrators; and for each role, project, user, … that the rules name, somebody who is that.
 */
export function personasOf(mentions: readonly Mentions[]): Persona[] {
  const roles = [...new Set(mentions.flatMap((each) => [...each.roles]))].filter((role) => !usualRoles.has(role)).sort()
  const named = new Map<string, Set<string>>()
  for (const { attributes } of mentions) {
    for (const [key, values] of attributes) named.set(key, new Set([...(named.get(key) ?? []), ...values]))
  }
  const rungs: [string, readonly string[]][] = [
    ...Object.entries(ladder),
    ...roles.flatMap((role): [string, readonly string[]][] => [
      [role, [role]],
      [`member and ${role}`, [role, 'member', 'reader']],
    ]),
    ...(roles.length > 1 ? [['member and every role that rules name', [...roles, 'member', 'reader']] as const] : []),
  ].map(([name, held]) => [name, held])
  const few = rungs.length > NAMED_MAX ? rungs.slice(0, Object.keys(ladder).length) : rungs
  const projects = [...(named.get('project_id') ?? [])].sort()
  const personas = [
    ...rungs.map(([name, held]) => owner(name, held)),
    ...rungs.map(([name, held]) => outsider(`another project, ${name}`, held, ELSEWHERE)),
    ...projects.flatMap((id) => few.map(([name, held]) => outsider(`project ${id}, ${name}`, held, id))),
    outsider('no project, no role', [], null),
    outsider('service', ['service'], ELSEWHERE),
    fixed('administrator', callerOf({ roles: ['admin', 'member', 'reader'], projectId: ELSEWHERE })),
    fixed('administrator of the system', callerOf({ roles: ['admin'], projectId: null, systemScope: 'all' })),
  ]
  for (const [key, values] of named) {
    const set = attributeSetters[key]
    if (set === undefined) continue
    for (const value of [...values].sort()) {
      const more = set(value) ?? {}
      for (const [name, held] of few) {
        personas.push(outsider(`${key} ${value}, another project, ${name}`, held, ELSEWHERE, more))
        personas.push(owner(`${name}, ${key} ${value}`, held, more))
      }
    }
  }
  return personas
}

function owner(name: string, roles: readonly string[], more: More = {}): Persona {
  return {
    name: `owner's project, ${name}`,
    isOwner: true,
    isOutsider: false,
    principalFor: (ownerId) => ({ ...callerOf({ roles, projectId: ownerId }), ...more }),
  }
}

function outsider(name: string, roles: readonly string[], projectId: string | null, more: More = {}): Persona {
  return { ...fixed(name, { ...callerOf({ roles, projectId }), ...more }), isOutsider: true }
}

function fixed(name: string, principal: Principal): Persona {
  return { name, isOwner: false, isOutsider: false, principalFor: () => principal }
}

/** Tells of an owner whether these rules and personas can tell it apart from owners that nobody names. */
export function ownerTeller(personas: readonly Persona[], mentions: readonly Mentions[]): (ownerId: string) => boolean {
  if (mentions.some(({ isPlain }) => !isPlain)) return () => true
  const texts = tellingTexts(personas, mentions)
  return (ownerId) => texts.has(ownerId) || texts.has(ownerId.toLowerCase())
}

function tellingTexts(personas: readonly Persona[], mentions: readonly Mentions[]): ReadonlySet<string> {
  const texts = new Set(['None', 'True', 'False'])
  for (const { roles, texts: named, attributes } of mentions) {
    for (const each of [roles, named, ...attributes.values()]) for (const text of each) texts.add(text)
  }
  const add = (value: unknown): void => {
    if (typeof value === 'string') texts.add(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(add)
  }
  for (const { isOwner, principalFor } of personas) {
    const { projectId, projectName, ...others } = principalFor('')
    add(isOwner ? others : { projectId, projectName, ...others })
  }
  return texts
}
