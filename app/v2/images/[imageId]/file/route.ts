import { blobStream } from '@/lib/http/blob-stream'
import { getImageData, putImageData } from '@/lib/http/image-data'
import { route } from '@/lib/http/route'

// Reached for data only under plain `next start`: the listener carries it on Node's own streams.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: {
    run: async (ctx, request) => {
      const { status, headers, data } = await getImageData(ctx, request, request.params.imageId ?? '')
      return { status, headers, body: data === undefined ? null : blobStream(data.reader, data.length) }
    },
  },
  PUT: {
    body: 'any',
    run: (ctx, request) => putImageData(ctx, request, request.params.imageId ?? '', request.body()),
  },
})
