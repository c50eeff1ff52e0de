import type { RequestContext } from '@/lib/context/request-context'
import { allowed } from '@/lib/policy/enforce'
import { projectTarget } from '@/lib/policy/targets'
import type { GuardedStore } from '@/lib/stores/guard'
import { stores } from '@/lib/stores/registry'
import type { StoreChoice } from './view'

/** The stores that a new image may go to, the default one first, and those that take no data now, with the reason. */
export function storeChoices(ctx: RequestContext): readonly StoreChoice[] {
  const knowsDetails = knowsStoreDetails(ctx)
  const choices = stores()
    .all.filter(({ capabilities }) => capabilities.write)
    .map(({ id }) => storeChoice(id, knowsDetails))
  return [...choices.filter(({ isDefault }) => isDefault), ...choices.filter(({ isDefault }) => !isDefault)]
}

/** Whether a caller may be told why a store is not well, and how much room it has. */
export function knowsStoreDetails(ctx: RequestContext): boolean {
  return allowed(ctx, 'stores_info_detail', projectTarget(ctx))
}

export function storeChoice(storeId: string, knowsDetails: boolean): StoreChoice {
  const registry = stores()
  const store = registry.find(storeId)
  return {
    storeId,
    description: store?.description ?? null,
    isDefault: storeId === registry.defaultStoreId,
    isReadOnly: isReadOnlyStore(store),
    reason: knowsDetails ? (store?.health.reason ?? null) : null,
    freeBytes: knowsDetails ? (store?.health.freeBytes ?? null) : null,
  }
}

/** One that the configuration has lost takes nothing either. */
export function isReadOnlyStore(store: GuardedStore | undefined): boolean {
  return store === undefined || !store.capabilities.write || store.health.state === 'read-only'
}
