import { join } from 'node:path'
import { config } from '@/lib/config/load'
import type { FileStoreConfig, StoreConfig } from '@/lib/config/schema'
import { apiError } from '@/lib/errors/api-error'
import { processSingleton, setProcessSingleton } from '@/lib/runtime/process-singleton'
import { FilesystemStore } from './drivers/filesystem/filesystem-store'
import { type GuardedStore, guardStore } from './guard'
import { markerBook } from './marker-repo'
import type { Store } from './store'
import { HttpStore } from './web/http-store'

/** The stores of this process in the order of the configuration. */
export interface StoreRegistry {
  readonly all: readonly GuardedStore[]
  readonly defaultStoreId: string
  /** where bytes wait for their import; no client can name it */
  readonly staging: GuardedStore
  /** where plugins put what they make of such bytes, a place for each, since a store holds an image only once */
  readonly workAreas: Readonly<Record<WorkArea, GuardedStore>>
  find(id: string): GuardedStore | undefined
}

/** Glance's name of it, which no configured store may have. */
export const STAGING_STORE_ID = 'os_glance_staging_store'

/** Their ids, and the names of their folders in the staging one. */
const workAreas = { decompressed: 'os_glance_decompressed_store', converted: 'os_glance_converted_store' } as const
export type WorkArea = keyof typeof workAreas

/** The process's stores. Making them touches no store, so that a bad one cannot keep the API from starting. */
export function stores(): StoreRegistry {
  return processSingleton('stores', () => {
    const { stores: settings, defaultStoreId } = config()
    return registryOf(
      Object.entries(settings).map(([id, store]) => storeOf(id, store)),
      defaultStoreId,
    )
  })
}

export function setStores(registry: StoreRegistry | undefined): void {
  setProcessSingleton('stores', registry)
}

export function registryOf(
  drivers: readonly Store[],
  defaultStoreId: string,
  staging: Store = stagingFolder(STAGING_STORE_ID),
): StoreRegistry {
  const all = drivers.map(guardStore)
  const byId = new Map(all.map((store) => [store.id, store]))
  const area = (name: WorkArea) => guardStore(stagingFolder(workAreas[name], name))
  return {
    all,
    defaultStoreId,
    staging: guardStore(staging),
    workAreas: { decompressed: area('decompressed'), converted: area('converted') },
    find: (id) => byId.get(id),
  }
}

/** Every store that may hold bytes of this service, the staging areas too. */
export function storesWithStaging(): readonly GuardedStore[] {
  return [...stores().all, ...stagingStores()]
}

/** Stores that are folders of this node alone. */
export function stagingStores(): readonly GuardedStore[] {
  const { staging, workAreas: areas } = stores()
  return [staging, areas.decompressed, areas.converted]
}

function stagingFolder(id: string, name = ''): Store {
  const folders = [{ path: join(config().stagingFolder, name), priority: 0 }]
  return new FilesystemStore({ id, folders, description: null, weight: 0, sparse: true })
}

/** The store a request names, or the default one. Throws `store_unknown` with the wire's text. */
export function storeForUpload(storeId: string | undefined): GuardedStore {
  const registry = stores()
  const id = storeId === undefined || storeId === '' ? registry.defaultStoreId : storeId
  const store = registry.find(id)
  if (store === undefined) throw apiError('store_unknown', { public: `Store for identifier ${id} not found` })
  return store
}

/** The store that holds something already. Throws `store_unavailable` when the configuration has lost it. */
export function configuredStore(storeId: string): GuardedStore {
  const store = stagingStores().find((staging) => staging.id === storeId) ?? stores().find(storeId)
  if (store === undefined) throw apiError('store_unavailable', { public: `Store ${storeId} is not configured` })
  return store
}

/** The store in which a client may name this URL as a location, or undefined when there is none. */
export function storeOfUrl(url: string): Store | undefined {
  return stores().all.find((store) => store.takesUrl?.(url))
}

function storeOf(id: string, settings: StoreConfig): Store {
  if (settings.type === 'filesystem') return fileStore(id, settings)
  return new HttpStore({ id, description: settings.description ?? null, weight: settings.weight })
}

function fileStore(id: string, settings: FileStoreConfig): Store {
  const { mount } = settings
  const permissions = Number.parseInt(settings.filePermissions ?? '0', 8)
  return new FilesystemStore({
    id,
    folders: settings.folders ?? [{ path: settings.path ?? '', priority: 0 }],
    description: settings.description ?? null,
    weight: settings.weight,
    sparse: settings.sparse,
    callTimeoutMs: settings.callTimeoutSeconds * 1000,
    markers: markerBook,
    ...(permissions !== 0 && { filePermissions: permissions }),
    ...(mount !== undefined && mount !== false && { mount: mount === true ? 'folder' : mount }),
  })
}
