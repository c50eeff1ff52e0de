import { headers } from 'next/headers'
import { ImageOverview } from '@/components/images/image-overview'
import { mayUseProperty } from '@/lib/policy/property-protection'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../guarded'
import { imageActions } from '../actions'
import { formatRules } from '../format-rules'
import { imageItem } from '../image-item'
import { addTagAction, removeTagAction } from './actions'
import { type ImageParams, loadImage } from './load-image'
import { snippetSubject } from './use/snippet-subject'

export default async function ImagePage({ params }: { params: ImageParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    const requestHeaders = await headers()
    const subject = snippetSubject(ctx, image, (name) => requestHeaders.get(name) ?? undefined)
    return (
      <ImageOverview
        item={imageItem(ctx, image)}
        projectId={ctx.principal.projectId}
        rules={formatRules()}
        actions={imageActions}
        tagActions={{ add: addTagAction, remove: removeTagAction }}
        canDescribe={mayUseProperty(
          ctx,
          'description',
          image.properties.description === undefined ? 'create' : 'update',
        )}
        download={{ image: subject.image, imageUrl: subject.imageUrl }}
      />
    )
  })
}
