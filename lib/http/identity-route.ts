import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { auditRefusal } from '@/lib/events/refusals'
import { authenticateHeader, contextFromRequest, isAnonymous, requestIdOf } from './context-from-request'
import { keystoneFault } from './keystone-fault'
import { exportsOf, logFault, type RouteExports, type Verb } from './route'
import { isDecodable, jsonResponse, undecodable, type WireRequest, type WireResponse } from './wire'

type IdentityHandler = (ctx: RequestContext, request: WireRequest) => Promise<WireResponse>
type OpenHandler = (request: WireRequest) => Promise<WireResponse> | WireResponse

/**
 * A route of the built-in identity: authenticates, answers HEAD from GET, refuses other verbs and renders errors as
 * Keystone does. Handlers in `open` need no token. With a real Keystone as the backend none of these routes exists.
 */
export function identityRoute(
  guarded: Partial<Record<Verb, IdentityHandler>>,
  open: Partial<Record<Verb, OpenHandler>> = {},
): RouteExports {
  const openByVerb = new Map<string, OpenHandler>(Object.entries(open))
  const guardedByVerb = new Map<string, IdentityHandler>(Object.entries(guarded))
  const allow = [...verbsOf(guarded), ...verbsOf(open)].join(', ')
  return exportsOf(async (request) => {
    let requestId: string | undefined
    let ctx: RequestContext | undefined
    try {
      requestId = requestIdOf(request)
      if (config().identity.backend !== 'builtin') throw notServed()
      if (!isDecodable(request.path) || !isDecodable(request.query)) throw undecodable()
      const openHandler = handlerFor(openByVerb, request)
      const handler = handlerFor(guardedByVerb, request)
      if (openHandler === undefined && handler !== undefined) ctx = await tokenContext(request, requestId)
      const answer =
        openHandler !== undefined
          ? await openHandler(request)
          : handler === undefined || ctx === undefined
            ? keystoneFault(apiError('method_not_allowed', { headers: { allow } }))
            : await handler(ctx, request)
      return withCommonHeaders(request.method === 'HEAD' ? { ...answer, body: null } : answer, requestId)
    } catch (error) {
      if (ctx !== undefined) await auditRefusal(ctx, { method: request.method, path: request.path }, error)
      logFault(error, request, requestId)
      return withCommonHeaders(withChallenge(keystoneFault(error), request), requestId)
    }
  })
}

/** A route that needs no token at all. */
export function openIdentityRoute(open: Partial<Record<Verb, OpenHandler>>): RouteExports {
  return identityRoute({}, open)
}

function handlerFor<H>(handlers: ReadonlyMap<string, H>, request: WireRequest): H | undefined {
  return handlers.get(request.method) ?? (request.method === 'HEAD' ? handlers.get('GET') : undefined)
}

async function tokenContext(request: WireRequest, requestId: string): Promise<RequestContext> {
  const ctx = await contextFromRequest(request, requestId)
  if (isAnonymous(ctx)) throw apiError('unauthorized')
  return ctx
}

function verbsOf(handlers: object): string[] {
  const named = Object.keys(handlers)
  return named.includes('GET') && !named.includes('HEAD') ? [...named, 'HEAD'] : named
}

export function notServed() {
  return apiError('not_found', { public: 'The resource could not be found.' })
}

function withChallenge(answer: WireResponse, request: WireRequest): WireResponse {
  if (answer.status !== 401) return answer
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': authenticateHeader(request.origin) } }
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

/** What a request made several of at once, each with its link; Keystone leaves the links of the page out. */
export function madeResponse(
  request: WireRequest,
  { key, path, items }: { key: string; path: string; items: readonly Identified[] },
): WireResponse {
  return jsonResponse(201, { [key]: items.map((item) => withLink(request, path, item)) })
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
