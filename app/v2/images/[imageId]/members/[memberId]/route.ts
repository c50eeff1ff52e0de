import { getMemberRequest, removeMemberRequest, setMemberStatusRequest } from '@/lib/http/image-members'
import { route } from '@/lib/http/route'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: getMemberRequest },
  PUT: { run: setMemberStatusRequest, body: 'any' },
  DELETE: { run: removeMemberRequest },
})
