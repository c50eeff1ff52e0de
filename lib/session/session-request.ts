import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { jsonResponse, type WireHandler } from '@/lib/http/wire'
import { now } from '@/lib/runtime/clock'
import { principalOf } from './dashboard-context-of'
import { dataFault, requireOwnPage } from './image-data'
import type { DashboardSession } from './session'
import { cookieReader, sessionOfCookies } from './session-cookie'

/** Whose a session is, in which project, and when it ends. */
export interface SessionStanding {
  readonly userId: string
  readonly userName: string
  /** null until one is chosen */
  readonly projectId: string | null
  readonly projectName: string | null
  /** No time of day: the browser has a clock of its own. */
  readonly endsInSeconds: number
}

/** A session ends with its token: neither backend prolongs one, so nothing renews it but signing in again. */
export function standingOf(session: DashboardSession, principal: RequestContext['principal']): SessionStanding {
  const { userId, userName, projectId, projectName, tokenExpiresAt } = principal
  const endsAt = Math.min(session.expiresAt.getTime(), tokenExpiresAt.getTime())
  return { userId, userName, projectId, projectName, endsInSeconds: Math.round((endsAt - now().getTime()) / 1000) }
}

/** GET /api/ui/session: how the session stands, or 401 when its owner must sign in again. */
export const sessionRequest: WireHandler = async (request) => {
  try {
    requireOwnPage(request)
    const session = await sessionOfCookies(cookieReader(request.header('cookie')))
    const principal = session && (await principalOf(session.scopedToken ?? session.unscopedToken))
    if (session === undefined || principal === undefined) throw apiError('unauthorized')
    return jsonResponse(200, standingOf(session, principal), { 'cache-control': 'no-store' })
  } catch (error) {
    return dataFault(error, request, undefined)
  }
}
