import { now } from '@/lib/runtime/clock'
import type { ProjectWithDomain } from './project-repo'
import { findDomain, findProject } from './project-repo'
import type { AssignmentTarget, CredentialRecord, DomainRecord, RoleRecord, TokenRecord } from './records'
import { systemTarget } from './records'
import { effectiveRoles } from './roles-of'
import { findCredential, findTokenRow } from './token-repo'
import { findUser, type UserWithDomain } from './user-repo'

export type TokenScope =
  | { readonly kind: 'none' }
  | { readonly kind: 'system' }
  | { readonly kind: 'project'; readonly project: ProjectWithDomain }
  | { readonly kind: 'domain'; readonly domain: DomainRecord }

/** Everything that a valid token stands for at this moment. */
export interface TokenFacts {
  readonly row: TokenRecord
  readonly user: UserWithDomain
  readonly scope: TokenScope
  readonly roles: readonly RoleRecord[]
  readonly credential: CredentialRecord | null
}

/** How long after its end a token may still be shown by a service that finishes a user's work. Source: Keystone's allow_expired window. */
export const EXPIRED_WINDOW_MS = 48 * 3600_000

/**
 * What a token stands for, or undefined when it is unknown, expired, revoked, or something that it rests on is gone
 * or disabled. Roles are those of now, not of the time of issue.
 */
export async function loadTokenFacts(idHash: string, allowExpired = false): Promise<TokenFacts | undefined> {
  const row = await findTokenRow(idHash)
  if (row === null) return undefined
  const usableUntilMs = row.expiresAt.getTime() + (allowExpired ? EXPIRED_WINDOW_MS : 0)
  if (usableUntilMs <= now().getTime()) return undefined
  const [user, scope, credential] = await Promise.all([
    findUser(row.userId),
    loadScope(row.scopeKind, row.scopeId),
    row.applicationCredentialId === null ? null : findCredential(row.applicationCredentialId),
  ])
  if (user === null || !isUsable(user) || scope === undefined) return undefined
  if (row.applicationCredentialId !== null && !isLive(credential)) return undefined
  const roles = await rolesInScope(user.id, scope, credential)
  if (scope.kind !== 'none' && roles.length === 0) return undefined
  return { row, user, scope, roles, credential }
}

export function isUsable(holder: { readonly isEnabled: boolean; readonly domain: DomainRecord }): boolean {
  return holder.isEnabled && holder.domain.isEnabled
}

export function isLive(credential: CredentialRecord | null): boolean {
  return credential !== null && (credential.expiresAt === null || credential.expiresAt > now())
}

export async function rolesInScope(
  userId: string,
  scope: TokenScope,
  credential: CredentialRecord | null,
): Promise<readonly RoleRecord[]> {
  const target = targetOf(scope)
  return target === undefined ? [] : effectiveRoles(userId, target, credential?.roleIds)
}

export function targetOf(scope: TokenScope): AssignmentTarget | undefined {
  if (scope.kind === 'project') return { kind: 'project', id: scope.project.id }
  if (scope.kind === 'domain') return { kind: 'domain', id: scope.domain.id }
  return scope.kind === 'system' ? systemTarget : undefined
}

async function loadScope(kind: string, id: string | null): Promise<TokenScope | undefined> {
  if (kind === 'project' && id !== null) {
    const project = await findProject(id)
    return project !== null && isUsable(project) ? { kind, project } : undefined
  }
  if (kind === 'domain' && id !== null) {
    const domain = await findDomain(id)
    return domain?.isEnabled ? { kind, domain } : undefined
  }
  return kind === 'system' || kind === 'none' ? { kind } : undefined
}
