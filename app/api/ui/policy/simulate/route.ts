import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { simulateRequest } from '@/lib/session/policy'

export const POST = (request: Request, context: WebRouteContext) => answerWeb(simulateRequest, request, context)
