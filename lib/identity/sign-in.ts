import { config } from '@/lib/config/load'
import * as keystone from '@/lib/keystone/sign-in'
import { bookAttempt } from './builtin/attempt-limiter'
import * as builtin from './builtin/sign-in'
import { forgetToken } from './principal-cache'
import { tokenHashOf } from './token-hash'

export interface PasswordCredentials {
  readonly userName: string
  readonly domainName: string
  readonly password: string
}

/** A sign-in that is not yet in any project. */
export interface UnscopedGrant {
  readonly token: string
  readonly expiresAt: Date
  readonly userId: string
  readonly userName: string
  /** the password was generated for the first start and still stands */
  readonly mustChangePassword: boolean
}

export interface ScopedGrant {
  readonly token: string
  readonly expiresAt: Date
}

/** A project that may be entered. Role names include the implied ones; none when the backend does not tell. */
export interface ScopeChoice {
  readonly projectId: string
  readonly projectName: string
  readonly domainName: string
  readonly roles: readonly string[]
}

/** Signs a person in with either backend. Throws `sign_in_refused`, `too_many_requests`, `identity_unavailable`. */
export async function signInWithPassword(
  credentials: PasswordCredentials,
  remoteAddress: string,
): Promise<UnscopedGrant> {
  if (config().identity.backend === 'builtin') return builtin.signInWithPassword(credentials, remoteAddress)
  const attempt = bookAttempt(remoteAddress, `${credentials.domainName}/${credentials.userName}`)
  const grant = await keystone.signInWithPassword(credentials)
  attempt.succeeded()
  return grant
}

/** The projects that the holder of a token may enter, by name. Throws `unauthorized` for a token that ended. */
export function listScopes(token: string): Promise<readonly ScopeChoice[]> {
  return config().identity.backend === 'builtin' ? builtin.listScopes(token) : keystone.listScopes(token)
}

/** A token for one project, made from an unscoped one. Throws `unauthorized` and, without a role there, `forbidden`. */
export function enterProject(token: string, projectId: string): Promise<ScopedGrant> {
  return config().identity.backend === 'builtin'
    ? builtin.enterProject(token, projectId)
    : keystone.enterProject(token, projectId)
}

/** Ends a token for good. One that has ended already is no error. */
export async function endToken(token: string): Promise<void> {
  forgetToken(tokenHashOf(token))
  if (config().identity.backend === 'builtin') await builtin.endToken(token)
  else await keystone.endToken(token)
}
