import { addMemberRequest, listMembersRequest } from '@/lib/http/image-members'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: listMembersRequest },
  POST: { run: addMemberRequest, body: 'any' },
})
