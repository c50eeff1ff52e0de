import { isApiError } from '@/lib/errors/api-error'
import type { ErrorCode } from '@/lib/errors/codes'
import { redactUrls } from '@/lib/runtime/redact-urls'

/** Where the API's text is written for programs, or for another situation than a person's at the dashboard. */
const sentences: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'Your session has ended. Sign in again.',
  policy_denied: 'Your roles in this project do not allow this.',
  too_many_requests: 'Too many requests. Wait a minute, then try again.',
  internal: 'The server ran into a problem. Try again; if it stays, tell your administrator the request id.',
  unavailable: 'The server is too busy at the moment. Try again soon.',
  identity_unavailable: 'The identity service does not answer, so nobody can be recognised. Try again soon.',
  store_unavailable: 'The storage of this image does not answer. Try again soon.',
  upload_locked: 'Another request writes to this upload. It goes on in a moment.',
  upload_elsewhere: 'This upload goes on at another server; it will be tried there.',
  lease_lost: 'Another server took over this work. Reload the page to see how it stands.',
}

/** What went wrong, for a person: the sentence that the API gives unless there is a better one. */
export function errorSentence(error: unknown): string {
  if (!isApiError(error)) return sentences.internal ?? ''
  return sentences[error.code] ?? redactUrls(error.message)
}
