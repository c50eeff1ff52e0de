import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { authenticate } from '@/lib/identity/authenticate'
import { refreshPolicy } from '@/lib/policy/policy-source'
import { newRequestId } from '@/lib/runtime/ids'
import { logger } from '@/lib/runtime/logger'

export function dashboardContextOf(
  principal: RequestContext['principal'],
  { requestId = newRequestId(), signal = new AbortController().signal } = {},
): RequestContext {
  return { requestId, origin: 'dashboard', principal, signal, log: logger().child({ requestId }) }
}

/** Who a session acts as, with policy up to date; undefined when the cloud has ended the token. */
export async function principalOf(token: string): Promise<RequestContext['principal'] | undefined> {
  try {
    const principal = await authenticate({ token })
    await refreshPolicy()
    return principal
  } catch (error) {
    if (isApiError(error) && error.code === 'unauthorized') return undefined
    throw error
  }
}
