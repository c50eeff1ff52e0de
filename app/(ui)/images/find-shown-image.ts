import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { getImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'

/** The image if the reader may see it; else undefined, as for one that does not exist. */
export async function findShownImage(ctx: RequestContext, imageId: string): Promise<Image | undefined> {
  try {
    return await getImage(ctx, imageId)
  } catch (error) {
    if (isApiError(error) && error.status === 404) return undefined
    throw error
  }
}
