import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { importRequest } from '@/lib/session/policy'

export const POST = (request: Request, context: WebRouteContext) => answerWeb(importRequest, request, context)
