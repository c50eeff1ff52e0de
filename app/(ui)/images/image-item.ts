import type { ImageCan, ImageItem } from '@/components/images/view'
import type { RequestContext } from '@/lib/context/request-context'
import type { Image, Visibility } from '@/lib/images/image'
import { imageView } from '@/lib/images/view'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { mayCopy } from '@/lib/imports/image-places'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget, ownNewImageTarget } from '@/lib/policy/targets'
import { stores } from '@/lib/stores/registry'

/** An image with what the rules let this reader do: the same evaluator that the Image API asks. */
export function imageItem(ctx: RequestContext, image: Image): ImageItem {
  return { image: imageView(image), can: imageCan(ctx, image) }
}

function imageCan(ctx: RequestContext, image: Image): ImageCan {
  const target = imageTarget(image)
  return {
    modify: allowed(ctx, 'modify_image', target),
    delete: allowed(ctx, 'delete_image', target),
    download: allowed(ctx, 'download_image', target),
    downloadDeactivated: isCatalogAdmin(ctx),
    upload: allowed(ctx, 'upload_image', target),
    share: image.visibility === 'shared' && allowed(ctx, 'add_member', target),
    copy: stores().all.length > 1 && mayCopy(ctx, image),
    deactivate: allowed(ctx, 'deactivate', target),
    reactivate: allowed(ctx, 'reactivate', target),
    newVersion: allowed(ctx, 'add_image', ownNewImageTarget(ctx)),
    visibilities: settableVisibilities(ctx, image.visibility, target),
  }
}

/** The visibilities that the reader may give an image. `present` is always among them. */
export function settableVisibilities(
  ctx: RequestContext,
  present: Visibility,
  target: Parameters<typeof allowed>[2],
): readonly Visibility[] {
  const isOffered: Readonly<Record<Visibility, () => boolean>> = {
    private: () => true,
    shared: () => true,
    community: () => allowed(ctx, 'communitize_image', target),
    public: () => allowed(ctx, 'publicize_image', target),
  }
  return (['private', 'shared', 'community', 'public'] as const).filter(
    (visibility) => visibility === present || isOffered[visibility](),
  )
}
