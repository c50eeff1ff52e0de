import type { SnippetSubject } from '@/components/images/snippets'
import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { originOf } from '@/lib/http/web'
import type { Image } from '@/lib/images/image'

/** What the snippets need to know, with the addresses under which this reader reaches the services. */
export function snippetSubject(
  ctx: RequestContext,
  image: Image,
  header: (name: string) => string | undefined,
): SnippetSubject {
  const { server, identity, keystone } = config()
  const { principal } = ctx
  const imageUrl = (server.publicEndpoint ?? originOf(header, 'http')).replace(/\/+$/, '')
  const keystoneUrl = (keystone.publicUrl ?? keystone.authUrl ?? '').replace(/\/+$/, '')
  return {
    image: {
      id: image.id,
      name: image.name,
      diskFormat: image.diskFormat,
      hashAlgorithm: image.hashAlgorithm,
      hashValue: image.hashValue,
      minDiskGib: image.minDiskGib,
      minRamMib: image.minRamMib,
    },
    imageUrl,
    authUrl: identity.backend === 'builtin' ? `${imageUrl}/identity/v3` : keystoneUrl.replace(/(\/v3)?$/, '/v3'),
    region: identity.region,
    user: { name: principal.userName, domainName: principal.userDomainName },
    project:
      principal.projectId === null
        ? null
        : {
            id: principal.projectId,
            name: principal.projectName ?? '',
            domainName: principal.projectDomainName ?? '',
          },
  }
}
