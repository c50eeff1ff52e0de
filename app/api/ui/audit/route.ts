import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { auditRequest } from '@/lib/session/audit'

const handle = (request: Request, context: WebRouteContext) => answerWeb(auditRequest, request, context)

export { handle as GET }
