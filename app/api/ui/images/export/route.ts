import { exportRequest } from '@/app/(ui)/images/export-images'
import { answerWeb, type WebRouteContext } from '@/lib/http/web'

const handle = (request: Request, context: WebRouteContext) => answerWeb(exportRequest, request, context)

export { handle as GET }
