import type { Principal } from '@/lib/context/principal'
import { apiError } from '@/lib/errors/api-error'
import { loadTokenFacts, type TokenFacts } from './token-facts'

/** The principal behind a token of the built-in identity. Throws `unauthorized`. */
export async function principalOfToken(tokenHash: string, allowExpired: boolean): Promise<Principal> {
  const facts = await loadTokenFacts(tokenHash, allowExpired)
  if (facts === undefined) throw apiError('unauthorized')
  return toPrincipal(facts)
}

function toPrincipal({ row, user, scope, roles }: TokenFacts): Principal {
  const project = scope.kind === 'project' ? scope.project : null
  return {
    userId: user.id,
    userName: user.name,
    userDomainId: user.domain.id,
    userDomainName: user.domain.name,
    projectId: project?.id ?? null,
    projectName: project?.name ?? null,
    projectDomainId: project?.domain.id ?? null,
    projectDomainName: project?.domain.name ?? null,
    domainId: scope.kind === 'domain' ? scope.domain.id : null,
    systemScope: scope.kind === 'system' ? 'all' : null,
    // Without a configured admin project every project counts, as in Keystone.
    isAdminProject: true,
    roles: roles.map((role) => role.name.toLowerCase()).sort(),
    service: null,
    tokenHash: row.idHash,
    tokenExpiresAt: row.expiresAt,
  }
}
