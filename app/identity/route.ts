import { openIdentityRoute } from '@/lib/http/identity-route'
import { versionList } from '@/lib/http/identity-versions'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = openIdentityRoute({ GET: versionList })
