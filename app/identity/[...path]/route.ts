import { unknownIdentityPath } from '@/lib/http/identity-versions'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = unknownIdentityPath
