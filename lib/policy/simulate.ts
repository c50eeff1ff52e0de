import type { Principal } from '@/lib/context/principal'
import { isApiError } from '@/lib/errors/api-error'
import { definitionOf, type RuleName, ruleNames } from './defaults'
import { admittedBy, hasScopeFor, PrincipalCredentials } from './enforce'
import type { PolicyTarget, PolicyValue, Rules } from './evaluate'
import { type Explanation, explain, type Outcome } from './explain'

/** What a rule is asked about: an image or namespace as far as rules look at it. */
export interface SimulatedTarget {
  readonly ownerId: string | null
  readonly visibility: string
  /** the project that an image is shared with, as the caller found it */
  readonly memberId?: string | null
  /** more keys, such as an image's properties */
  readonly more?: Readonly<Record<string, PolicyValue>>
}

export interface Question {
  readonly rule: RuleName
  readonly principal: Principal
  readonly target: SimulatedTarget
  /** what it is asked about here, where that depends on the route: see {@link targetKindOf} */
  readonly about?: TargetKind
}

export interface Answer {
  readonly outcome: Outcome
  /** what the API would answer: 200 stands for every success */
  readonly status: 200 | 403 | 404 | 500
  /** why the rule was not even asked: the token's scope, or that the caller cannot see the target */
  readonly reason: string | null
}

export type TargetKind = 'image' | 'new image' | 'namespace' | 'caller' | 'nothing'

/** Refused by name even to who may not see the image, unless the catalog hides it. Source: policy.md 7. */
const changesVisibility: ReadonlySet<RuleName> = new Set(['publicize_image', 'communitize_image'])
const asksAboutCaller: ReadonlySet<RuleName> = new Set<RuleName>([
  'get_images',
  'get_metadef_namespaces',
  'add_metadef_namespace',
  'list_metadef_resource_types',
])
const asksAboutNothing: ReadonlySet<RuleName> = new Set<RuleName>([
  'default',
  'context_is_admin',
  'service_api',
  'metadef_default',
  'metadef_admin',
  'tasks_api_access',
  'get_task',
  'get_tasks',
  'add_task',
  'modify_task',
  'stores_info_detail',
  'manage_image_cache',
  'list_cached_nodes',
  'cache_list',
  'cache_clean',
  'cache_prune',
])

/**
 * What a rule is asked about where the API asks it. Of the two that list resource types it is the caller's project, and
 * a namespace on that one's routes; of what is nested in a new namespace the project too. Source: policy.md 1.
 */
export function targetKindOf(rule: RuleName): TargetKind {
  if (asksAboutNothing.has(rule)) return 'nothing'
  if (asksAboutCaller.has(rule)) return 'caller'
  if (rule.includes('metadef')) return 'namespace'
  return rule === 'add_image' ? 'new image' : 'image'
}

/** The target as the API would make it for this rule. */
export function simulatedTarget(question: Question): PolicyTarget {
  const { principal, target } = question
  const { ownerId, visibility, memberId = null, more = {} } = target
  const values: Readonly<Record<TargetKind, Readonly<Record<string, PolicyValue>>>> = {
    image: { ...more, project_id: ownerId, owner: ownerId, member_id: memberId, member: memberId, visibility },
    'new image': { project_id: ownerId, owner: ownerId, visibility },
    namespace: { project_id: ownerId, visibility },
    caller: { project_id: principal.projectId },
    nothing: {},
  }
  const known = values[kindOf(question)]
  return { get: (key) => (Object.hasOwn(known, key) ? known[key] : undefined), entries: () => known }
}

function kindOf({ rule, about }: Question): TargetKind {
  return about ?? targetKindOf(rule)
}

/** What the API would answer to this caller, by these rules. Source: policy.md 7. */
export function simulate(rules: Rules, question: Question): Answer {
  const { rule, principal } = question
  if (isHidden(rules, question)) return { outcome: false, status: 404, reason: 'the caller cannot see it' }
  const outcome = outcomeOf(rules, question)
  const reason = hasScopeFor(principal, rule) ? null : 'the token is not one for a project'
  if (outcome === 'error') return { outcome, status: 500, reason }
  return { outcome, status: outcome ? 200 : refusalOf(rules, question), reason }
}

/** The same with the whole tree. */
export function explainQuestion(rules: Rules, question: Question): Answer & { readonly explanation: Explanation } {
  const credentials = new PrincipalCredentials(question.principal)
  const explanation = explain(rules, question.rule, credentials, simulatedTarget(question))
  return { ...simulate(rules, question), explanation }
}

