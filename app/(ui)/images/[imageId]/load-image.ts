import { notFound } from 'next/navigation'
import { cache } from 'react'
import type { Image } from '@/lib/images/image'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { findShownImage } from '../find-shown-image'

export type ImageParams = Promise<{ readonly imageId: string }>

/**
 * The image of the address, read once per request. Ends in the page for images that do not exist when there is none
 * that the reader may see: the two are never told apart.
 */
export const loadImage = cache(async (imageId: string): Promise<Image> => {
  const ctx = await dashboardContext()
  return (await findShownImage(ctx, decodeURIComponent(imageId))) ?? notFound()
})
