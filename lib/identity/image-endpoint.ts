import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import { catalogOfToken } from '@/lib/keystone/catalog'
import { loadTokenFacts } from './builtin/token-facts'
import { catalogWire } from './builtin/token-wire'
import { tokenHashOf } from './token-hash'

/**
 * Where the catalog says that images are in a region, for the holder of a token; undefined when it says nothing.
 * Throws `unauthorized` when the token ended, and `identity_unavailable`.
 */
export async function imageEndpoint(
  token: string,
  { region, interfaceName }: { readonly region: string; readonly interfaceName: string },
): Promise<string | undefined> {
  const catalog = config().identity.backend === 'keystone' ? await catalogOfToken(token) : await builtinCatalog(token)
  const endpoints = catalog.filter(({ type }) => type === 'image').flatMap((service) => service.endpoints)
  const isWanted = (endpoint: (typeof endpoints)[number]) =>
    endpoint.interface === interfaceName && endpoint.region_id?.toLowerCase() === region.toLowerCase()
  return endpoints.find(isWanted)?.url.replace(/\/+$/, '')
}

async function builtinCatalog(token: string) {
  const facts = await loadTokenFacts(tokenHashOf(token))
  if (facts === undefined) throw apiError('unauthorized')
  return await catalogWire(facts.scope)
}
