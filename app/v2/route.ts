import { exportsOf, unknownPath } from '@/lib/http/route'

/** `/v2` leads to `/v2/`, which is no resource either. Source: images.md 1.2. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = exportsOf(async (request) =>
  request.path === '/v2'
    ? { status: 302, headers: { location: `${request.origin}/v2/` }, body: null }
    : unknownPath.GET.wire(request),
)
