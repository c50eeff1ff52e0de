import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import { openRoute } from '@/lib/http/route'
import { metrics } from '@/lib/runtime/metrics'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = openRoute({
  GET: {
    run: async () => {
      if (!config().server.metrics) throw apiError('not_found')
      const { registry } = metrics()
      return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() }
    },
  },
})
