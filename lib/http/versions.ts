import { config } from '@/lib/config/load'
import { advertisedMinors, versionFeatures } from './api-versions'
import { type OpenOperation, openRoute, type RouteExports, verbs } from './route'
import { jsonResponse, type WireRequest } from './wire'

/** The version document, the same for every verb and without a token. Source: images.md 1.1. */
export function versionsRoute(status: 200 | 300): RouteExports {
  const operation: OpenOperation = { run: (request) => jsonResponse(status, versionDocument(request)) }
  return openRoute(Object.fromEntries(verbs.map((verb) => [verb, operation])))
}

function versionDocument(request: WireRequest) {
  const base = config().server.publicEndpoint?.replace(/\/+$/, '') ?? request.origin
  const { minors, current } = advertisedMinors(versionFeatures)
  return {
    versions: minors.map((minor) => ({
      id: `v2.${minor}`,
      status: minor === current ? 'CURRENT' : 'SUPPORTED',
      links: [{ rel: 'self', href: `${base}/v2/` }],
    })),
  }
}
