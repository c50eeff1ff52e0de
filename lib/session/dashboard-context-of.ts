import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { authenticate } from '@/lib/identity/authenticate'
import { newRequestId } from '@/lib/runtime/ids'
import { logger } from '@/lib/runtime/logger'

export function dashboardContextOf(
  principal: RequestContext['principal'],
  { requestId = newRequestId(), signal = new AbortController().signal } = {},
): RequestContext {
  return { requestId, origin: 'dashboard', principal, signal, log: logger().child({ requestId }) }
}

/** Undefined when the cloud has ended the token. */
export async function principalOf(token: string): Promise<RequestContext['principal'] | undefined> {
  try {
    return await authenticate({ token })
  } catch (error) {
    if (isApiError(error) && error.code === 'unauthorized') return undefined
    throw error
  }
}
