import type { RequestContext } from '@/lib/context/request-context'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { isCatalogAdmin } from '@/lib/images/visibility'
import type { RuleName } from '@/lib/policy/defaults'
import { allowed, enforce } from '@/lib/policy/enforce'
import { namespaceTarget, type PolicyTarget, projectTarget } from '@/lib/policy/targets'
import type { Namespace } from './metadef'
import { findNamespace, type Viewer } from './namespace-repo'

/** What the database lets the caller find, before any rule is asked and whatever the rules say. */
export function viewerOf(ctx: RequestContext): Viewer {
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

/** The namespace if the caller may find it and these rules admit it, asked in this order. */
export async function namespaceFor(
  ctx: RequestContext,
  name: string,
  rules: readonly RuleName[],
  notFound?: (name: string) => ApiError,
): Promise<Namespace> {
  const namespace = await visibleNamespace(ctx, name, notFound)
  for (const rule of rules) enforceOn(ctx, rule, namespaceTarget(namespace))
  return namespace
}

/** Asks a rule where there is no namespace yet; the target is the caller's own project. */
export function enforceOnProject(ctx: RequestContext, rule: RuleName): void {
  enforceOn(ctx, rule, projectTarget(ctx))
}

/** Throws `not_found` where the caller may not even see a namespace, otherwise `policy_denied`. Source: policy.md 7. */
function enforceOn(ctx: RequestContext, rule: RuleName, target: PolicyTarget): void {
  if (allowed(ctx, rule, target)) return
  if (!allowed(ctx, 'get_metadef_namespace', target)) throw apiError('not_found')
  enforce(ctx, rule, target)
}

export function may(ctx: RequestContext, rule: RuleName, namespace: Namespace): boolean {
  return allowed(ctx, rule, namespaceTarget(namespace))
}

/** On most routes. */
export function namespaceAbsent(name: string): ApiError {
  return apiError('not_found', { public: `Namespace ${name} not found` })
}

/** Of a namespace by itself and of objects. */
export function namespaceUnknown(name: string): ApiError {
  return apiError('not_found', { public: `Metadata definition namespace=${name} was not found.` })
}
