import { asksFor } from '@/lib/http/accept'
import { exportsOf } from '@/lib/http/route'
import { versionsRoute } from '@/lib/http/versions'

const versions = versionsRoute(300)

/** The version document, but the dashboard for whoever asks for a page. Source: images.md 1.1. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = exportsOf(async (request) => {
  const isPage = request.method === 'GET' && asksFor(request.header('accept'), 'text/html')
  if (isPage) return { status: 302, headers: { location: `${request.origin}/images` }, body: null }
  return versions.GET.wire(request)
})
