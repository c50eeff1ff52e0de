import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { matrixRequest } from '@/lib/session/policy'

export const POST = (request: Request, context: WebRouteContext) => answerWeb(matrixRequest, request, context)
