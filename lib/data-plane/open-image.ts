import type { RequestContext } from '@/lib/context/request-context'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { getImage } from '@/lib/images/get-image'
import type { Image, ImageLocation } from '@/lib/images/image'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { byWeight } from '@/lib/images/wire'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { configuredStore, stores } from '@/lib/stores/registry'
import type { BlobReader } from '@/lib/stores/store'
import { type RangeHeaders, requestedRange } from './range'

export interface OpenImageOptions extends RangeHeaders {
  /** Stores to read from before all others, in this order. */
  readonly preferredStoreIds?: readonly string[]
}

export type OpenedImage =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'data'
      readonly image: Image
      readonly status: 200 | 206
      /** of the whole image */
      readonly sizeBytes: number
      readonly offset: number
      /** how many bytes the reader gives */
      readonly length: number
      /** MD5 of the whole image */
      readonly checksum: string | null
      readonly storeId: string
      /** the caller closes it */
      readonly reader: BlobReader
    }

/**
 * Opens an image's bytes, or the part that a range asks for; 'empty' for an image without data. Tries locations by
 * the weight of their stores, and the next one when a store cannot open its own. Source: images.md 7.3.
 */
export async function openImage(
  ctx: RequestContext,
  imageId: string,
  { preferredStoreIds = [], ...headers }: OpenImageOptions = {},
): Promise<OpenedImage> {
  const image = await getImage(ctx, imageId)
  if (image.status === 'deactivated' && !isCatalogAdmin(ctx)) throw apiError('image_deactivated')
  enforce(ctx, 'download_image', imageTarget(image))
  if (preferredStoreIds.length > 0) enforce(ctx, 'download_from_store', imageTarget(image))
  for (const id of preferredStoreIds) {
    if (stores().find(id) === undefined) {
      throw apiError('bad_request', { public: `Store '${id}' is not configured.` })
    }
  }
  if (image.locations.length === 0 || image.sizeBytes === null) return { kind: 'empty' }
  const range = requestedRange(headers, image.sizeBytes)
  const slice = range ?? { offset: 0, length: image.sizeBytes }
  const opened = await openFirst(ctx, image, byPreference(image.locations, preferredStoreIds), slice)
  if (opened === undefined) return { kind: 'empty' }
  return {
    kind: 'data',
    image,
    status: range === undefined ? 200 : 206,
    sizeBytes: image.sizeBytes,
    ...slice,
    checksum: image.checksum,
    ...opened,
  }
}

/** Undefined when every store says that the bytes are not there, which Glance answers like an image without data. */
async function openFirst(
  ctx: RequestContext,
  image: Image,
  locations: readonly ImageLocation[],
  slice: { readonly offset: number; readonly length: number },
): Promise<{ storeId: string; reader: BlobReader } | undefined> {
  let failure: unknown
  for (const location of locations) {
    const { storeId } = location
    try {
      const reader = await configuredStore(storeId).openReader(location, { ...slice, signal: ctx.signal })
      if (reader.sizeBytes === slice.length) return { storeId, reader }
      await reader.close()
      throw apiError('store_unavailable', { public: 'The image data in the store is shorter than the image.' })
    } catch (error) {
      ctx.log.error({ err: error, imageId: image.id, storeId }, 'a location could not be opened')
      if (!isApiError(error) || error.code !== 'store_object_missing') failure ??= error
    }
  }
  if (failure !== undefined) throw failure
  return undefined
}

/** The named stores first, the others by their weight. */
function byPreference(
  locations: readonly ImageLocation[],
  preferredStoreIds: readonly string[],
): readonly ImageLocation[] {
  const ordered = byWeight(locations)
  if (preferredStoreIds.length === 0) return ordered
  const rank = ({ storeId }: ImageLocation) => {
    const index = preferredStoreIds.indexOf(storeId)
    return index < 0 ? preferredStoreIds.length : index
  }
  return [...ordered].sort((a, b) => rank(a) - rank(b))
}