function outcomeOf(rules: Rules, question: Question): Outcome {
  try {
    return admittedBy(rules, question.principal, question.rule, simulatedTarget(question))
  } catch (error) {
    if (isApiError(error) && error.code === 'policy_failed') return 'error'
    throw error
  }
}

/** What the database leaves out before any rule is asked. */
function isHidden(rules: Rules, question: Question): boolean {
  const { principal, target } = question
  const kind = kindOf(question)
  if (kind !== 'image' && kind !== 'namespace') return false
  if (outcomeOf(rules, { ...question, rule: 'context_is_admin', about: 'nothing' }) === true) return false
  const { ownerId, visibility, memberId = null } = target
  if (visibility === 'public' || (kind === 'image' && (visibility === 'community' || ownerId === null))) return false
  if (principal.projectId === null) return true
  return ownerId !== principal.projectId && !(visibility === 'shared' && memberId === principal.projectId)
}

/** Whoever may not see a thing is told that it is not there; where nothing is looked for, the rule is named. */
function refusalOf(rules: Rules, question: Question): 403 | 404 {
  const { rule } = question
  const isMetadef = rule.includes('metadef') && kindOf(question) !== 'nothing'
  if (changesVisibility.has(rule) || (!isMetadef && kindOf(question) !== 'image')) return 403
  const probe = isMetadef ? 'get_metadef_namespace' : 'get_image'
  if (rule === probe) return 404
  return outcomeOf(rules, probeOf(question, probe)) === true ? 403 : 404
}

/** The probe is asked about what the refused rule was asked about. */
function probeOf(question: Question, probe: RuleName): Question {
  return { ...question, rule: probe, about: kindOf(question) }
}

export const personaNames = ['no role', 'reader', 'member', 'other project', 'service', 'admin'] as const
export type PersonaName = (typeof personaNames)[number]
export const targetNames = ['own', 'public', 'other'] as const
export type TargetName = (typeof targetNames)[number]

const own = 'own-project'
const other = 'other-project'

/** Who the matrix asks for. Role names are those of Glance's defaults, implied ones included. */
export function personaOf(name: PersonaName): Principal {
  const roles: Readonly<Record<PersonaName, readonly string[]>> = {
    'no role': [],
    reader: ['reader'],
    member: ['member', 'reader'],
    'other project': ['member', 'reader'],
    service: ['service'],
    admin: ['admin', 'member', 'reader'],
  }
  return callerOf({ roles: roles[name], projectId: name === 'other project' ? 'third-project' : own })
}

export interface Caller {
  readonly roles: readonly string[]
  readonly projectId: string | null
  readonly userId?: string
  readonly domainId?: string | null
  readonly systemScope?: 'all' | null
}

/** Somebody as a token would describe them. */
export function callerOf(caller: Caller): Principal {
  const { roles, projectId, userId = 'simulated-user', domainId = null, systemScope = null } = caller
  const project = projectId === null ? null : 'default'
  return {
    userId,
    userName: userId,
    userDomainId: 'default',
    userDomainName: 'Default',
    projectId,
    projectName: projectId,
    projectDomainId: project,
    projectDomainName: project,
    domainId,
    systemScope,
    isAdminProject: true,
    roles: roles.map((role) => role.toLowerCase()),
    service: null,
    tokenHash: '',
    tokenExpiresAt: new Date(8.64e15),
  }
}

const targets: Readonly<Record<TargetName, SimulatedTarget>> = {
  own: { ownerId: own, visibility: 'private' },
  public: { ownerId: other, visibility: 'public' },
  other: { ownerId: other, visibility: 'private' },
}

export interface MatrixCell extends Answer {
  readonly rule: RuleName
  readonly persona: PersonaName
  readonly target: TargetName
}

/** Every rule that the API asks, for every persona and target. */
export function policyMatrix(rules: Rules): MatrixCell[] {
  const asked = ruleNames.filter((rule) => definitionOf(rule).operations.length > 0)
  return asked.flatMap((rule) =>
    personaNames.flatMap((persona) =>
      targetNames.map((target): MatrixCell => {
        const answer = simulate(rules, { rule, principal: personaOf(persona), target: targets[target] })
        return { rule, persona, target, ...answer }
      }),
    ),
  )
}

export interface MatrixChange extends Pick<MatrixCell, 'rule' | 'persona' | 'target'> {
  readonly before: Answer['status']
  readonly after: Answer['status']
}

/** The cells in which two sets of rules answer otherwise. */
export function matrixDifference(before: Rules, after: Rules): MatrixChange[] {
  const later = policyMatrix(after)
  return policyMatrix(before).flatMap(({ rule, persona, target, status }, index): MatrixChange[] => {
    const next = later[index]?.status ?? status
    return next === status ? [] : [{ rule, persona, target, before: status, after: next }]
  })
}
