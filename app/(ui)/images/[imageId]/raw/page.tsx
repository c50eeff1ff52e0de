import { detailTexts } from '@/components/images/detail-messages'
import { JsonView } from '@/components/images/json-view'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { wireImage } from '@/lib/images/wire'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../../guarded'
import { type ImageParams, loadImage } from '../load-image'

export default async function RawImagePage({ params }: { params: ImageParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    const wire = wireImage(image, { isAdmin: isCatalogAdmin(ctx) })
    return (
      <div className="flex max-w-4xl flex-col gap-2 px-4 pt-5 pb-16 md:px-6">
        <h2 className="text-muted text-sm">
          {detailTexts.rawHelp} <code className="font-mono text-text wrap-anywhere">GET /v2/images/{image.id}</code>
        </h2>
        <JsonView json={JSON.stringify(wire, null, 2)} label={detailTexts.rawLabel} />
      </div>
    )
  })
}
