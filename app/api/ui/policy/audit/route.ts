import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { auditRequest } from '@/lib/session/policy-audit'

export const POST = (request: Request, context: WebRouteContext) => answerWeb(auditRequest, request, context)
