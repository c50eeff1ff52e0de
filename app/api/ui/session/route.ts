import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { sessionRequest } from '@/lib/session/session-request'

export const GET = (request: Request, context: WebRouteContext) => answerWeb(sessionRequest, request, context)
