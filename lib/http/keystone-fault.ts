import { STATUS_CODES } from 'node:http'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { errorCodes } from '@/lib/errors/codes'
import { jsonResponse, type WireResponse } from './wire'

/** Renders an error as Keystone does: `{"error": {"code", "title", "message"}}`, whatever the client accepts. */
export function keystoneFault(error: unknown): WireResponse {
  const known = isApiError(error) ? error : apiError('internal', { cause: error })
  const code = known.status
  // The text of the other code is Glance's.
  const message = known.code === 'unauthorized' ? errorCodes.sign_in_refused.text : known.message
  return jsonResponse(code, { error: { code, message, title: STATUS_CODES[code] ?? 'Unknown' } }, known.headers)
}
