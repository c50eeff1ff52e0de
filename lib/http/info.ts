import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { enforce } from '@/lib/policy/enforce'
import { projectTarget } from '@/lib/policy/targets'
import { usageOfCaller } from '@/lib/quota/quota'
import type { GuardedStore } from '@/lib/stores/guard'
import { stores } from '@/lib/stores/registry'
import { jsonResponse, type WireResponse } from './wire'

/** GET /v2/info/stores: everybody may ask. Source: images.md 9.3. */
export function storesInfo(): WireResponse {
  return jsonResponse(200, { stores: stores().all.map(summaryOf) })
}

/**
 * GET /v2/info/stores/detail, with the reason why a store, or a part of it, is not well, which Glance does not tell.
 * Throws `policy_denied`. Source: images.md 9.3.
 */
export function storesDetail(ctx: RequestContext): WireResponse {
  enforce(ctx, 'stores_info_detail', projectTarget(ctx))
  const described = stores().all.map((store) => ({
    ...summaryOf(store),
    type: wireTypeOf(store),
    weight: store.weight,
    properties: store.detail(),
    ...(store.health.reason !== undefined && { 'health-reason': store.health.reason }),
  }))
  return jsonResponse(200, { stores: described })
}

/** GET /v2/info/import. Source: images.md 9.3. */
export function importInfo(): WireResponse {
  const value = config().images.enabledImportMethods
  return jsonResponse(200, {
    'import-methods': { description: 'Import methods available.', type: 'array', value },
  })
}

/** GET /v2/info/usage. Source: images.md 9.3. */
export async function usageInfo(ctx: RequestContext): Promise<WireResponse> {
  return jsonResponse(200, { usage: await usageOfCaller(ctx) })
}

/**
 * What does not hold is left out, and what holds is a string: so the clients expect it. A store that takes no data now
 * is read-only, whatever its kind.
 */
function summaryOf(store: GuardedStore): Record<string, string> {
  return {
    id: store.id,
    ...(store.description !== null && { description: store.description }),
    ...(store.id === stores().defaultStoreId && { default: 'true' }),
    ...((!store.capabilities.write || store.health.state === 'read-only') && { 'read-only': 'true' }),
  }
}

/** Glance's word for a kind of store. */
function wireTypeOf({ kind }: GuardedStore): string {
  return kind === 'filesystem' ? 'file' : kind
}
