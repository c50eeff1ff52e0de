import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { presetRequest } from '@/lib/session/policy'

export const POST = (request: Request, context: WebRouteContext) => answerWeb(presetRequest, request, context)
