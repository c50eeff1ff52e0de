import { apiError } from '@/lib/errors/api-error'
import { route } from '@/lib/http/route'
import { emptyResponse, type WireRequest } from '@/lib/http/wire'
import { addTag, removeTag } from '@/lib/images/tag-image'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  PUT: {
    run: async (ctx, request) => {
      const { imageId, tag } = placeOf(request)
      await addTag(ctx, imageId, tag)
      return emptyResponse(204)
    },
  },
  DELETE: {
    run: async (ctx, request) => {
      const { imageId, tag } = placeOf(request)
      await removeTag(ctx, imageId, tag)
      return emptyResponse(204)
    },
  },
})

/** Glance routes decoded paths, so a slash in a tag makes another path, which it does not have. */
function placeOf({ params }: WireRequest) {
  const { imageId = '', tag = '' } = params
  if (tag.includes('/')) throw apiError('not_found')
  return { imageId, tag }
}
