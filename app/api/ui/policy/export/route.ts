import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { exportRequest } from '@/lib/session/policy'

export const GET = (request: Request, context: WebRouteContext) => answerWeb(exportRequest, request, context)
