import { stageImageData } from '@/lib/http/image-data'
import { route } from '@/lib/http/route'

// Reached for data only under plain `next start`: the listener carries it on Node's own streams.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  PUT: {
    body: 'any',
    run: (ctx, request) => stageImageData(ctx, request, request.params.imageId ?? '', request.body()),
  },
})
