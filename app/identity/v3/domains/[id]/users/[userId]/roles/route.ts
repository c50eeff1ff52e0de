import { heldRolesRoute } from '@/lib/http/identity-grants'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = heldRolesRoute('domain')
