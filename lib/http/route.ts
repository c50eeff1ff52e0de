import type { RequestContext } from '@/lib/context/request-context'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { type Attempt, auditRefusal } from '@/lib/events/refusals'
import { logger } from '@/lib/runtime/logger'
import { authenticateHeader, contextFromRequest, isAnonymous, requestIdOf } from './context-from-request'
import { glanceFault } from './glance-fault'
import { answerWeb, type WebRouteContext } from './web'
import { isDecodable, refuseBody, undecodable, type WireHandler, type WireRequest, type WireResponse } from './wire'

export const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Verb = (typeof verbs)[number]

export interface Operation {
  readonly run: (ctx: RequestContext, request: WireRequest) => Promise<WireResponse> | WireResponse
  /** 'none' answers 400 to a body, as Glance's body-less routes do. */
  readonly body?: 'none' | 'any'
}

export interface OpenOperation {
  readonly run: (request: WireRequest) => Promise<WireResponse> | WireResponse
}

/** A route.ts export: Next calls it with a Web Request, the listener calls `wire` without one. */
export interface RouteExport {
  (request: Request, context: WebRouteContext): Promise<Response>
  readonly wire: WireHandler
}

export type RouteExports = Readonly<Record<Verb, RouteExport>>

/**
 * Makes a route of the Image API: authenticates, refuses unexpected verbs and bodies, runs the operation and renders
 * errors as Glance faults. Answers 401 before 404 and 405, as Glance does. Every verb is exported.
 */
export function route(operations: Partial<Record<Verb, Operation>>): RouteExports {
  const allow = Object.keys(operations).join(', ')
  return exportsOf(async (request) => {
    let requestId: string | undefined
    let ctx: RequestContext | undefined
    try {
      requestId = requestIdOf(request)
      if (!isDecodable(request.path) || !isDecodable(request.query)) throw undecodable()
      ctx = await contextFromRequest(request, requestId)
      // Next finds the same route with a slash at the end; Glance finds none.
      if (request.path.endsWith('/')) throw apiError('not_found')
      const operation = operations[request.method as Verb]
      if (operation === undefined) throw methodNotAllowed(allow)
      if (operation.body !== 'any') refuseBody(request)
      if (isAnonymous(ctx) && request.method !== 'GET' && request.method !== 'HEAD') {
        throw apiError('forbidden', { public: 'Read-only access' })
      }
      return withRequestId(await operation.run(ctx, request), requestId)
    } catch (error) {
      if (ctx !== undefined) await auditRefusal(ctx, attemptOf(request), error)
      return faultFor(error, request, requestId)
    }
  })
}

/** A route outside the authenticated API: versions, health, metrics. */
export function openRoute(operations: Partial<Record<Verb, OpenOperation>>): RouteExports {
  const allow = Object.keys(operations).join(', ')
  return exportsOf(async (request) => {
    try {
      const operation = operations[request.method as Verb]
      if (operation === undefined) throw methodNotAllowed(allow)
      return await operation.run(request)
    } catch (error) {
      return faultFor(error, request, undefined)
    }
  })
}

export function attemptOf({ method, path, params }: WireRequest): Attempt {
  return { method, path, imageId: params.imageId }
}

/** Glance's answer to every path that no other route has; a verb outside the usual ones is 501 there. */
export const unknownPath: RouteExports = exportsOf(async (request) => {
  let requestId: string | undefined
  try {
    requestId = requestIdOf(request)
    await contextFromRequest(request, requestId)
    throw usualVerbs.has(request.method) ? apiError('not_found') : methodUnknown(request.method)
  } catch (error) {
    return faultFor(error, request, requestId)
  }
})

const usualVerbs: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'])

function methodUnknown(method: string) {
  return apiError('method_unknown', {
    public: `The request method ${method} is not implemented for this server.`,
  })
}

/** Every verb answered by one handler that renders its own errors. */
export function exportsOf(wire: WireHandler): RouteExports {
  const made: RouteExport = Object.assign(
    (request: Request, context: WebRouteContext) => answerWeb(wire, request, context),
    { wire },
  )
  return { GET: made, HEAD: made, POST: made, PUT: made, PATCH: made, DELETE: made, OPTIONS: made }
}

function methodNotAllowed(allow: string) {
  return apiError('method_not_allowed', { headers: { allow } })
}

export function withRequestId(response: WireResponse, requestId: string): WireResponse {
  return { ...response, headers: { ...response.headers, 'x-openstack-request-id': requestId } }
}

/** Renders an error as the contract says, logs what an operator must know, and names the request id except on 401. */
export function faultFor(error: unknown, request: WireRequest, requestId: string | undefined): WireResponse {
  logFault(error, request, requestId)
  const response = glanceFault(error, {
    method: request.method,
    accept: request.header('accept'),
    contentType: request.header('content-type'),
  })
  if (response.status === 401) {
    return { ...response, headers: { ...response.headers, 'www-authenticate': authenticateHeader(request.origin) } }
  }
  return requestId === undefined ? response : withRequestId(response, requestId)
}

export function logFault(
  error: unknown,
  request: Pick<WireRequest, 'method' | 'path'>,
  requestId: string | undefined,
): void {
  const fields = { requestId, method: request.method, path: request.path }
  if (!isApiError(error)) {
    logger().error({ ...fields, err: error }, 'request failed unexpectedly')
    return
  }
  const level = error.entry.level
  if (level === 'debug' || level === 'info') return
  logger()[level]({ ...fields, code: error.code, ...error.detail, err: error.cause }, error.message)
}
