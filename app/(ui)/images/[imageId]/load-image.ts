import { notFound } from 'next/navigation'
import { cache } from 'react'
import { isApiError } from '@/lib/errors/api-error'
import { getImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import { dashboardContext } from '@/lib/session/dashboard-context'

export type ImageParams = Promise<{ readonly imageId: string }>

/**
 * The image of the address, read once per request. Ends in the page for images that do not exist when there is none
 * that the reader may see: the two are never told apart.
 */
export const loadImage = cache(async (imageId: string): Promise<Image> => {
  const ctx = await dashboardContext()
  try {
    return await getImage(ctx, decodeURIComponent(imageId))
  } catch (error) {
    if (isApiError(error) && error.status === 404) notFound()
    throw error
  }
})
