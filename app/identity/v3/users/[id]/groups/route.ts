import { emptyCollectionRoute } from '@/lib/http/identity-route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = emptyCollectionRoute('groups')
