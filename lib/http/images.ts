import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { createImage } from '@/lib/images/create-image'
import type { Image } from '@/lib/images/image'
import { parsePatch, patchMediaTypes } from '@/lib/images/json-patch'
import { cursorOfMarker, listImages } from '@/lib/images/list-images'
import { linkOf, parseListQuery } from '@/lib/images/parse-list-query'
import { patchImage } from '@/lib/images/patch-image'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { wireImage } from '@/lib/images/wire'
import { stores } from '@/lib/stores/registry'
import { jsonResponse, readJson, type WireRequest, type WireResponse } from './wire'

export function imageResponse(
  ctx: RequestContext,
  status: number,
  image: Image,
  headers?: Readonly<Record<string, string>>,
): WireResponse {
  return jsonResponse(status, wireImage(image, { isAdmin: isCatalogAdmin(ctx) }), headers)
}

/** GET /v2/images. Source: images.md 5. */
export async function listImagesRequest(ctx: RequestContext, request: WireRequest): Promise<WireResponse> {
  const { query, marker, parameters } = parseListQuery(request.query)
  const after = marker === undefined ? undefined : await cursorOfMarker(ctx, marker, query.sort)
  const images = await listImages(ctx, { ...query, ...(after !== undefined && { after }) })
  const isAdmin = isCatalogAdmin(ctx)
  const last = images.at(-1)
  const path = '/v2/images'
  return jsonResponse(200, {
    images: images.map((image) => wireImage(image, { isAdmin })),
    first: linkOf(path, parameters),
    schema: '/v2/schemas/images',
    // A full page may have been the last one; then one empty page follows, as with Glance.
    ...(last !== undefined && images.length === query.limit && { next: linkOf(path, parameters, last.id) }),
  })
}

/** POST /v2/images. Source: images.md 2.1. */
export async function createImageRequest(ctx: RequestContext, request: WireRequest): Promise<WireResponse> {
  const image = await createImage(ctx, await readJson(request))
  const storeIds = stores().all.map((store) => store.id)
  const { enabledImportMethods } = config().images
  return imageResponse(ctx, 201, image, {
    location: `${request.origin}/v2/images/${image.id}`,
    ...(enabledImportMethods.length > 0 && { 'openstack-image-import-methods': enabledImportMethods.join(',') }),
    'openstack-image-store-ids': storeIds.join(','),
  })
}

/** PATCH /v2/images/{id}. Source: images.md 6.1. */
export async function patchImageRequest(ctx: RequestContext, request: WireRequest): Promise<WireResponse> {
  const mediaType = request.header('content-type')?.split(';', 1)[0]?.trim() ?? ''
  const dialect = Object.hasOwn(patchMediaTypes, mediaType) ? patchMediaTypes[mediaType] : undefined
  if (dialect === undefined) {
    const types = Object.keys(patchMediaTypes).join(', ')
    throw apiError('unsupported_media_type', {
      public: `Image PATCH expects Content-Type one of: ${types}`,
      headers: { 'accept-patch': types },
    })
  }
  const operations = parsePatch(await readJson(request), dialect)
  return imageResponse(ctx, 200, await patchImage(ctx, request.params.imageId ?? '', operations, { dialect }))
}
