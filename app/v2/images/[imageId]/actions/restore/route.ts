import { route } from '@/lib/http/route'
import { emptyResponse } from '@/lib/http/wire'
import { restoreImage } from '@/lib/images/restore-image'

/** Not one of Glance's: there an operator restores images on the command line. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  POST: {
    run: async (ctx, { params }) => {
      await restoreImage(ctx, params.imageId ?? '')
      return emptyResponse(204)
    },
  },
})
