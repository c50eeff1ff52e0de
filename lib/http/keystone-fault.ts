import { STATUS_CODES } from 'node:http'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { jsonResponse, type WireResponse } from './wire'

/** Renders an error as Keystone does: `{"error": {"code", "title", "message"}}`, whatever the client accepts. */
export function keystoneFault(error: unknown): WireResponse {
  const known = isApiError(error) ? error : apiError('internal', { cause: error })
  const code = known.status
  return jsonResponse(
    code,
    { error: { code, message: known.message, title: STATUS_CODES[code] ?? 'Unknown' } },
    known.headers,
  )
}
