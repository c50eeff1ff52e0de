import type { Principal } from '@/lib/context/principal'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { defaultRules, plainRules, type RuleName } from './defaults'
import { type Credentials, decide, type PolicyTarget, type Rules } from './evaluate'
import { parseCheck } from './parse'

/** Throws `policy_denied` with Glance's sentence unless the rule admits the caller. */
export function enforce(ctx: RequestContext, rule: RuleName, target: PolicyTarget): void {
  if (allowed(ctx, rule, target)) return
  throw apiError('policy_denied', { public: `You are not authorized to complete ${rule} action.` })
}

/** Whether the rule admits the caller: by the scope of the token first, then by the rule. Source: policy.md 6. */
export function allowed(ctx: RequestContext, rule: RuleName, target: PolicyTarget): boolean {
  const { principal } = ctx
  const isProjectScope = principal.systemScope === null && principal.domainId === null
  if (!isProjectScope && !plainRules.has(rule)) return false
  return decide(rules(), rule, credentialsOf(principal), target)
}

/** Whether a rule admits the caller of whatever scope, when nothing is known of what it is asked about. */
export function admits(ctx: RequestContext, rule: RuleName): boolean {
  return decide(rules(), rule, credentialsOf(ctx.principal), nothing)
}

const nothing: PolicyTarget = { get: () => undefined }

function rules(): Rules {
  return processSingleton(
    'policy-rules',
    () => new Map(Object.entries(defaultRules).map(([name, text]) => [name, parseCheck(text)])),
  )
}

function credentialsOf(principal: Principal): Credentials {
  return { roles: principal.roles, attribute: (name) => attributes[name]?.(principal) }
}

type Attribute = (principal: Principal) => string | boolean | null

const attributes: Readonly<Record<string, Attribute | undefined>> = Object.assign(Object.create(null), {
  user_id: (principal: Principal) => principal.userId,
  user_domain_id: (principal: Principal) => principal.userDomainId,
  project_id: (principal: Principal) => principal.projectId,
  project_domain_id: (principal: Principal) => principal.projectDomainId,
  domain_id: (principal: Principal) => principal.domainId,
  system_scope: (principal: Principal) => principal.systemScope,
  is_admin_project: (principal: Principal) => principal.isAdminProject,
  service_user_id: (principal: Principal) => principal.service?.userId ?? null,
  service_user_domain_id: (principal: Principal) => principal.service?.userDomainId ?? null,
  service_project_id: (principal: Principal) => principal.service?.projectId ?? null,
  service_project_domain_id: (principal: Principal) => principal.service?.projectDomainId ?? null,
} satisfies Record<string, Attribute>)
