import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { isApiError } from '@/lib/errors/api-error'
import { actorOf } from './event'
import { insertRefusal } from './event-repo'

const TEXT_MAX = 500
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export interface Attempt {
  readonly method: string
  /** as sent, or what stands for it in the dashboard */
  readonly path: string
  readonly imageId?: string | undefined
}

/**
 * Notes for the audit that somebody known was not allowed to change something; other errors and mere reading are none
 * of its business. Never throws: the refusal itself does not depend on it.
 */
export async function auditRefusal(ctx: RequestContext, attempt: Attempt, error: unknown): Promise<void> {
  const { method, path, imageId } = attempt
  if (method === 'GET' || method === 'HEAD' || !isApiError(error) || error.status !== 403) return
  if (ctx.principal.userId === '' || !config().events.auditRefusals) return
  try {
    await insertRefusal(db(), {
      by: actorOf(ctx),
      imageId: imageId !== undefined && uuid.test(imageId) ? imageId.toLowerCase() : null,
      what: `${method} ${path}`.slice(0, TEXT_MAX),
      status: error.status,
      reason: error.message.slice(0, TEXT_MAX),
    })
  } catch (failure) {
    ctx.log.warn({ err: failure }, 'a refusal could not be noted for the audit')
  }
}
