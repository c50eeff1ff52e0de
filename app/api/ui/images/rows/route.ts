import { catalogQuestion } from '@/app/(ui)/images/catalog-question'
import { answerWeb, type WebRouteContext } from '@/lib/http/web'

const handle = (request: Request, context: WebRouteContext) => answerWeb(catalogQuestion, request, context)

export { handle as POST }
