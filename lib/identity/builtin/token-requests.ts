import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { tokenHashOf } from '@/lib/identity/token-hash'
import { authSchema } from './auth-schema'
import { parseWholeBody } from './parse-body'
import { isOverseer, requireManager } from './permissions'
import { loadTokenFacts, type TokenFacts } from './token-facts'
import { type IssuedToken, issueToken, revokeToken } from './tokens'

/** POST /v3/auth/tokens: see {@link issueToken}. Throws `bad_request` for a body of another form. */
export async function signIn(body: unknown, remoteAddress: string): Promise<IssuedToken> {
  return issueToken(parseWholeBody(authSchema, body).auth, remoteAddress)
}

export interface SubjectQuery {
  readonly subjectToken: string | undefined
  readonly allowExpired: boolean
}

/**
 * What a token stands for. Everybody may ask about the token that they hold; services and overseers about any.
 * Throws `not_found` for a token that is not valid.
 */
export async function showToken(ctx: RequestContext, query: SubjectQuery): Promise<TokenFacts> {
  const subjectHash = requireSubject(query)
  const { principal } = ctx
  const isOwn = principal.tokenHash === subjectHash
  if (!isOwn && !principal.roles.includes('service') && !isOverseer(principal)) {
    throw apiError('forbidden', {
      public: 'You are not authorized to perform the requested action: identity:validate_token.',
    })
  }
  const facts = await loadTokenFacts(subjectHash, query.allowExpired)
  if (facts === undefined) throw apiError('not_found', { public: 'Could not find token.' })
  return facts
}

/** Ends a token: one's own, or as a manager anybody's. */
export async function endToken(ctx: RequestContext, subjectToken: string | undefined): Promise<void> {
  const subjectHash = requireSubject({ subjectToken })
  if (ctx.principal.tokenHash !== subjectHash) {
    const facts = await loadTokenFacts(subjectHash)
    if (facts?.user.id !== ctx.principal.userId) requireManager(ctx, 'identity:revoke_token')
  }
  if (!(await revokeToken(subjectHash))) throw apiError('not_found', { public: 'Could not find token.' })
}

/** The facts of the caller's own token; throws `unauthorized` when it ended a moment ago. */
export async function ownToken(ctx: RequestContext): Promise<TokenFacts> {
  const facts = await loadTokenFacts(ctx.principal.tokenHash)
  if (facts === undefined) throw apiError('unauthorized')
  return facts
}

function requireSubject({ subjectToken }: Pick<SubjectQuery, 'subjectToken'>): string {
  if (subjectToken === undefined || subjectToken === '') {
    throw apiError('bad_request', { public: 'The header X-Subject-Token must name a token.' })
  }
  return tokenHashOf(subjectToken)
}
