import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import type { RequestContext } from '@/lib/context/request-context'
import { dashboardContextOf, principalOf } from './dashboard-context-of'
import type { DashboardSession } from './session'
import { sessionOfCookies } from './session-cookie'
import { scopePath, signInPath } from './sign-in-path'

/** The session of the request under way, read once. */
export const dashboardSession = cache(async (): Promise<DashboardSession | undefined> => {
  const jar = await cookies()
  return sessionOfCookies((name) => jar.get(name)?.value)
})

/** The session, or the way to the sign-in page. */
export async function requireSession(): Promise<DashboardSession> {
  return (await dashboardSession()) ?? redirect(signInPath({ next: await pathOfRequest() }))
}

export type FoundContext =
  | { readonly ctx: RequestContext; readonly missing?: undefined }
  | { readonly ctx?: undefined; readonly missing: 'session' | 'project' | 'token' }

/** Who acts, in which project, or what is missing for that. Throws `identity_unavailable`. */
export const findDashboardContext = cache(async (): Promise<FoundContext> => {
  const session = await dashboardSession()
  if (session === undefined) return { missing: 'session' }
  if (session.scopedToken === null) return { missing: 'project' }
  const principal = await principalOf(session.scopedToken)
  return principal === undefined ? { missing: 'token' } : { ctx: dashboardContextOf(principal) }
})

/**
 * The first line of every page: who acts, in which project. Leads to the sign-in page without a session and to the
 * choice of a project without one, and from there back to the page.
 */
export const dashboardContext = cache(async (): Promise<RequestContext> => {
  const found = await findDashboardContext()
  if (found.missing === undefined) return found.ctx
  const next = await pathOfRequest()
  redirect(found.missing === 'project' ? scopePath(next) : signInPath({ next, isOver: found.missing === 'token' }))
})

/** The page that was asked for, as the listener noted it. */
async function pathOfRequest(): Promise<string> {
  return (await headers()).get('x-glimpse-path') ?? ''
}
