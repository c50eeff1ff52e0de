import { grantRoute } from '@/lib/http/identity-grants'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = grantRoute('project')
