import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { policyRequest, replacePolicyRequest } from '@/lib/session/policy'

export const GET = (request: Request, context: WebRouteContext) => answerWeb(policyRequest, request, context)
export const PUT = (request: Request, context: WebRouteContext) => answerWeb(replacePolicyRequest, request, context)
