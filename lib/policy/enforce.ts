import type { Principal } from '@/lib/context/principal'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { activeRules } from './active-rules'
import { plainRules, type RuleName } from './defaults'
import { type Credentials, decide, type PolicyTarget, type PolicyValue, type Rules } from './evaluate'

/** Throws `policy_denied` with Glance's sentence unless the rule admits the caller. */
export function enforce(ctx: Asker, rule: RuleName, target: PolicyTarget): void {
  if (allowed(ctx, rule, target)) return
  if (ruleAdmits(activeRules(), ctx.principal, rule, target)) {
    throw apiError('policy_denied', { public: 'You do not own this image' })
  }
  throw apiError('policy_denied', { public: `You are not authorized to complete ${rule} action.` })
}

/** Somebody who asks; by other rules than those in force where there are some, as for who thinks of setting them. */
export interface Asker extends Pick<RequestContext, 'principal'> {
  readonly rules?: Rules | undefined
}

/** Whether the rule admits the caller: by the scope of the token first, then by the rule. Source: policy.md 6. */
export function allowed(ctx: Asker, rule: RuleName, target: PolicyTarget): boolean {
  return admittedBy(ctx.rules ?? activeRules(), ctx.principal, rule, target)
}

/** The same by other rules than those in force. */
export function admittedBy(rules: Rules, principal: Principal, rule: string, target: PolicyTarget): boolean {
  return ruleAdmits(rules, principal, rule, target) && suitsOwner(rules, principal, rule, target)
}

function ruleAdmits(rules: Rules, principal: Principal, rule: string, target: PolicyTarget): boolean {
  return hasScopeFor(principal, rule) && decide(rules, rule, new PrincipalCredentials(principal), target)
}

/**
 * Former defaults admit everybody to nearly everything, and left it to the code who may do what to images that are seen
 * by others than their owners; administrators may. The original forgets `set_image_location`. Source: policy.md 6.
 */
const formerOwnership: ReadonlyMap<string, 'owner' | 'others'> = new Map<RuleName, 'owner' | 'others'>([
  ['modify_image', 'owner'],
  ['delete_image', 'owner'],
  ['upload_image', 'owner'],
  ['deactivate', 'owner'],
  ['reactivate', 'owner'],
  ['set_image_location', 'owner'],
  ['delete_image_location', 'owner'],
  ['add_member', 'owner'],
  ['delete_member', 'owner'],
  ['modify_member', 'others'],
])

function suitsOwner(rules: Rules, principal: Principal, rule: string, target: PolicyTarget): boolean {
  if (rules.hasFormerDefaults !== true) return true
  const who = formerOwnership.get(rule)
  if (who === undefined || admits({ principal }, 'context_is_admin', rules)) return true
  const ownerId = target.get('owner')
  const isOwner = principal.projectId !== null && ownerId === principal.projectId
  return who === 'owner' ? isOwner : !isOwner
}

/** Whether the caller is refused for whose image it is, before any rule is asked; only while former defaults count. */
export function isRefusedByOwnership(ctx: RequestContext, rule: RuleName, target: PolicyTarget): boolean {
  return !suitsOwner(activeRules(), ctx.principal, rule, target)
}

/** Whether the token has the scope that the rule needs: a project's, unless the rule is only referred to. */
export function hasScopeFor(principal: Principal, rule: string): boolean {
  return (principal.systemScope === null && principal.domainId === null) || plainRules.has(rule)
}

/** Whether a rule, in force or of others, admits the caller of whatever scope when nothing is known of its target. */
export function admits(ctx: Asker, rule: string, rules: Rules = ctx.rules ?? activeRules()): boolean {
  return decide(rules, rule, new PrincipalCredentials(ctx.principal), nothing)
}

const nothing: PolicyTarget = { get: () => undefined, entries: () => ({}) }

/** What rules may ask of a caller: the keys that Glance's request context gives them. Source: policy.md 1. */
export class PrincipalCredentials implements Credentials {
  readonly hasLowerCaseRoles = true

  constructor(private readonly principal: Principal) {}

  get(key: string): PolicyValue | undefined {
    const { principal } = this
    switch (key) {
      case 'roles':
        return principal.roles
      case 'project_id':
        return principal.projectId
      case 'user_id':
        return principal.userId
      case 'user_domain_id':
        return principal.userDomainId
      case 'project_domain_id':
        return principal.projectDomainId
      case 'domain_id':
        return principal.domainId
      case 'system_scope':
        return principal.systemScope
      case 'system':
        return principal.systemScope ?? undefined
      case 'is_admin_project':
        return principal.isAdminProject
      case 'service_user_id':
        return principal.service?.userId ?? null
      case 'service_user_domain_id':
        return principal.service?.userDomainId ?? null
      case 'service_project_id':
        return principal.service?.projectId ?? null
      case 'service_project_domain_id':
        return principal.service?.projectDomainId ?? null
      case 'service_roles':
        return principal.service?.roles ?? []
      default:
        return undefined
    }
  }

  entries(): Readonly<Record<string, PolicyValue>> {
    const values: Record<string, PolicyValue> = {}
    for (const key of credentialKeys) {
      const value = this.get(key)
      if (value !== undefined) values[key] = value
    }
    return values
  }
}

/** Every key that {@link PrincipalCredentials} may have a value for. */
export const credentialKeys = [
  'user_id',
  'user_domain_id',
  'system_scope',
  'system',
  'domain_id',
  'project_id',
  'project_domain_id',
  'roles',
  'is_admin_project',
  'service_user_id',
  'service_user_domain_id',
  'service_project_id',
  'service_project_domain_id',
  'service_roles',
] as const
