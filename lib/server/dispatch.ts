import type { IncomingMessage, ServerResponse } from 'node:http'
import { asksFor } from '@/lib/http/accept'
import { acceptsMinor, versionFeatures } from '@/lib/http/api-versions'
import { keystoneFault } from '@/lib/http/keystone-fault'
import { faultFor } from '@/lib/http/route'
import { isDecodable, undecodable } from '@/lib/http/wire'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import { secureForBrowser } from './browser-headers'
import { NodeRequest, sendWire, targetOf } from './node-request'
import { type RouteMatch, type RouteTable, routeMatcher } from './route-table'

/** Carries image bytes on Node's own streams; answers by itself and never rejects. */
export type RawHandler = (
  message: IncomingMessage,
  response: ServerResponse,
  params: Readonly<Record<string, string>>,
) => Promise<void>

/** Keys are `METHOD /pattern`. */
export type RawHandlers = Readonly<Record<string, RawHandler>>

/** Answers a request and returns true, or returns false when it belongs to Next. */
export type Dispatcher = (message: IncomingMessage, response: ServerResponse) => boolean

/**
 * Sends each request to where it belongs: image bytes to the raw handlers, the API to the functions that the route
 * files export, browsers to Next, and every other path to the version document.
 */
export function createDispatcher(table: RouteTable, rawHandlers: RawHandlers): Dispatcher {
  const matchRoute = routeMatcher(table.entries)
  const rawMatch = routeMatcher(rawEntries(rawHandlers))
  const apiRoots = new Set(table.entries.map((entry) => entry.pattern.split('/')[1] ?? ''))
  const pageRoots = new Set(table.pageRoots)

  return (message, response) => {
    const { path: sentPath, query } = targetOf(message)
    const path = apiPath(sentPath.replace(/\/{2,}/g, '/'), message)
    const root = path.split('/', 2)[1] ?? ''
    if (!isDecodable(path) || !isDecodable(query)) {
      observe(message, response, 'undecodable')
      const request = new NodeRequest(message, response, path, query, {})
      const isIdentity = root === 'identity'
      const fault = isIdentity ? keystoneFault(undecodable()) : faultFor(undecodable(), request, undefined)
      sendWire(message, response, fault)
      return true
    }
    const raw = rawMatch(path)
    const rawHandler = raw && rawHandlers[`${message.method} ${raw.pattern}`]
    if (raw !== undefined && rawHandler !== undefined) {
      observe(message, response, raw.pattern)
      void rawHandler(message, response, raw.params)
      return true
    }
    const match = apiRoots.has(root) && path !== '/' ? matchRoute(path) : undefined
    if (match !== undefined) return run(match, message, response, path, query)
    if (path !== '/' && !/^v\d/.test(root) && (pageRoots.has(root) || isBrowser(message))) {
      if (root !== '_next') secureForBrowser(message, response)
      return false
    }
    const versions = matchRoute('/')
    return versions === undefined ? false : run(versions, message, response, path, query)
  }
}

/** Folds accepted version prefixes to /v2; a version that this server lacks keeps its path and finds no route. */
function apiPath(path: string, message: IncomingMessage): string {
  const versioned = /^\/v2\.(\d+)(?=\/|$)/.exec(path)
  if (versioned?.[1] !== undefined) {
    return acceptsMinor(Number(versioned[1]), versionFeatures) ? `/v2${path.slice(versioned[0].length)}` : path
  }
  const media = /application\/vnd\.openstack\.images-v2(?:\.(\d+))?(?![\d.])/.exec(message.headers.accept ?? '')
  if (
    media !== null &&
    !path.startsWith('/v2') &&
    /^\/(images|schemas|tasks|info|metadefs|stores|cache)(\/|$)/.test(path)
  ) {
    return media[1] === undefined || acceptsMinor(Number(media[1]), versionFeatures) ? `/v2${path}` : path
  }
  return path
}

function isBrowser(message: IncomingMessage): boolean {
  return message.method === 'GET' && asksFor(message.headers.accept, 'text/html')
}

function run(match: RouteMatch, message: IncomingMessage, response: ServerResponse, path: string, query: string): true {
  observe(message, response, match.pattern)
  const request = new NodeRequest(message, response, path, query, match.params)
  match.wire(request).then(
    (answer) => sendWire(message, response, answer),
    (error: unknown) => {
      if (response.headersSent) response.destroy()
      else sendWire(message, response, faultFor(error, request, undefined))
    },
  )
  return true
}

/** One access line and one histogram sample per request, written when the answer has left. */
function observe(message: IncomingMessage, response: ServerResponse, route: string): void {
  const started = process.hrtime.bigint()
  response.once('close', () => {
    const seconds = Number(process.hrtime.bigint() - started) / 1e9
    const status = response.headersSent ? response.statusCode : 499
    metrics().requestSeconds.observe({ method: message.method ?? '', route, status }, seconds)
    const requestId = response.getHeader('x-openstack-request-id')
    const { path } = targetOf(message)
    logger().info(
      { requestId, method: message.method, path, status, seconds, aborted: !response.writableFinished },
      'request',
    )
  })
}

function rawEntries(handlers: RawHandlers) {
  const patterns = new Set(Object.keys(handlers).map((key) => key.slice(key.indexOf(' ') + 1)))
  const unused = async () => ({ status: 500, headers: {}, body: null })
  return [...patterns].map((pattern) => ({
    pattern,
    GET: Object.assign(async () => new Response(null, { status: 500 }), { wire: unused }),
  }))
}
