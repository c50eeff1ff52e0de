import type { RequestContext } from '@/lib/context/request-context'
import { type ApiError, apiError, isApiError } from '@/lib/errors/api-error'
import { isCatalogAdmin } from '@/lib/images/visibility'
import type { RuleName } from '@/lib/policy/defaults'
import { type Asker, allowed, enforce } from '@/lib/policy/enforce'
import { namespaceTarget, type PolicyTarget, projectTarget } from '@/lib/policy/targets'
import type { Namespace, NamespaceFields } from './metadef'
import { findNamespace, finds, type Viewer } from './namespace-repo'

interface CallRules {
  /** asked in this order, of the namespace that the call is about */
  readonly rules: readonly RuleName[]
  /** asked of each row in what the call lists */
  readonly eachRow?: RuleName
  /** whether a protected namespace refuses it, whoever calls */
  readonly isStoppedByProtection?: true
}

/** Calls about a namespace that is there, and what they ask. Source: metadefs.md 2 and 3. */
export const namespaceCalls = {
  showNamespace: {
    rules: [
      'get_metadef_namespace',
      'list_metadef_resource_types',
      'get_metadef_objects',
      'get_metadef_properties',
      'get_metadef_tags',
    ],
  },
  updateNamespace: { rules: ['modify_metadef_namespace'] },
  deleteNamespace: { rules: ['delete_metadef_namespace'], isStoppedByProtection: true },
  listAssociations: { rules: ['list_metadef_resource_types'], eachRow: 'get_metadef_resource_type' },
  createAssociation: { rules: ['add_metadef_resource_type_association'] },
  deleteAssociation: { rules: ['remove_metadef_resource_type_association'], isStoppedByProtection: true },
  listObjects: { rules: ['get_metadef_objects'], eachRow: 'get_metadef_object' },
  getObject: { rules: ['get_metadef_object'] },
  createObject: { rules: ['add_metadef_object'] },
  updateObject: { rules: ['modify_metadef_object'] },
  deleteObject: { rules: ['delete_metadef_object'], isStoppedByProtection: true },
  deleteObjects: { rules: ['delete_metadef_namespace'], isStoppedByProtection: true },
  listProperties: { rules: ['get_metadef_properties'] },
  getProperty: { rules: ['get_metadef_property'] },
  getPropertyOfType: { rules: ['get_metadef_property', 'get_metadef_resource_type'] },
  createProperty: { rules: ['add_metadef_property'] },
  updateProperty: { rules: ['modify_metadef_property'] },
  deleteProperty: { rules: ['remove_metadef_property'], isStoppedByProtection: true },
  deleteProperties: { rules: ['delete_metadef_namespace'], isStoppedByProtection: true },
  listTags: { rules: ['get_metadef_tags'] },
  getTag: { rules: ['get_metadef_tag'] },
  createTag: { rules: ['add_metadef_tag'] },
  createTags: { rules: ['add_metadef_tags'] },
  renameTag: { rules: ['modify_metadef_tag'] },
  deleteTag: { rules: ['delete_metadef_tag'], isStoppedByProtection: true },
  deleteTags: { rules: ['delete_metadef_namespace', 'delete_metadef_tags'], isStoppedByProtection: true },
} as const satisfies Readonly<Record<string, CallRules>>

/** Calls that are about no namespace in particular: the target is the caller's own project. */
export const projectCalls = {
  listNamespaces: {
    rules: ['get_metadef_namespaces', 'list_metadef_resource_types'],
    eachRow: 'get_metadef_namespace',
  },
  listResourceTypes: { rules: ['list_metadef_resource_types'] },
  createNamespace: { rules: ['add_metadef_namespace'] },
  nestAssociations: { rules: ['add_metadef_resource_type_association'] },
  nestObjects: { rules: ['add_metadef_object'] },
  nestProperties: { rules: ['add_metadef_property'] },
  nestTags: { rules: ['add_metadef_tag'] },
} as const satisfies Readonly<Record<string, CallRules>>

export type NamespaceCall = keyof typeof namespaceCalls
export type ProjectCall = keyof typeof projectCalls

/** What the database lets the caller find, before any rule is asked and whatever the rules say. */
export function viewerOf(ctx: Asker): Viewer {
  return { isAdmin: isCatalogAdmin(ctx), projectId: ctx.principal.projectId }
}

