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
  const endpoints = await imageEndpoints(token)
  const isWanted = (endpoint: (typeof endpoints)[number]) =>
    endpoint.interface === interfaceName && endpoint.region_id?.toLowerCase() === region.toLowerCase()
  return endpoints.find(isWanted)?.url.replace(/\/+$/, '')
}

/**
 * The regions besides ours that have an image service, by name, as the catalog tells the holder of a token. Throws as
 * {@link imageEndpoint}.
 */
export async function otherImageRegions(token: string): Promise<readonly string[]> {
  const own = config().identity.region.toLowerCase()
  const names = (await imageEndpoints(token)).flatMap(({ interface: name, region_id }) =>
    name === 'public' && region_id && region_id.toLowerCase() !== own ? [region_id] : [],
  )
  return [...new Set(names)].toSorted()
}

async function imageEndpoints(token: string) {
  const catalog = config().identity.backend === 'keystone' ? await catalogOfToken(token) : await builtinCatalog(token)
  return catalog.filter(({ type }) => type === 'image').flatMap((service) => service.endpoints)
}

async function builtinCatalog(token: string) {
  const facts = await loadTokenFacts(tokenHashOf(token))
  if (facts === undefined) throw apiError('unauthorized')
  return await catalogWire(facts.scope)
}
