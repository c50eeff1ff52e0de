import { versionsRoute } from '@/lib/http/versions'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = versionsRoute(200)
