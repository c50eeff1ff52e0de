import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { imageName } from '@/components/images/image-columns'
import { type FamilyPlaceView, ImageHeader, type ImageTab } from '@/components/images/image-header'
import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { familyPlace } from '@/lib/images/families'
import type { Image } from '@/lib/images/image'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { mayReadHistory } from '@/lib/session/image-history'
import { imageActions } from '../actions'
import { familyHref } from '../families/family-item'
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
      {image !== undefined && (
        <ImageHeader
          item={imageItem(ctx, image)}
          actions={imageActions}
          closed={closedTabs(ctx, image)}
          family={await placeOf(ctx, image)}
        />
      )}
      {children}
    </>
  )
}

/** A tab that says no more than that the rules refuse it is no way to go. */
function closedTabs(ctx: RequestContext, image: Image): readonly ImageTab[] {
  const maySeeMembers = image.visibility !== 'shared' || allowed(ctx, 'get_members', imageTarget(image))
  return [
    ...(maySeeMembers ? [] : (['sharing'] as const)),
    ...(mayReadHistory(ctx, image) ? [] : (['history'] as const)),
  ]
}

async function placeOf(ctx: RequestContext, image: Image): Promise<FamilyPlaceView | null> {
  const place = await familyPlace(ctx, image)
  if (place === undefined) return null
  const { position, count, newest } = place
  return {
    href: familyHref(place.family),
    position,
    count,
    newest: newest && { id: newest.id, name: newest.name, createdAt: new Date(newest.createdAt).toISOString() },
  }
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
