import { roleAssignments } from '@/lib/http/identity-grants'
import { identityRoute } from '@/lib/http/identity-route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = identityRoute({ GET: roleAssignments })
