import type { Principal } from '@/lib/context/principal'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'

/** The admin role manages everything, whatever it is held on, as it does for images. */
export function isManager(principal: Principal): boolean {
  return principal.roles.includes('admin')
}

/** Throws `forbidden` unless the caller may change users, projects, roles and the catalog. */
export function requireManager(ctx: RequestContext, action: string): void {
  if (!isManager(ctx.principal)) throw refused(action)
}

/** Throws `forbidden` unless the caller may look at everything: managers and readers of the whole system. */
export function requireOverseer(ctx: RequestContext, action: string): void {
  if (!isOverseer(ctx.principal)) throw refused(action)
}

/** Throws `forbidden` unless the caller is that user, or an overseer. The answer is the same whether the user exists. */
export function requireSelfOrOverseer(ctx: RequestContext, userId: string, action: string): void {
  if (ctx.principal.userId !== userId) requireOverseer(ctx, action)
}

/** Throws `forbidden` unless the caller is that user, or a manager. */
export function requireSelfOrManager(ctx: RequestContext, userId: string, action: string): void {
  if (ctx.principal.userId !== userId) requireManager(ctx, action)
}

export function isOverseer(principal: Principal): boolean {
  return isManager(principal) || (principal.systemScope === 'all' && principal.roles.includes('reader'))
}

function refused(action: string) {
  return apiError('forbidden', { public: `You are not authorized to perform the requested action: ${action}.` })
}
