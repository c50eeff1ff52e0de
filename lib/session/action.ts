import type { z } from 'zod'
import type { Result } from '@/components/ui/result'
import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { errorCodes } from '@/lib/errors/codes'
import { dashboardContext } from './dashboard-context'
import { errorSentence } from './error-sentence'

/**
 * A server action: who acts, then the input's shape, then the same use-case that the API calls; refusals come back as
 * words. Next itself refuses actions whose Origin is not this host.
 */
export function action<Schema extends z.ZodType, Data>(
  schema: Schema,
  run: (ctx: RequestContext, input: z.output<Schema>) => Promise<Data>,
): (input: z.input<Schema>) => Promise<Result<Data>> {
  return async (input) => {
    const ctx = await dashboardContext()
    const { requestId } = ctx
    const parsed = schema.safeParse(input)
    if (!parsed.success) {
      const fieldErrors = Object.fromEntries(
        parsed.error.issues.map((issue) => [issue.path.map(String).join('.'), issue.message]),
      )
      return { ok: false, code: 'bad_request', message: errorCodes.bad_request.text, requestId, fieldErrors }
    }
    try {
      return { ok: true, data: await run(ctx, parsed.data) }
    } catch (error) {
      if (isApiError(error)) return { ok: false, code: error.code, message: errorSentence(error), requestId }
      ctx.log.error({ err: error }, 'an action failed unexpectedly')
      return { ok: false, code: 'internal', message: errorSentence(error), requestId }
    }
  }
}
