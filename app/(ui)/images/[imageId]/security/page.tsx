import type { ContentView } from '@/components/images/content-view'
import { ImageSecurity } from '@/components/images/image-security'
import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { inspectStored } from '@/lib/data-plane/inspect-stored'
import { isApiError } from '@/lib/errors/api-error'
import type { Image } from '@/lib/images/image'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../../guarded'
import { imageItem } from '../../image-item'
import { type ImageParams, loadImage } from '../load-image'

export default async function SecurityPage({ params }: { params: ImageParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    return (
      <ImageSecurity
        item={imageItem(ctx, image)}
        // A store that hangs must not hold up what is known without it.
        content={contentOf(ctx, image)}
        isStrict={config().formats.requireMatch}
      />
    )
  })
}

/** Never rejects: a page without this is still a page. */
async function contentOf(ctx: RequestContext, image: Image): Promise<ContentView> {
  if (!allowed(ctx, 'download_image', imageTarget(image))) return { state: 'no-right' }
  if (image.status === 'deactivated' && !isCatalogAdmin(ctx)) return { state: 'deactivated' }
  if (image.locations.length === 0) return { state: 'no-data' }
  if (image.containerFormat !== null && image.containerFormat !== 'bare') return { state: 'container' }
  try {
    const found = await inspectStored(ctx, image)
    return found === undefined ? { state: 'unreadable' } : { state: 'read', ...found }
  } catch (error) {
    if (!isApiError(error)) ctx.log.error({ err: error, imageId: image.id }, 'stored data could not be looked at')
    return { state: 'unreadable' }
  }
}