/** The namespace if the caller may find it; absent and hidden ones are told by the same text. */
export async function visibleNamespace(
  ctx: RequestContext,
  name: string,
  notFound: (name: string) => ApiError = namespaceAbsent,
): Promise<Namespace> {
  const namespace = await findNamespace(viewerOf(ctx), name)
  if (namespace === undefined) throw notFound(name)
  return namespace
}

/** The namespace if the caller may find it and the rules of the call admit it. Throws `not_found`, `policy_denied`. */
export async function namespaceFor(
  ctx: RequestContext,
  name: string,
  call: NamespaceCall,
  notFound?: (name: string) => ApiError,
): Promise<Namespace> {
  const namespace = await visibleNamespace(ctx, name, notFound)
  enforceAll(ctx, namespaceCalls[call].rules, namespaceTarget(namespace))
  return namespace
}

/** Asks the rules of a call where there is no namespace yet. Throws `not_found` and `policy_denied`. */
export function enforceOnProject(ctx: Asker, call: ProjectCall): void {
  enforceAll(ctx, projectCalls[call].rules, projectTarget(ctx))
}

/** Throws `not_found` where the caller may not even see a namespace, otherwise `policy_denied`. Source: policy.md 7. */
function enforceAll(ctx: Asker, rules: readonly RuleName[], target: PolicyTarget): void {
  const refusal = refusalOf(ctx, rules, target)
  if (refusal === undefined) return
  if (refusal.isHidden) throw apiError('not_found')
  enforce(ctx, refusal.rule, target)
}

/** The first rule that refuses, and whether the caller may not even see a namespace. */
function refusalOf(ctx: Asker, rules: readonly RuleName[], target: PolicyTarget) {
  const rule = rules.find((each) => !allowed(ctx, each, target))
  return rule === undefined ? undefined : { rule, isHidden: !allowed(ctx, 'get_metadef_namespace', target) }
}

type Target = Pick<NamespaceFields, 'ownerId' | 'visibility'>

/** Whether what the call lists of this namespace is shown. */
export function showsRows(ctx: Asker, call: NamespaceCall | ProjectCall, namespace: Target): boolean {
  const { eachRow }: CallRules = { ...namespaceCalls, ...projectCalls }[call]
  return eachRow === undefined || allowed(ctx, eachRow, namespaceTarget(namespace))
}

/** What somebody gets of a call: what it asks for; nothing (403, an empty list, an error); as if nothing were there. */
export type Standing = 'granted' | 'refused' | 'hidden'

/** What the call would come to for this namespace, by the same decisions that {@link namespaceFor} makes. */
export function standingOn(
  ctx: Asker,
  call: NamespaceCall,
  namespace: Target & Pick<NamespaceFields, 'isProtected'>,
): Standing {
  return orRefused(() => {
    if (!finds(viewerOf(ctx), namespace)) return 'hidden'
    const { rules, isStoppedByProtection }: CallRules = namespaceCalls[call]
    const refusal = refusalOf(ctx, rules, namespaceTarget(namespace))
    if (refusal !== undefined) return refusal.isHidden ? 'hidden' : 'refused'
    if (isStoppedByProtection && namespace.isProtected) return 'refused'
    return showsRows(ctx, call, namespace) ? 'granted' : 'refused'
  })
}

/** What a call about no namespace would come to. */
export function standingOnProject(ctx: Asker, call: ProjectCall): Standing {
  return orRefused(() => {
    const refusal = refusalOf(ctx, projectCalls[call].rules, projectTarget(ctx))
    if (refusal !== undefined) return refusal.isHidden ? 'hidden' : 'refused'
    return 'granted'
  })
}

/** Whether a list of namespaces shows this one. */
export function standingInList(ctx: Asker, namespace: Target): Standing {
  return orRefused(() => {
    if (standingOnProject(ctx, 'listNamespaces') !== 'granted' || !finds(viewerOf(ctx), namespace)) return 'hidden'
    return showsRows(ctx, 'listNamespaces', namespace) ? 'granted' : 'hidden'
  })
}

/** A rule that fails shows nothing. */
function orRefused(standing: () => Standing): Standing {
  try {
    return standing()
  } catch (error) {
    if (isApiError(error) && error.code === 'policy_failed') return 'refused'
    throw error
  }
}

/** On most routes. */
export function namespaceAbsent(name: string): ApiError {
  return apiError('not_found', { public: `Namespace ${name} not found` })
}

/** Of a namespace by itself and of objects. */
export function namespaceUnknown(name: string): ApiError {
  return apiError('not_found', { public: `Metadata definition namespace=${name} was not found.` })
}
