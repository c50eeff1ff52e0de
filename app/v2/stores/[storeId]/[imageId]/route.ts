import { route } from '@/lib/http/route'
import { emptyResponse } from '@/lib/http/wire'
import { deleteFromStore } from '@/lib/images/delete-from-store'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  DELETE: {
    run: async (ctx, { params }) => {
      await deleteFromStore(ctx, params.imageId ?? '', params.storeId ?? '')
      return emptyResponse(204)
    },
  },
})
