import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { isApiError } from '@/lib/errors/api-error'
import type { Image } from '@/lib/images/image'
import { shownUrls } from '@/lib/images/list-locations'
import { isBeingRemoved } from '@/lib/images/location-repo'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { shownLocations } from '@/lib/images/wire'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import type { GuardedStore } from '@/lib/stores/guard'
import { stores } from '@/lib/stores/registry'
import { FAILED, IMPORTING } from './import-repo'
import { refuseLocked } from './request-import'
import { isReadOnlyStore, knowsStoreDetails, storeChoice } from './store-choices'
import type { CopyBlock, ImagePlace, RemoveBlock } from './view'

/**
 * Every store with what the caller may know of an image's data in it, and may do about it. Those with data come first, in
 * the order in which they are read from.
 */
export async function imagePlaces(ctx: RequestContext, image: Image): Promise<readonly ImagePlace[]> {
  const registry = stores()
  const urls = shownUrls(ctx, image)
  const locations = shownLocations(image, { isAdmin: isCatalogAdmin(ctx) })
  const holderIds = [...new Set(locations.map(({ storeId }) => storeId))]
  const others = registry.all.map(({ id }) => id).filter((id) => !holderIds.includes(id))
  const importing = namesIn(image.properties[IMPORTING])
  const failed = namesIn(image.properties[FAILED])
  const knowsDetails = knowsStoreDetails(ctx)
  const copy = mayCopy(ctx, image) ? { block: await copyBlock(image) } : undefined
  const isRemover = mayRemove(ctx, image)
  return await Promise.all(
    [...holderIds, ...others].map(async (storeId): Promise<ImagePlace> => {
      const store = registry.find(storeId)
      const isThere = holderIds.includes(storeId)
      const isReadOnly = isReadOnlyStore(store)
      return {
        ...storeChoice(storeId, knowsDetails),
        isConfigured: store !== undefined,
        state: isThere ? 'there' : importing.includes(storeId) ? 'coming' : 'absent',
        hasFailed: !isThere && failed.includes(storeId),
        urls: locations.flatMap(({ id, storeId: place }) => (place === storeId ? (urls.get(id) ?? []) : [])),
        ...(copy !== undefined &&
          !isThere && { copy: { block: copy.block ?? (await storeBlock(image, storeId, isReadOnly)) } }),
        ...(isRemover && isThere && { remove: { block: removeBlock(image, storeId, store) } }),
      }
    }),
  )
}

function namesIn(list: string | undefined): readonly string[] {
  return (list ?? '').split(',').filter((name) => name !== '')
}

/** Whether the rules let the caller have its data copied to a further store. */
export function mayCopy(ctx: RequestContext, image: Image): boolean {
  return config().images.enabledImportMethods.includes('copy-image') && allowed(ctx, 'copy_image', imageTarget(image))
}

/** What keeps the image from being copied to any store; the same that an import is refused for. */
async function copyBlock(image: Image): Promise<CopyBlock | null> {
  if (image.status !== 'active') return 'not-active'
  if (image.diskFormat === null || image.containerFormat === null) return 'no-formats'
  return (await isLocked(image)) ? 'busy' : null
}

async function isLocked(image: Image): Promise<boolean> {
  try {
    await refuseLocked(image)
    return false
  } catch (error) {
    if (isApiError(error) && error.code === 'conflict') return true
    throw error
  }
}

async function storeBlock(image: Image, storeId: string, isReadOnly: boolean): Promise<CopyBlock | null> {
  if (isReadOnly) return 'read-only'
  return (await isBeingRemoved(db(), image.id, storeId)) ? 'being-removed' : null
}

function mayRemove(ctx: RequestContext, image: Image): boolean {
  const target = imageTarget(image)
  return allowed(ctx, 'get_image_location', target) && allowed(ctx, 'delete_image_location', target)
}

/** What removing it from a store is refused for. */
function removeBlock(image: Image, storeId: string, store: GuardedStore | undefined): RemoveBlock | null {
  if (store === undefined) return 'not-configured'
  if (image.status !== 'active') return 'not-active'
  return image.locations.every((location) => location.storeId === storeId) ? 'last' : null
}
