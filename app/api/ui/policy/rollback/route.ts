import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { rollbackRequest } from '@/lib/session/policy'

export const POST = (request: Request, context: WebRouteContext) => answerWeb(rollbackRequest, request, context)
