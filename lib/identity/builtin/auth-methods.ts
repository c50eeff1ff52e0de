import { apiError } from '@/lib/errors/api-error'
import { tokenHashOf } from '@/lib/identity/token-hash'
import { bookAttempt } from './attempt-limiter'
import type { DomainReference, IdentityRequest, UserReference } from './auth-schema'
import { hashPassword, verifySecret } from './passwords'
import { findDomain, findDomainByName } from './project-repo'
import type { CredentialRecord } from './records'
import { isLive, isUsable, loadTokenFacts, type TokenFacts } from './token-facts'
import { findCredential, listCredentialRows } from './token-repo'
import { findUser, findUserByName, type UserWithDomain, updateUser } from './user-repo'

/** Who proved to be whom, and by what. */
export interface Proof {
  readonly user: UserWithDomain
  readonly methods: readonly string[]
  readonly parent: TokenFacts | null
  readonly credential: CredentialRecord | null
}

interface SingleProof {
  readonly user: UserWithDomain
  readonly parent?: TokenFacts
  readonly credential?: CredentialRecord
}

/**
 * Checks every method that the request names; all must speak of one user. Throws `sign_in_refused` without saying
 * what was wrong, and `too_many_requests` after too many failures from one address for one name.
 */
export async function proveIdentity(identity: IdentityRequest, remoteAddress: string): Promise<Proof> {
  let proof: SingleProof | undefined
  for (const method of identity.methods) {
    const next: SingleProof = await proveBy(method, identity, remoteAddress)
    if (proof !== undefined && proof.user.id !== next.user.id) throw apiError('sign_in_refused')
    proof = { ...proof, ...next }
  }
  if (proof === undefined) throw apiError('sign_in_refused')
  const inherited = proof.parent?.row.methods.split(',') ?? []
  const methods = [...new Set([...inherited, ...identity.methods])]
  return {
    user: proof.user,
    methods,
    parent: proof.parent ?? null,
    credential: proof.credential ?? proof.parent?.credential ?? null,
  }
}

function proveBy(method: string, identity: IdentityRequest, remoteAddress: string): Promise<SingleProof> {
  if (method === 'password' && identity.password !== undefined) {
    return provePassword(identity.password.user, remoteAddress)
  }
  if (method === 'token' && identity.token !== undefined) return proveToken(identity.token.id)
  if (method === 'application_credential' && identity.application_credential !== undefined) {
    return proveCredential(identity.application_credential, remoteAddress)
  }
  throw apiError('sign_in_refused', { detail: { method } })
}

async function provePassword(
  account: UserReference & { readonly password: string },
  remoteAddress: string,
): Promise<SingleProof> {
  const user = await findReferencedUser(account)
  await checkPassword(user, account.password, { remoteAddress, name: user?.id ?? account.name ?? '' })
  if (user === null || !isUsable(user)) throw apiError('sign_in_refused')
  return { user }
}

export interface AttemptSource {
  readonly remoteAddress: string
  /** the account, or what the caller called it; failures count against it */
  readonly name: string
}

/** Throws unless the password is the account's; costs the same when there is no such account. */
export async function checkPassword(
  user: UserWithDomain | null,
  password: string,
  source: AttemptSource,
): Promise<void> {
  const verdict = await checkSecret(password, user?.passwordHash ?? null, source)
  if (verdict.isWeak && user !== null) await updateUser(user.id, { passwordHash: await hashPassword(password) })
}

async function checkSecret(secret: string, hash: string | null, source: AttemptSource): Promise<{ isWeak: boolean }> {
  let attempt: { succeeded(): void } | undefined
  const verdict = await verifySecret(secret, hash, () => {
    attempt = bookAttempt(source.remoteAddress, source.name)
  })
  if (!verdict.matches) throw apiError('sign_in_refused')
  attempt?.succeeded()
  return verdict
}

async function proveToken(token: string): Promise<SingleProof> {
  const parent = await loadTokenFacts(tokenHashOf(token))
  if (parent === undefined) throw apiError('sign_in_refused')
  return { user: parent.user, parent }
}

async function proveCredential(
  request: NonNullable<IdentityRequest['application_credential']>,
  remoteAddress: string,
): Promise<SingleProof> {
  const credential = await findReferencedCredential(request)
  await checkSecret(request.secret, credential?.secretHash ?? null, {
    remoteAddress,
    name: credential?.id ?? request.name ?? '',
  })
  const user = credential === null ? null : await findUser(credential.userId)
  if (credential === null || !isLive(credential) || user === null || !isUsable(user)) throw apiError('sign_in_refused')
  return { user, credential }
}

async function findReferencedCredential(
  request: NonNullable<IdentityRequest['application_credential']>,
): Promise<CredentialRecord | null> {
  if (request.id !== undefined) return findCredential(request.id)
  if (request.name === undefined || request.user === undefined) return null
  const user = await findReferencedUser(request.user)
  const [credential] = user === null ? [] : await listCredentialRows(user.id, request.name)
  return credential ?? null
}

async function findReferencedUser(reference: UserReference): Promise<UserWithDomain | null> {
  if (reference.id !== undefined) return findUser(reference.id)
  if (reference.name === undefined) return null
  const domainId = await resolveDomainId(reference.domain)
  return domainId === undefined ? null : findUserByName(domainId, reference.name)
}

/** The id of the domain that a request names by id or name; undefined when there is none. */
export async function resolveDomainId(reference: DomainReference | undefined): Promise<string | undefined> {
  if (reference?.id !== undefined) return (await findDomain(reference.id))?.id
  return reference?.name === undefined ? undefined : (await findDomainByName(reference.name))?.id
}
