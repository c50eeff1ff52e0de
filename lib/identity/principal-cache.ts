import type { Principal } from '@/lib/context/principal'
import { now } from '@/lib/runtime/clock'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { TokenCache } from './token-cache'

const PRINCIPALS_MAX = 20_000
const REFUSALS_MAX = 4_000

const nowMs = () => now().getTime()

/** Principals by the SHA-256 of their token. */
export function principalCache(): TokenCache<Principal> {
  return processSingleton('principal-cache', () => new TokenCache({ entriesMax: PRINCIPALS_MAX, nowMs }))
}

/** Tokens refused a moment ago; apart from the principals, so that a flood of rubbish does not push them out. */
export function refusalCache(): TokenCache<true> {
  return processSingleton('token-refusals', () => new TokenCache({ entriesMax: REFUSALS_MAX, nowMs }))
}

/** Makes a revocation take effect in this process at once; other nodes follow when their entries go bad. */
export function forgetToken(tokenHash: string): void {
  principalCache().delete(tokenHash)
}

/** After a change of users, roles, projects or assignments, which may touch any token. */
export function forgetAllTokens(): void {
  principalCache().clear()
  refusalCache().clear()
}
