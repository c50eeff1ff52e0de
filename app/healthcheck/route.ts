import { healthResponse } from '@/lib/http/health'
import { openRoute } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = openRoute({
  GET: { run: healthResponse },
  HEAD: { run: () => ({ status: 204, headers: {}, body: null }) },
})
