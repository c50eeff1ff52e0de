import { CloudAlert, Lock } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import type { ApiError } from '@/lib/errors/api-error'
import { errorSentence } from '@/lib/session/error-sentence'
import { appTexts } from '../messages'

export interface ProblemProps {
  readonly error: ApiError
  /** The log knows more under it. */
  readonly requestId?: string
}

/** In place of a page that the rules or a back end keep from being made: why, in words. */
export function Problem({ error, requestId }: ProblemProps) {
  const isDenied = error.status === 403
  return (
    <EmptyState
      headingLevel={1}
      icon={isDenied ? <Lock aria-hidden /> : <CloudAlert aria-hidden />}
      title={isDenied ? appTexts.denied.title : appTexts.error.title}
      text={
        <>
          <p>{errorSentence(error)}</p>
          {requestId !== undefined && <p className="mt-1 text-sm wrap-anywhere">{appTexts.requestId(requestId)}</p>}
        </>
      }
    />
  )
}
