import { apiError } from '@/lib/errors/api-error'
import { route } from '@/lib/http/route'
import { jsonResponse } from '@/lib/http/wire'
import { metadefSchemaDocument } from '@/lib/metadefs/schema-documents'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: {
    run: (_ctx, request) => {
      const document = metadefSchemaDocument(request.params.kind ?? '')
      if (document === undefined) throw apiError('not_found')
      return jsonResponse(200, document)
    },
  },
})
