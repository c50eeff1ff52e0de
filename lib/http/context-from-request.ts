import { config } from '@/lib/config/load'
import type { Principal } from '@/lib/context/principal'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { authenticate } from '@/lib/identity/authenticate'
import { refreshPolicy } from '@/lib/policy/policy-source'
import { newRequestId } from '@/lib/runtime/ids'
import { type Logger, logger } from '@/lib/runtime/logger'

export interface RequestHeaders {
  header(name: string): string | undefined
  readonly signal: AbortSignal
}

/**
 * The id of a request: the client's own, with `req-` in front, or a new one.
 * Throws `request_header_too_large` above the configured length. Source: images.md 0.3.
 */
export function requestIdOf(request: Pick<RequestHeaders, 'header'>): string {
  const given = request.header('x-openstack-request-id')
  if (given === undefined || given === '') return newRequestId()
  if (given.length > config().server.maxRequestIdLength) {
    throw apiError('request_header_too_large', {
      public: `x-openstack-request-id is too long. Max size ${config().server.maxRequestIdLength}`,
    })
  }
  return given.startsWith('req-') ? given : `req-${given}`
}

/**
 * The context of an API request; policy is up to date when there is one. Throws `unauthorized` without a valid token
 * (unless anonymous reading is on) and `identity_unavailable` when the backend cannot be asked.
 */
export async function contextFromRequest(request: RequestHeaders, requestId: string): Promise<RequestContext> {
  const token = request.header('x-auth-token')
  const serviceToken = request.header('x-service-token')
  const principal =
    (token === undefined || token === '') && config().images.allowAnonymous
      ? anonymous
      : await authenticate({ ...(token && { token }), ...(serviceToken && { serviceToken }) })
  const refreshing = refreshPolicy()
  if (refreshing !== undefined) await refreshing
  return new ApiContext(requestId, principal, request)
}

/** Most requests neither log nor wait, and both a logger and a signal cost more than a look-up of the token. */
class ApiContext implements RequestContext {
  readonly origin = 'api'
  #log: Logger | undefined

  constructor(
    readonly requestId: string,
    readonly principal: Principal,
    private readonly request: RequestHeaders,
  ) {}

  get signal(): AbortSignal {
    return this.request.signal
  }

  get log(): Logger {
    this.#log ??= logger().child({ requestId: this.requestId })
    return this.#log
  }
}

const anonymous: Principal = {
  userId: '',
  userName: '',
  userDomainId: '',
  userDomainName: '',
  projectId: null,
  projectName: null,
  projectDomainId: null,
  projectDomainName: null,
  domainId: null,
  systemScope: null,
  isAdminProject: false,
  roles: [],
  service: null,
  tokenHash: '',
  tokenExpiresAt: new Date(8.64e15),
}

export function isAnonymous(ctx: RequestContext): boolean {
  return ctx.principal === anonymous
}

/** `WWW-Authenticate` of a 401, which names where tokens come from. */
export function authenticateHeader(origin: string): string {
  const { identity, keystone } = config()
  const uri =
    identity.backend === 'keystone' ? (keystone.publicUrl ?? keystone.authUrl ?? origin) : `${origin}/identity`
  return `Keystone uri="${uri}"`
}
