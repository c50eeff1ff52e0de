import { headers } from 'next/headers'
import { unstable_rethrow } from 'next/navigation'
import type { z } from 'zod'
import type { Result } from '@/components/ui/result'
import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { errorCodes } from '@/lib/errors/codes'
import { auditRefusal } from '@/lib/events/refusals'
import { refuseUnusable } from '@/lib/http/wire'
import { newRequestId } from '@/lib/runtime/ids'
import { logger } from '@/lib/runtime/logger'
import { findDashboardContext } from './dashboard-context'
import { errorSentence } from './error-sentence'
import { isFromDashboard } from './same-origin'

/**
 * A server action: whether a page of ours asks, who acts, the input's shape, then the same use-case that the API calls.
 * Refusals come back as words, so that nothing that was typed is lost. `session_over` says that nothing was done and that
 * the same may be asked once more; see `components/session/insist.ts`.
 */
export function action<Schema extends z.ZodType, Data>(
  schema: Schema,
  run: (ctx: RequestContext, input: z.output<Schema>) => Promise<Data>,
): (input: z.input<Schema>) => Promise<Result<Data>> {
  return async (input) => {
    let requestId = newRequestId()
    let ctx: RequestContext | undefined
    const sent = await headers()
    try {
      if (!isFromDashboard((name) => sent.get(name) ?? undefined)) return refused('forbidden', texts.foreign)
      const found = await findDashboardContext()
      if (found.missing !== undefined) {
        return refused('session_over', found.missing === 'project' ? texts.noProject : texts.over)
      }
      ctx = found.ctx
      requestId = ctx.requestId
      const parsed = schema.safeParse(input)
      if (!parsed.success) return { ...refused('bad_request', errorCodes.bad_request.text), ...notesOn(parsed.error) }
      refuseUnusable(parsed.data)
      return { ok: true, data: await run(ctx, parsed.data) }
    } catch (error) {
      unstable_rethrow(error)
      // Of an action only the page is known that it was asked from.
      const attempt = { method: 'POST', path: sent.get('x-glimpse-path') ?? '', imageId: imageIdIn(input) }
      if (ctx !== undefined) await auditRefusal(ctx, attempt, error)
      const code = isApiError(error) ? error.code : 'internal'
      if (errorCodes[code].level === 'error') logger().error({ requestId, err: error }, 'an action failed')
      return { ...refused(code, errorSentence(error)), requestId }
    }
  }
}

const texts = {
  foreign: 'This did not come from a page of this dashboard. Reload the page and try again.',
  over: 'Your session has ended. Sign in again, then repeat this.',
  noProject: 'No project is chosen. Choose one in another tab, then repeat this.',
} as const

function imageIdIn(input: unknown): string | undefined {
  const isNamed = typeof input === 'object' && input !== null && 'imageId' in input
  return isNamed && typeof input.imageId === 'string' ? input.imageId : undefined
}

function refused(code: string, message: string) {
  return { ok: false, code, message } as const
}

function notesOn(error: z.ZodError) {
  const notes = error.issues.map((issue) => [issue.path.map(String).join('.'), issue.message] as const)
  return { fieldErrors: Object.fromEntries(notes) }
}
