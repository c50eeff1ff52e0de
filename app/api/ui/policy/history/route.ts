import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { historyRequest } from '@/lib/session/policy'

export const GET = (request: Request, context: WebRouteContext) => answerWeb(historyRequest, request, context)
