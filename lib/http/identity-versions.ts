import { identityUrl, notServed, openIdentityRoute } from './identity-route'
import { jsonResponse, type WireRequest, type WireResponse } from './wire'

/** GET /identity: the one version, with 300 as Keystone answers, which its clients expect. */
export function versionList(request: WireRequest): WireResponse {
  return jsonResponse(300, { versions: { values: [version(request)] } })
}

export function versionDocument(request: WireRequest): WireResponse {
  return jsonResponse(200, { version: version(request) })
}

function version(request: WireRequest) {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${identityUrl(request)}/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  }
}

const answerUnknown = (request: WireRequest): WireResponse => {
  const path = request.path.replace(/\/+$/, '')
  if (request.method === 'GET' && path === '/identity') return versionList(request)
  if (request.method === 'GET' && path === '/identity/v3') return versionDocument(request)
  throw notServed()
}

/** Every path that no other route has; the versions are also found with a slash at the end. */
export const unknownIdentityPath = openIdentityRoute({
  GET: answerUnknown,
  HEAD: answerUnknown,
  POST: answerUnknown,
  PUT: answerUnknown,
  PATCH: answerUnknown,
  DELETE: answerUnknown,
  OPTIONS: answerUnknown,
})
