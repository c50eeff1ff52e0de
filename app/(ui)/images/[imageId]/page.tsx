import { ImageOverview } from '@/components/images/image-overview'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../guarded'
import { imageActions } from '../actions'
import { formatRules } from '../format-rules'
import { imageItem } from '../image-item'
import { addTagAction, removeTagAction } from './actions'
import { type ImageParams, loadImage } from './load-image'

export default async function ImagePage({ params }: { params: ImageParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    return (
      <ImageOverview
        item={imageItem(ctx, image)}
        projectId={ctx.principal.projectId}
        rules={formatRules()}
        actions={imageActions}
        tagActions={{ add: addTagAction, remove: removeTagAction }}
      />
    )
  })
}
