import { route } from '@/lib/http/route'
import { emptyResponse, readJson } from '@/lib/http/wire'
import { requestImport } from '@/lib/imports/request-import'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  POST: {
    body: 'any',
    run: async (ctx, request) => {
      const body = await readJson(request)
      await requestImport(ctx, request.params.imageId ?? '', body, {
        headerStoreId: request.header('x-image-meta-store') || undefined,
        token: request.header('x-auth-token'),
      })
      return emptyResponse(202)
    },
  },
})
