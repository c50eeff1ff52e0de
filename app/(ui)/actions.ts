'use server'

import { cookies } from 'next/headers'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { deleteImage } from '@/lib/images/delete-image'
import { lastProjectCookie } from '@/lib/session/auth-options'
import { dashboardSession, findDashboardContext } from '@/lib/session/dashboard-context'
import { errorSentence } from '@/lib/session/error-sentence'
import { closeSession, enterSessionProject } from '@/lib/session/session'
import { sessionCookies } from '@/lib/session/session-cookie'

const YEAR_SECONDS = 365 * 24 * 3600

/** Moves the session to another project; a sentence when it was refused. */
export async function switchProject(projectId: string): Promise<string | null> {
  const session = await dashboardSession()
  if (session === undefined) return errorSentence(apiError('unauthorized'))
  try {
    await enterSessionProject(session, String(projectId))
  } catch (error) {
    if (!isApiError(error)) throw error
    return errorSentence(error)
  }
  const jar = await cookies()
  jar.set(lastProjectCookie, String(projectId), {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    maxAge: YEAR_SECONDS,
  })
  return null
}

/** Ends the session here and its tokens in the cloud; the caller leaves the page, with all that it holds. */
export async function signOut(): Promise<void> {
  const session = await dashboardSession()
  if (session !== undefined) await closeSession(session)
  const jar = await cookies()
  for (const name of sessionCookies) jar.delete({ name, path: '/', secure: name.startsWith('__Secure-') })
}

/** What a cancelled upload leaves; one that is gone already is no error. */
export async function deleteUnfinishedImage(imageId: string): Promise<void> {
  const { ctx } = await findDashboardContext()
  if (ctx === undefined) throw apiError('unauthorized')
  try {
    await deleteImage(ctx, String(imageId))
  } catch (error) {
    if (!isApiError(error) || error.code !== 'image_not_found') throw error
  }
}
