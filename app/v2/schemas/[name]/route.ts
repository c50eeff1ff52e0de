import { apiError } from '@/lib/errors/api-error'
import { route } from '@/lib/http/route'
import { jsonResponse } from '@/lib/http/wire'
import { schemaDocument } from '@/lib/images/schema-documents'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: {
    run: (_ctx, request) => {
      const document = schemaDocument(request.params.name ?? '')
      if (document === undefined) throw apiError('not_found')
      return jsonResponse(200, document)
    },
  },
})
