import type { Principal } from '@/lib/context/principal'
import { apiError } from '@/lib/errors/api-error'
import { askAsService } from './service-session'
import { type KeystoneToken, tokenSchema } from './token-schema'

/** A header value of a sane length; anything else is no token and must not reach Keystone. */
const tokenForm = /^[\x21-\x7e]{1,8192}$/

/**
 * Asks Keystone what a token stands for. Throws `unauthorized` when it is not valid, `identity_unavailable` when
 * Keystone cannot tell. Roles come with the implied ones, as Keystone expands them.
 */
export async function validateToken(token: string, tokenHash: string, allowExpired: boolean): Promise<Principal> {
  if (!tokenForm.test(token)) throw apiError('unauthorized')
  const answer = await askAsService({
    method: 'GET',
    path: `/auth/tokens?nocatalog${allowExpired ? '&allow_expired=1' : ''}`,
    headers: { 'x-subject-token': token },
  })
  if (answer.status === 404) throw apiError('unauthorized')
  const parsed = tokenSchema.safeParse(answer.body)
  if (answer.status !== 200 || !parsed.success) {
    throw apiError('identity_unavailable', {
      detail: { reason: 'Keystone does not validate tokens for the service user', status: answer.status },
    })
  }
  return toPrincipal(parsed.data.token, tokenHash)
}

function toPrincipal(token: KeystoneToken, tokenHash: string): Principal {
  const { user, project, domain, system } = token
  return {
    userId: user.id,
    userName: user.name,
    userDomainId: user.domain.id,
    userDomainName: user.domain.name,
    projectId: project?.id ?? null,
    projectName: project?.name ?? null,
    projectDomainId: project?.domain.id ?? null,
    projectDomainName: project?.domain.name ?? null,
    domainId: domain?.id ?? null,
    systemScope: system?.all ? 'all' : null,
    // Keystone leaves the field out unless an admin project is configured; then every project counts.
    isAdminProject: token.is_admin_project ?? true,
    roles: token.roles.map((role) => role.name.toLowerCase()).sort(),
    service: null,
    tokenHash,
    tokenExpiresAt: token.expires_at,
  }
}
