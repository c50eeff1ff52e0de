import { route } from '@/lib/http/route'
import { emptyResponse } from '@/lib/http/wire'
import { reactivateImage } from '@/lib/images/deactivate-image'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  POST: {
    run: async (ctx, request) => {
      await reactivateImage(ctx, request.params.imageId ?? '')
      return emptyResponse(204)
    },
  },
})
