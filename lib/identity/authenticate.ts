import { config } from '@/lib/config/load'
import type { Principal, ServicePrincipal } from '@/lib/context/principal'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { validateToken } from '@/lib/keystone/validate-token'
import { now } from '@/lib/runtime/clock'
import { logger } from '@/lib/runtime/logger'
import { principalOfToken } from './builtin/principal-of-token'
import { principalCache, refusalCache } from './principal-cache'
import type { Loaded } from './token-cache'
import { tokenHashOf } from './token-hash'

export interface AuthHeaders {
  readonly token?: string
  readonly serviceToken?: string
}

const REFUSAL_MS = 10_000
/** While the backend is down, a principal known from before is served this long between two questions to it. */
const STALE_MS = 5_000

/**
 * Who a request comes from, by its X-Auth-Token and X-Service-Token, whichever backend is configured. The one door for
 * the API, the dashboard and image data. Throws `unauthorized`, or `identity_unavailable` when the backend does not
 * answer and the token was not seen before. A service token that is not valid counts as absent, as in Glance; a valid
 * one with the service role lets a user's token be used after its end, so that long work can be finished.
 */
export async function authenticate(headers: AuthHeaders): Promise<Principal> {
  const { token, serviceToken } = headers
  if (token === undefined || token === '') throw apiError('unauthorized')
  if (serviceToken === undefined || serviceToken === '') return principalFor(token)
  const service = await servicePrincipal(serviceToken)
  const isService = service?.roles.includes('service') ?? false
  const principal = isService ? await principalEvenExpired(token) : await principalFor(token)
  return service === null ? principal : { ...principal, service }
}

function principalFor(token: string): Promise<Principal> | Principal {
  const tokenHash = tokenHashOf(token)
  return principalCache().get(tokenHash) ?? loadPrincipal(token, tokenHash)
}

async function principalEvenExpired(token: string): Promise<Principal> {
  try {
    return await principalFor(token)
  } catch (error) {
    if (!isApiError(error) || error.code !== 'unauthorized') throw error
    return askBackend(token, tokenHashOf(token), true)
  }
}

async function servicePrincipal(token: string): Promise<ServicePrincipal | null> {
  try {
    const { userId, userDomainId, projectId, projectDomainId, roles } = await principalFor(token)
    return { userId, userDomainId, projectId, projectDomainId, roles }
  } catch (error) {
    if (isApiError(error) && error.code === 'unauthorized') return null
    throw error
  }
}

function askBackend(token: string, tokenHash: string, allowExpired: boolean): Promise<Principal> {
  return config().identity.backend === 'keystone'
    ? validateToken(token, tokenHash, allowExpired)
    : principalOfToken(tokenHash, allowExpired)
}

async function loadPrincipal(token: string, tokenHash: string): Promise<Principal> {
  if (refusalCache().get(tokenHash)) throw apiError('unauthorized')
  return principalCache().getOrLoad(tokenHash, async () => {
    const nowMs = now().getTime()
    try {
      const principal = await askBackend(token, tokenHash, false)
      return keepFor(principal, nowMs + config().identity.tokenCacheSeconds * 1000)
    } catch (error) {
      const stale = principalCache().getStale(tokenHash)
      if (isApiError(error) && error.code === 'unauthorized') {
        refusalCache().set(tokenHash, true, nowMs + REFUSAL_MS)
        if (stale !== undefined) principalCache().delete(tokenHash)
      }
      const isUsable = stale !== undefined && stale.tokenExpiresAt.getTime() > nowMs
      if (!isUsable || !isApiError(error) || error.code !== 'identity_unavailable') throw error
      logger().warn({ userId: stale.userId }, 'identity is unavailable; serving a principal from before')
      return keepFor(stale, nowMs + STALE_MS)
    }
  })
}

function keepFor(principal: Principal, untilMs: number): Loaded<Principal> {
  return { value: principal, goodUntilMs: Math.min(untilMs, principal.tokenExpiresAt.getTime()) }
}
