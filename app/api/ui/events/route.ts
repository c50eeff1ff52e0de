import { answerWeb, type WebRouteContext } from '@/lib/http/web'
import { eventsRequest } from '@/lib/session/events'

// Reached only under plain `next start`: the listener answers the same request without Next.
const handle = (request: Request, context: WebRouteContext) => answerWeb(eventsRequest, request, context)

export { handle as GET }
