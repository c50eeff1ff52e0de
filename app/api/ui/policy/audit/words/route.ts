import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { auditWordsRequest, replaceAuditWordsRequest } from '@/lib/session/policy-audit'

export const GET = (request: Request, context: WebRouteContext) => answerWeb(auditWordsRequest, request, context)
export const PUT = (request: Request, context: WebRouteContext) => answerWeb(replaceAuditWordsRequest, request, context)
