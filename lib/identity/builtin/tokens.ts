import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import { forgetToken } from '@/lib/identity/principal-cache'
import { tokenHashOf } from '@/lib/identity/token-hash'
import { now } from '@/lib/runtime/clock'
import { randomToken } from '@/lib/runtime/ids'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { type Proof, proveIdentity, resolveDomainId } from './auth-methods'
import type { AuthRequest, ScopeRequest } from './auth-schema'
import { findDomain, findProject, findProjectByName } from './project-repo'
import type { TokenRecord } from './records'
import { EXPIRED_WINDOW_MS, isUsable, rolesInScope, type TokenFacts, type TokenScope, targetOf } from './token-facts'
import { deleteTokenRow, deleteTokensExpiredBefore, insertToken } from './token-repo'

export interface IssuedToken {
  /** shown once; only its hash is kept */
  readonly token: string
  readonly facts: TokenFacts
}

/**
 * Signs in and issues a token. Throws `sign_in_refused` (whatever the reason, so that nothing can be learned),
 * `too_many_requests`, and `forbidden` when an application credential's token asks for another scope.
 */
export async function issueToken(auth: AuthRequest, remoteAddress: string): Promise<IssuedToken> {
  const proof = await proveIdentity(auth.identity, remoteAddress)
  const scope = await scopeFor(proof, auth.scope)
  return issueForScope(proof, scope)
}

async function issueForScope(proof: Proof, scope: TokenScope): Promise<IssuedToken> {
  const { user, parent, credential } = proof
  const roles = await rolesInScope(user.id, scope, credential)
  if (scope.kind !== 'none' && roles.length === 0) throw apiError('sign_in_refused')
  const token = randomToken(32)
  const row: TokenRecord = {
    idHash: tokenHashOf(token),
    userId: user.id,
    scopeKind: scope.kind,
    scopeId: targetOf(scope)?.id ?? null,
    methods: proof.methods.join(','),
    auditId: randomToken(16),
    parentAuditId: parent === null ? null : (parent.row.parentAuditId ?? parent.row.auditId),
    applicationCredentialId: credential?.id ?? null,
    issuedAt: now(),
    expiresAt: expiryOf(proof),
  }
  await insertToken(row)
  await purgeWhenDue()
  return { token, facts: { row, user, scope, roles, credential } }
}

/** A token made from a token ends with it, else anyone could live for ever on one sign-in. */
function expiryOf({ parent, credential }: Proof): Date {
  const ends = [parent?.row.expiresAt, credential?.expiresAt ?? undefined]
  const fresh = now().getTime() + config().identity.tokenLifetimeSeconds * 1000
  const times = ends.flatMap((end) => (end === undefined ? [] : [end.getTime()]))
  return new Date(parent === null ? Math.min(fresh, ...times) : Math.min(...times))
}

async function scopeFor(proof: Proof, request: ScopeRequest | undefined): Promise<TokenScope> {
  const { user, credential } = proof
  if (credential !== null) {
    const scope = await projectScope(credential.projectId)
    if (scope === undefined) throw apiError('sign_in_refused')
    if (request !== undefined && !(await namesProject(request, credential.projectId))) {
      throw apiError('forbidden', { public: 'An application credential cannot be used outside its own project.' })
    }
    return scope
  }
  if (request === 'unscoped') return { kind: 'none' }
  if (request !== undefined) {
    const scope = await requestedScope(request)
    if (scope === undefined) throw apiError('sign_in_refused')
    return scope
  }
  const fallback = user.defaultProjectId === null ? undefined : await projectScope(user.defaultProjectId)
  const holdsRoles = fallback !== undefined && (await rolesInScope(user.id, fallback, null)).length > 0
  return holdsRoles ? fallback : { kind: 'none' }
}

async function requestedScope(request: Exclude<ScopeRequest, 'unscoped'>): Promise<TokenScope | undefined> {
  if ('system' in request) return { kind: 'system' }
  if ('domain' in request) {
    const id = await resolveDomainId(request.domain)
    const domain = id === undefined ? null : await findDomain(id)
    return domain?.isEnabled ? { kind: 'domain', domain } : undefined
  }
  const { id, name, domain } = request.project
  if (id !== undefined) return projectScope(id)
  const domainId = await resolveDomainId(domain)
  const project = name === undefined || domainId === undefined ? null : await findProjectByName(domainId, name)
  return project !== null && isUsable(project) ? { kind: 'project', project } : undefined
}

async function projectScope(id: string): Promise<TokenScope | undefined> {
  const project = await findProject(id)
  return project !== null && isUsable(project) ? { kind: 'project', project } : undefined
}

async function namesProject(request: ScopeRequest, projectId: string): Promise<boolean> {
  if (request === 'unscoped') return false
  const scope = await requestedScope(request)
  return scope?.kind === 'project' && scope.project.id === projectId
}

/** Ends a token now; it is refused by this process at once. Returns whether it existed. */
export async function revokeToken(tokenHash: string): Promise<boolean> {
  const existed = await deleteTokenRow(tokenHash)
  forgetToken(tokenHash)
  return existed
}

const PURGE_INTERVAL_MS = 10 * 60_000

async function purgeWhenDue(): Promise<void> {
  const purge = processSingleton('token-purge', () => ({ lastMs: 0 }))
  const nowMs = now().getTime()
  if (nowMs - purge.lastMs < PURGE_INTERVAL_MS) return
  purge.lastMs = nowMs
  await deleteTokensExpiredBefore(new Date(nowMs - EXPIRED_WINDOW_MS))
}
