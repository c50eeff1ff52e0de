import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { imageName } from '@/components/images/image-columns'
import { ImageHeader } from '@/components/images/image-header'
import { isApiError } from '@/lib/errors/api-error'
import type { Image } from '@/lib/images/image'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { imageActions } from '../actions'
import { imageItem } from '../image-item'
import { type ImageParams, loadImage } from './load-image'

export async function generateMetadata({ params }: { params: ImageParams }): Promise<Metadata> {
  const image = await imageOrNothing((await params).imageId)
  return image === undefined ? {} : { title: imageName(image) }
}

/** The head of an image's room. It guards nothing: every page below reads the image for itself. */
export default async function ImageLayout({ params, children }: { params: ImageParams; children: ReactNode }) {
  const ctx = await dashboardContext()
  const image = await imageOrNothing((await params).imageId)
  return (
    <>
      {image !== undefined && <ImageHeader item={imageItem(ctx, image)} actions={imageActions} />}
      {children}
    </>
  )
}

/** Without a head the page can still say why the image could not be read. */
async function imageOrNothing(imageId: string): Promise<Image | undefined> {
  try {
    return await loadImage(imageId)
  } catch (error) {
    if (isApiError(error)) return undefined
    throw error
  }
}
