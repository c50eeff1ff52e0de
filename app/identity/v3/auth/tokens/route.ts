import { hasFlag, queryOf } from '@/lib/http/identity-query'
import { identityRoute, noContent } from '@/lib/http/identity-route'
import { jsonResponse, readJson } from '@/lib/http/wire'
import { endToken, showToken, signIn } from '@/lib/identity/builtin/token-requests'
import { tokenWire } from '@/lib/identity/builtin/token-wire'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute(
  {
    GET: async (ctx, request) => {
      const query = queryOf(request)
      const subjectToken = request.header('x-subject-token')
      const facts = await showToken(ctx, { subjectToken, allowExpired: hasFlag(query, 'allow_expired') })
      const token = await tokenWire(facts, !query.has('nocatalog'))
      return jsonResponse(200, { token }, { 'x-subject-token': subjectToken ?? '' })
    },
    DELETE: async (ctx, request) => {
      await endToken(ctx, request.header('x-subject-token'))
      return noContent()
    },
  },
  {
    POST: async (request) => {
      const { token, facts } = await signIn(await readJson(request), request.remoteAddress)
      const body = { token: await tokenWire(facts, !queryOf(request).has('nocatalog')) }
      return jsonResponse(201, body, { 'x-subject-token': token })
    },
  },
)
