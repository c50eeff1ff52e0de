import { CloudAlert, Lock } from 'lucide-react'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { EmptyState } from '@/components/ui/empty-state'
import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { errorSentence } from '@/lib/session/error-sentence'
import { appTexts } from '../messages'

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
    const isDenied = error.status === 403
    return (
      <EmptyState
        headingLevel={1}
        icon={isDenied ? <Lock aria-hidden /> : <CloudAlert aria-hidden />}
        title={isDenied ? appTexts.denied.title : appTexts.error.title}
        text={
          <>
            <p>{errorSentence(error)}</p>
            <p className="mt-1 text-sm">{appTexts.requestId(ctx.requestId)}</p>
          </>
        }
      />
    )
  }
}
