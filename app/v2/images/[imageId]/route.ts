import { imageResponse, patchImageRequest } from '@/lib/http/images'
import { route } from '@/lib/http/route'
import { emptyResponse } from '@/lib/http/wire'
import { deleteImage } from '@/lib/images/delete-image'
import { getImage } from '@/lib/images/get-image'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: async (ctx, request) => imageResponse(ctx, 200, await getImage(ctx, request.params.imageId ?? '')) },
  PATCH: { run: patchImageRequest, body: 'any' },
  DELETE: {
    run: async (ctx, request) => {
      await deleteImage(ctx, request.params.imageId ?? '')
      return emptyResponse(204)
    },
  },
})
