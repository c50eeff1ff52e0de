import { identityRoute } from '@/lib/http/identity-route'
import { jsonResponse } from '@/lib/http/wire'

const model = { name: 'flat', description: 'Every project is limited by itself.' }

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({
  GET: async () => jsonResponse(200, { model }),
})
