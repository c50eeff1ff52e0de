import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { Problem } from './problem'

/**
 * Makes a page, or says in words why the rules or a back end keep it from being made. What may not be seen is not
 * there; everything unexpected goes to the error boundary.
 */
export async function guarded(ctx: RequestContext, page: () => Promise<ReactNode>): Promise<ReactNode> {
  try {
    return await page()
  } catch (error) {
    if (!isApiError(error)) throw error
    if (error.status === 404) notFound()
    if (error.entry.level === 'error') ctx.log.error({ err: error }, 'a page could not be made')
    return <Problem error={error} requestId={ctx.requestId} />
  }
}
