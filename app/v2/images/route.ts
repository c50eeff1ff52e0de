import { createImageRequest, listImagesRequest } from '@/lib/http/images'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: listImagesRequest, body: 'any' },
  POST: { run: createImageRequest, body: 'any' },
})
