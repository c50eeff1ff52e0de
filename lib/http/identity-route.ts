import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { authenticateHeader, contextFromRequest, isAnonymous, requestIdOf } from './context-from-request'
import { keystoneFault } from './keystone-fault'
import { exportsOf, logFault, type RouteExports, type Verb } from './route'
import { jsonResponse, type WireRequest, type WireResponse } from './wire'

type IdentityHandler = (ctx: RequestContext, request: WireRequest) => Promise<WireResponse>
type OpenHandler = (request: WireRequest) => Promise<WireResponse> | WireResponse

/**
 * A route of the built-in identity: authenticates, answers HEAD from GET, refuses other verbs and renders errors as
 * Keystone does. With a real Keystone as the backend none of these routes exists.
 */
export function identityRoute(handlers: Partial<Record<Verb, IdentityHandler>>): RouteExports {
  return identityExports(handlers, async (handler, request, requestId) => {
    const ctx = await contextFromRequest(request, requestId)
    if (isAnonymous(ctx)) throw apiError('sign_in_refused')
    return handler(ctx, request)
  })
}

/** The same without a token: versions and signing in. */
export function openIdentityRoute(handlers: Partial<Record<Verb, OpenHandler>>): RouteExports {
  return identityExports(handlers, async (handler, request) => handler(request))
}

/** Some verbs need a token and some give one. */
export function mixedIdentityRoute(
  handlers: Partial<Record<Verb, IdentityHandler>>,
  open: Partial<Record<Verb, OpenHandler>>,
): RouteExports {
  const [guarded, unguarded] = [identityRoute(handlers), openIdentityRoute(open)]
  const allow = [...verbsOf(handlers), ...verbsOf(open)].join(', ')
  return exportsOf((request) => {
    const verb = request.method
    if (Object.hasOwn(open, verb)) return unguarded.POST.wire(request)
    return verbsOf(handlers).includes(verb) ? guarded.GET.wire(request) : Promise.resolve(notAllowed(allow))
  })
}

type Run<H> = (handler: H, request: WireRequest, requestId: string) => Promise<WireResponse>

function identityExports<H>(handlers: Partial<Record<Verb, H>>, run: Run<H>): RouteExports {
  const byVerb = new Map<string, H>(Object.entries(handlers))
  const allow = verbsOf(handlers).join(', ')
  return exportsOf(async (request) => {
    let requestId: string | undefined
    try {
      requestId = requestIdOf(request)
      if (config().identity.backend !== 'builtin') throw notServed()
      const isHead = request.method === 'HEAD'
      const handler = byVerb.get(request.method) ?? (isHead ? byVerb.get('GET') : undefined)
      if (handler === undefined) return withCommonHeaders(notAllowed(allow), requestId)
      const answer = await run(handler, request, requestId)
      return withCommonHeaders(isHead ? withoutBody(answer) : answer, requestId)
    } catch (error) {
      logFault(error, request, requestId)
      return withCommonHeaders(withChallenge(keystoneFault(error), request), requestId)
    }
  })
}

function verbsOf(handlers: object): string[] {
  const named = Object.keys(handlers)
  return named.includes('GET') ? [...named, 'HEAD'] : named
}

function notAllowed(allow: string): WireResponse {
  return keystoneFault(apiError('method_not_allowed', { headers: { allow } }))
}

export function notServed() {
  return apiError('not_found', { public: 'The resource could not be found.' })
}

function withChallenge(answer: WireResponse, request: WireRequest): WireResponse {
  if (answer.status !== 401) return answer
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': authenticateHeader(request.origin) } }
}

function withoutBody(answer: WireResponse): WireResponse {
  return { ...answer, body: null }
}

/** Answers depend on the token, so no cache may hand one caller's to another. */
function withCommonHeaders(answer: WireResponse, requestId: string | undefined): WireResponse {
  return {
    ...answer,
    headers: {
      vary: 'X-Auth-Token',
      'cache-control': 'no-store',
      ...answer.headers,
      ...(requestId !== undefined && { 'x-openstack-request-id': requestId }),
    },
  }
}

export function noContent(): WireResponse {
  return { status: 204, headers: {}, body: null }
}

/** The address of the identity API as the client should use it. */
export function identityUrl(request: WireRequest): string {
  return `${config().server.publicEndpoint?.replace(/\/+$/, '') ?? request.origin}/identity/v3`
}

interface Identified {
  readonly id: string
}

/** One resource in its envelope, with its link. `path` is the collection's below /v3. */
export function itemResponse(
  request: WireRequest,
  { status = 200, key, path, item }: { status?: number; key: string; path: string; item: Identified },
): WireResponse {
  return jsonResponse(status, { [key]: withLink(request, path, item) })
}

/** A collection in its envelope; everything is on one page. */
export function listResponse(
  request: WireRequest,
  { key, path, items }: { key: string; path: string; items: readonly Identified[] },
): WireResponse {
  return jsonResponse(200, {
    [key]: items.map((item) => withLink(request, path, item)),
    links: pageLinks(request),
  })
}

/** A collection of Keystone that is always empty here; clients ask for it without need. */
export function emptyCollectionRoute(key: string): RouteExports {
  return identityRoute({ GET: async (_ctx, request) => listResponse(request, { key, path: key, items: [] }) })
}

export function pageLinks(request: WireRequest) {
  const query = request.query === '' ? '' : `?${request.query}`
  return {
    self: `${identityUrl(request)}${request.path.replace(/^\/identity\/v3/, '')}${query}`,
    previous: null,
    next: null,
  }
}

function withLink(request: WireRequest, path: string, item: Identified) {
  return { ...item, links: { self: `${identityUrl(request)}/${path}/${encodeURIComponent(item.id)}` } }
}

/** A placeholder of the route; routes always fill theirs in. */
export function param(request: WireRequest, name: string): string {
  return request.params[name] ?? ''
}
