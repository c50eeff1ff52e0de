import { storesDetail } from '@/lib/http/info'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: storesDetail },
})
