import type { RequestContext } from '@/lib/context/request-context'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { requestIdOf } from '@/lib/http/context-from-request'
import { logFault } from '@/lib/http/route'
import { jsonResponse, type WireRequest, type WireResponse } from '@/lib/http/wire'
import type { Image } from '@/lib/images/image'
import { dashboardContextOf, principalOf } from './dashboard-context-of'
import { errorSentence } from './error-sentence'
import { isFromDashboard, isOwnReading } from './same-origin'
import { cookieReader, sessionOfCookies } from './session-cookie'

/**
 * The context of image data that a browser sends or fetches, by its session cookie. Throws `forbidden` when another
 * site's page asks, and `unauthorized` without a session in a project.
 */
export async function dataContext(request: WireRequest, requestId = requestIdOf(request)): Promise<RequestContext> {
  requireOwnPage(request)
  const session = await sessionOfCookies(cookieReader(request.header('cookie')))
  const token = session?.scopedToken ?? undefined
  const principal = token === undefined ? undefined : await principalOf(token)
  if (principal === undefined) throw apiError('unauthorized')
  return dashboardContextOf(principal, { requestId, signal: request.signal })
}

/** Throws `forbidden` when another site's page asks. */
export function requireOwnPage(request: WireRequest): void {
  const header = (name: string) => request.header(name)
  if (request.method === 'GET' ? isOwnReading(header) : isFromDashboard(header)) return
  throw apiError('forbidden', { public: 'This request does not come from a page of the dashboard.' })
}

/** A refusal in words, for the page that asked. */
export function dataFault(error: unknown, request: WireRequest, requestId: string | undefined): WireResponse {
  logFault(error, request, requestId)
  const status = isApiError(error) ? error.status : 500
  const headers = requestId === undefined ? {} : { 'x-openstack-request-id': requestId }
  return jsonResponse(status, { message: errorSentence(error) }, headers)
}

const endings: Readonly<Record<string, string>> = { raw: 'img', ami: 'img', ari: 'img', aki: 'img', ploop: 'img' }

/** Saves a download under the image's name, with the ending of its format. */
export function dispositionOf({ id, name, diskFormat, containerFormat }: Image): string {
  const ending = containerFormat === 'ova' ? 'ova' : (endings[diskFormat ?? ''] ?? diskFormat ?? 'img')
  const stem = (name ?? '').replace(/[/\\\p{Cc}]+/gu, '_').replace(/^\.+/, '') || id
  const file = stem.toLowerCase().endsWith(`.${ending}`) ? stem : `${stem}.${ending}`
  const plain = file.replace(/[^\x20-\x7e]|["%]/g, '_')
  const encoded = encodeURIComponent(file).replace(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  })
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
