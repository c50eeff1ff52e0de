import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import { now } from '@/lib/runtime/clock'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { askKeystone, type KeystoneAnswer, type KeystoneRequest } from './client'
import { type KeystoneToken, tokenSchema } from './token-schema'

interface ServiceToken {
  readonly value: string
  readonly facts: KeystoneToken
  readonly renewAtMs: number
}

interface SessionState {
  current?: ServiceToken
  renewal?: Promise<ServiceToken>
}

/** What a token of the service user is for: its project, or the whole system, which must have been granted. */
export type ServiceScope = 'project' | 'system'

const states = () =>
  processSingleton<Record<ServiceScope, SessionState>>('keystone-session', () => ({ project: {}, system: {} }))

/**
 * Asks Keystone as this service's own user, signing in when there is no good token, and once more when Keystone has
 * dropped the token before its end. Throws `identity_unavailable` also when Keystone refuses the service user: then
 * nobody's token can be judged.
 */
export async function askAsService(request: KeystoneRequest, scope: ServiceScope = 'project'): Promise<KeystoneAnswer> {
  const token = await serviceToken(scope)
  const answer = await askKeystone(withToken(request, token.value))
  if (answer.status !== 401) return answer
  const session = states()[scope]
  if (session.current === token) delete session.current
  const renewed = await serviceToken(scope)
  const second = await askKeystone(withToken(request, renewed.value))
  if (second.status === 401) throw refused('Keystone refuses the token of the service user', second.status)
  return second
}

/** The catalog that Keystone gave to the service user. */
export async function serviceCatalog(): Promise<NonNullable<KeystoneToken['catalog']>> {
  return (await serviceToken('project')).facts.catalog ?? []
}

function withToken(request: KeystoneRequest, token: string): KeystoneRequest {
  return { ...request, headers: { ...request.headers, 'x-auth-token': token } }
}

async function serviceToken(scope: ServiceScope): Promise<ServiceToken> {
  const session = states()[scope]
  if (session.current !== undefined && session.current.renewAtMs > now().getTime()) return session.current
  session.renewal ??= signIn(scope).finally(() => {
    delete session.renewal
  })
  return session.renewal
}

async function signIn(scope: ServiceScope): Promise<ServiceToken> {
  const { username, password, projectName, userDomainName, projectDomainName } = config().keystone
  const startedMs = now().getTime()
  const answer = await askKeystone({
    method: 'POST',
    path: '/auth/tokens',
    body: {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: username, domain: { name: userDomainName }, password } },
        },
        scope:
          scope === 'system'
            ? { system: { all: true } }
            : { project: { name: projectName, domain: { name: projectDomainName } } },
      },
    },
  })
  const parsed = tokenSchema.safeParse(answer.body)
  if (answer.status !== 201 || answer.subjectToken === null || !parsed.success) {
    throw refused(`Keystone does not sign the service user in to its ${scope}`, answer.status)
  }
  const facts = parsed.data.token
  const lifeMs = facts.expires_at.getTime() - startedMs
  const token = { value: answer.subjectToken, facts, renewAtMs: startedMs + lifeMs * 0.9 }
  states()[scope].current = token
  return token
}

function refused(reason: string, status: number) {
  return apiError('identity_unavailable', { detail: { reason, status } })
}
