import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import type { RequestContext } from '@/lib/context/request-context'
import { dashboardContextOf, principalOf } from './dashboard-context-of'
import type { DashboardSession } from './session'
import { sessionOfCookies } from './session-cookie'
import { signInPath } from './sign-in-path'

/** The session of the request under way, read once. */
export const dashboardSession = cache(async (): Promise<DashboardSession | undefined> => {
  const jar = await cookies()
  return sessionOfCookies((name) => jar.get(name)?.value)
})

/** The session, or the way to the sign-in page. */
export async function requireSession(): Promise<DashboardSession> {
  return (await dashboardSession()) ?? redirect(signInPath({ next: await pathOfRequest() }))
}

/**
 * The first line of every page and action: who acts, in which project. Leads to the sign-in page without a session and
 * to the choice of a project without one.
 */
export const dashboardContext = cache(async (): Promise<RequestContext> => {
  const session = await requireSession()
  if (session.scopedToken === null) redirect('/signin/scope')
  const principal = await principalOf(session.scopedToken)
  if (principal === undefined) redirect(signInPath({ next: await pathOfRequest(), isOver: true }))
  return dashboardContextOf(principal)
})

/** The page that was asked for, as the listener noted it. */
async function pathOfRequest(): Promise<string> {
  return (await headers()).get('x-glimpse-path') ?? ''
}
